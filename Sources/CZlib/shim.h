#ifndef COFFER_CZLIB_H
#define COFFER_CZLIB_H
#include <zlib.h>
/// `inflateInit2`, which is a macro. `bits` 31: gzip with its checksum; -15: bare deflate.
static inline int cz_inflate_begin(z_stream *stream, int bits) { return inflateInit2(stream, bits); }
/// `deflateInit2`, which is a macro, for bare deflate.
static inline int cz_deflate_begin(z_stream *stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
}
#endif
