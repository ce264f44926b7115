// libzstd, loaded when it is first needed.
#ifndef COFFER_CZSTD_H
#define COFFER_CZSTD_H
#include <dlfcn.h>
#include <stdlib.h>
#include <zstd.h>

#define CS_FUNCTIONS(X) \
  X(ZSTD_createDCtx) X(ZSTD_freeDCtx) X(ZSTD_DCtx_setParameter) X(ZSTD_decompressStream) X(ZSTD_isError) \
  X(ZSTD_getErrorName) X(ZSTD_createCCtx) X(ZSTD_freeCCtx) X(ZSTD_compressCCtx) X(ZSTD_compressBound) \
  X(ZSTD_decompressDCtx)

/// The functions in use, under their own names and types.
struct cs_library {
#define CS_MEMBER(name) __typeof__(name) *_Nonnull name;
  CS_FUNCTIONS(CS_MEMBER)
#undef CS_MEMBER
};

/// Loads the library; NULL when it or one of the functions is not there. Called once; the result lives for ever.
static inline const struct cs_library *_Nullable cs_load(void) {
  void *handle = dlopen("libzstd.so.1", RTLD_NOW | RTLD_LOCAL);
  struct cs_library *library = handle ? (struct cs_library *)malloc(sizeof *library) : NULL;
  if (!library) return NULL;
#define CS_FIND(name) \
  { \
    void *address = dlsym(handle, #name); \
    if (!address) { free(library); return NULL; } \
    library->name = (__typeof__(name) *)address; \
  }
  CS_FUNCTIONS(CS_FIND)
#undef CS_FIND
  return library;
}
#endif
