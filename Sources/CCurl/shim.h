// libcurl, loaded when it is first needed: linked, it would bring TLS and a dozen other libraries into every start of the program.
//
// What is used of it is declared here. All of it has been as it is since curl 7.32 and is part of the interface of libcurl.so.4.
#ifndef COFFER_CCURL_H
#define COFFER_CCURL_H
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

typedef size_t (*cc_write)(char *_Nonnull, size_t, size_t, void *_Nonnull);
typedef int (*cc_progress)(void *_Nullable, long long, long long, long long, long long);

/// The functions in use, under their own names.
struct cc_library {
  void *_Nullable (*_Nonnull curl_easy_init)(void);
  int (*_Nonnull curl_easy_setopt)(void *_Nonnull, int, ...);
  int (*_Nonnull curl_easy_perform)(void *_Nonnull);
  int (*_Nonnull curl_easy_getinfo)(void *_Nonnull, int, ...);
  void (*_Nonnull curl_easy_cleanup)(void *_Nonnull);
  void *_Nullable (*_Nonnull curl_slist_append)(void *_Nullable, const char *_Nonnull);
  void (*_Nonnull curl_slist_free_all)(void *_Nullable);
};

/// Loads the library; NULL when it or one of the functions is not there. Called once; the result lives for ever.
static inline const struct cc_library *_Nullable cc_load(void) {
  void *handle = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (!handle) handle = dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);
  struct cc_library *library = handle ? (struct cc_library *)malloc(sizeof *library) : NULL;
  if (!library) return NULL;
#define CC_FIND(name) \
  { \
    void *address = dlsym(handle, #name); \
    if (!address) { free(library); return NULL; } \
    memcpy(&library->name, &address, sizeof address); \
  }
  CC_FIND(curl_easy_init) CC_FIND(curl_easy_setopt) CC_FIND(curl_easy_perform) CC_FIND(curl_easy_getinfo)
  CC_FIND(curl_easy_cleanup) CC_FIND(curl_slist_append) CC_FIND(curl_slist_free_all)
#undef CC_FIND
  return library;
}

/// Gets what is at a URL of http or https, following no redirection: a header may hold a secret. `write` is handed the body,
/// `progress` ends the request by a result that is not 0. CURLcode; `status` is that of HTTP, `words` holds 256 bytes.
static inline int cc_get(
    const struct cc_library *_Nonnull library, const char *_Nonnull url, const char *_Nullable header, cc_write _Nonnull write,
    cc_progress _Nonnull progress, void *_Nonnull context, long *_Nonnull status, char *_Nonnull words) {
  void *request = library->curl_easy_init();
  if (!request) return 27;
  void *headers = header ? library->curl_slist_append(NULL, header) : NULL;
  words[0] = 0;
  library->curl_easy_setopt(request, 10002, url);
  library->curl_easy_setopt(request, 10023, headers);
  library->curl_easy_setopt(request, 20011, write);
  library->curl_easy_setopt(request, 10001, context);
  library->curl_easy_setopt(request, 10010, words);
  library->curl_easy_setopt(request, 20219, progress);
  library->curl_easy_setopt(request, 43, 0L);         // progress is wanted
  library->curl_easy_setopt(request, 99, 1L);         // no signals
  library->curl_easy_setopt(request, 181, 3L);        // http and https
  library->curl_easy_setopt(request, 52, 0L);         // no redirections
  library->curl_easy_setopt(request, 78, 30L);        // seconds for connecting
  library->curl_easy_setopt(request, 19, 1L);         // given up when less than a byte a second comes
  library->curl_easy_setopt(request, 20, 120L);       // for two minutes
  library->curl_easy_setopt(request, 10018, "coffer");
  library->curl_easy_setopt(request, 10102, "");      // any compression
  int code = library->curl_easy_perform(request);
  library->curl_easy_getinfo(request, 0x200002, status);
  library->curl_easy_cleanup(request);
  library->curl_slist_free_all(headers);
  return code;
}
#endif
