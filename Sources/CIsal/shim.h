// isa-l, loaded when it is first needed; without it zlib does the same at half the speed.
#ifndef COFFER_CISAL_H
#define COFFER_CISAL_H
#include <dlfcn.h>
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <stdlib.h>

/// The functions in use, under their own names and types.
struct ci_library {
  __typeof__(isal_inflate) *_Nonnull isal_inflate;
  __typeof__(isal_inflate_init) *_Nonnull isal_inflate_init;
  __typeof__(crc32_gzip_refl) *_Nonnull crc32_gzip_refl;
  __typeof__(isal_deflate) *_Nonnull isal_deflate;
  __typeof__(isal_deflate_init) *_Nonnull isal_deflate_init;
};

/// Loads the library; NULL when it or one of the functions is not there. Called once; the result lives for ever.
static inline const struct ci_library *_Nullable ci_load(void) {
  void *handle = dlopen("libisal.so.2", RTLD_NOW | RTLD_LOCAL);
  void *inflate = handle ? dlsym(handle, "isal_inflate") : NULL;
  void *init = handle ? dlsym(handle, "isal_inflate_init") : NULL;
  void *crc = handle ? dlsym(handle, "crc32_gzip_refl") : NULL;
  void *deflate = handle ? dlsym(handle, "isal_deflate") : NULL;
  void *deflate_init = handle ? dlsym(handle, "isal_deflate_init") : NULL;
  int is_whole = inflate && init && crc && deflate && deflate_init;
  struct ci_library *library = is_whole ? (struct ci_library *)malloc(sizeof *library) : NULL;
  if (!library) return NULL;
  library->isal_inflate = (__typeof__(isal_inflate) *)inflate;
  library->isal_inflate_init = (__typeof__(isal_inflate_init) *)init;
  library->crc32_gzip_refl = (__typeof__(crc32_gzip_refl) *)crc;
  library->isal_deflate = (__typeof__(isal_deflate) *)deflate;
  library->isal_deflate_init = (__typeof__(isal_deflate_init) *)deflate_init;
  return library;
}

/// The CRC-32 of more bytes behind those that have `sum`.
static inline uint32_t ci_crc32(
    const struct ci_library *_Nonnull library, uint32_t sum, const void *_Nonnull bytes, uint64_t count) {
  return library->crc32_gzip_refl(sum, (const unsigned char *)bytes, count);
}

/// What a stream is wrapped in.
enum ci_framing { ci_bare = ISAL_DEFLATE, ci_gzip = ISAL_GZIP, ci_zlib = ISAL_ZLIB };

/// Begins a stream in `state`, or in new memory when that is NULL; NULL when there is no memory.
static inline void *_Nullable ci_begin(
    const struct ci_library *_Nonnull library, void *_Nullable state, enum ci_framing framing) {
  struct inflate_state *stream = (struct inflate_state *)state;
  if (!stream) stream = (struct inflate_state *)calloc(1, sizeof *stream);
  if (!stream) return NULL;
  library->isal_inflate_init(stream);
  stream->crc_flag = framing;
  return stream;
}
static inline void ci_end(void *_Nonnull state) { free(state); }

/// What a step took and gave.
struct ci_step {
  uint32_t used, written;
  int result, is_end;
  /// Bytes behind the end that belong to earlier input, so that they cannot be given back.
  uint32_t excess;
};

/// Inflates as much as input and room allow.
static inline struct ci_step ci_inflate(
    const struct ci_library *_Nonnull library, void *_Nonnull state, const void *_Nullable input, uint32_t count,
    void *_Nonnull output, uint32_t room) {
  struct inflate_state *stream = (struct inflate_state *)state;
  stream->next_in = (uint8_t *)input;
  stream->avail_in = count;
  stream->next_out = (uint8_t *)output;
  stream->avail_out = room;
  int result = library->isal_inflate(stream);
  // At its end a stream gives back what it has read too far, which may be more than this input.
  struct ci_step step = {stream->avail_in < count ? count - stream->avail_in : 0, room - stream->avail_out, result, 0, 0};
  step.is_end = result == ISAL_DECOMP_OK && stream->block_state == ISAL_BLOCK_FINISH;
  if (step.is_end && stream->crc_flag == ISAL_DEFLATE) {
    // Without a checksum behind it, nobody has given back the whole bytes that were read ahead.
    uint32_t ahead = stream->read_in_length > 0 ? (uint32_t)stream->read_in_length / 8 : 0;
    uint32_t back = ahead < step.used ? ahead : step.used;
    step.used -= back;
    step.excess = ahead - back;
  }
  return step;
}

/// Begins to deflate, bare, in `state`, or in new memory when that is NULL; NULL when there is no memory.
static inline void *_Nullable ci_deflate_begin(const struct ci_library *_Nonnull library, void *_Nullable state) {
  struct isal_zstream *stream = (struct isal_zstream *)state;
  if (!stream) stream = (struct isal_zstream *)malloc(sizeof *stream + ISAL_DEF_LVL1_DEFAULT);
  if (!stream) return NULL;
  library->isal_deflate_init(stream);
  stream->level = 1;
  stream->level_buf = (uint8_t *)(stream + 1);
  stream->level_buf_size = ISAL_DEF_LVL1_DEFAULT;
  return stream;
}

/// Deflates as much as input and room allow. `is_last`: nothing follows this input; then it is over when room is left.
static inline struct ci_step ci_deflate(
    const struct ci_library *_Nonnull library, void *_Nonnull state, const void *_Nullable input, uint32_t count,
    void *_Nonnull output, uint32_t room, int is_last) {
  struct isal_zstream *stream = (struct isal_zstream *)state;
  stream->next_in = (uint8_t *)input;
  stream->avail_in = count;
  stream->next_out = (uint8_t *)output;
  stream->avail_out = room;
  stream->end_of_stream = is_last != 0;
  stream->flush = NO_FLUSH;
  int result = library->isal_deflate(stream);
  struct ci_step step = {count - stream->avail_in, room - stream->avail_out, result, 0, 0};
  step.is_end = stream->internal_state.state == ZSTATE_END;
  return step;
}
#endif
