// liblz4, loaded when it is first needed.
#ifndef COFFER_CLZ4_H
#define COFFER_CLZ4_H
#include <dlfcn.h>
#include <lz4frame.h>
#include <stdlib.h>

#define CL_FUNCTIONS(X) \
  X(LZ4F_createDecompressionContext) X(LZ4F_freeDecompressionContext) X(LZ4F_decompress) X(LZ4F_isError) \
  X(LZ4F_getErrorName)

/// The functions in use, under their own names and types.
struct cl_library {
#define CL_MEMBER(name) __typeof__(name) *_Nonnull name;
  CL_FUNCTIONS(CL_MEMBER)
#undef CL_MEMBER
};

/// Loads the library; NULL when it or one of the functions is not there. Called once; the result lives for ever.
static inline const struct cl_library *_Nullable cl_load(void) {
  void *handle = dlopen("liblz4.so.1", RTLD_NOW | RTLD_LOCAL);
  struct cl_library *library = handle ? (struct cl_library *)malloc(sizeof *library) : NULL;
  if (!library) return NULL;
#define CL_FIND(name) \
  { \
    void *address = dlsym(handle, #name); \
    if (!address) { free(library); return NULL; } \
    library->name = (__typeof__(name) *)address; \
  }
  CL_FUNCTIONS(CL_FIND)
#undef CL_FIND
  return library;
}
static const unsigned cl_version = LZ4F_VERSION;
#endif
