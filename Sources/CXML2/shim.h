// libxml2, loaded when it is first needed: linked, it would bring ICU into every start of the program.
//
// What is used of it is declared here, because its headers lie where only its own flags lead, which would link it. All of it
// has been as it is since libxml2 2.6 and is part of the interface of libxml2.so.2.
#ifndef COFFER_CXML2_H
#define COFFER_CXML2_H
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

struct cx_context;

typedef void (*cx_begin_element)(
    void *_Nullable, const unsigned char *_Nullable, const unsigned char *_Nullable *_Nullable);
typedef void (*cx_end_element)(void *_Nullable, const unsigned char *_Nullable);
typedef void (*cx_characters)(void *_Nullable, const unsigned char *_Nullable, int);
typedef void (*cx_doctype)(
    void *_Nullable, const unsigned char *_Nullable, const unsigned char *_Nullable, const unsigned char *_Nullable);

/// xmlSAXHandlerV1, with the members that are not used as plain pointers.
struct cx_handler {
  cx_doctype _Nullable internal_subset;
  void *_Nullable unused1[13];
  cx_begin_element _Nullable begin_element;
  cx_end_element _Nullable end_element;
  void *_Nullable reference;
  cx_characters _Nullable characters;
  cx_characters _Nullable ignorable_whitespace;
  void *_Nullable unused2[6];
  cx_characters _Nullable cdata_block;
  void *_Nullable external_subset;
  unsigned initialized;
};

/// The beginning of xmlError.
struct cx_error {
  int domain, code;
  char *_Nullable message;
  int level;
};

/// The functions in use, under their own names.
struct cx_library {
  void (*_Nonnull xmlInitParser)(void);
  struct cx_context *_Nullable (*_Nonnull xmlCreatePushParserCtxt)(
      struct cx_handler *_Nonnull, void *_Nullable, const char *_Nullable, int, const char *_Nullable);
  int (*_Nonnull xmlCtxtUseOptions)(struct cx_context *_Nonnull, int);
  int (*_Nonnull xmlParseChunk)(struct cx_context *_Nonnull, const char *_Nullable, int, int);
  void (*_Nonnull xmlFreeParserCtxt)(struct cx_context *_Nonnull);
  void (*_Nonnull xmlStopParser)(struct cx_context *_Nonnull);
  long (*_Nonnull xmlByteConsumed)(struct cx_context *_Nonnull);
  const struct cx_error *_Nullable (*_Nonnull xmlCtxtGetLastError)(void *_Nonnull);
};

/// Loads the library; NULL when it or one of the functions is not there. Called once; the result lives for ever.
static inline const struct cx_library *_Nullable cx_load(void) {
  void *handle = dlopen("libxml2.so.2", RTLD_NOW | RTLD_LOCAL);
  struct cx_library *library = handle ? (struct cx_library *)malloc(sizeof *library) : NULL;
  if (!library) return NULL;
#define CX_FIND(name) \
  { \
    void *address = dlsym(handle, #name); \
    if (!address) { free(library); return NULL; } \
    memcpy(&library->name, &address, sizeof address); \
  }
  CX_FIND(xmlInitParser) CX_FIND(xmlCreatePushParserCtxt) CX_FIND(xmlCtxtUseOptions) CX_FIND(xmlParseChunk)
  CX_FIND(xmlFreeParserCtxt) CX_FIND(xmlStopParser) CX_FIND(xmlByteConsumed) CX_FIND(xmlCtxtGetLastError)
#undef CX_FIND
  library->xmlInitParser();
  return library;
}

/// A parser that calls back and builds nothing: no tree, no entities, no network, UTF-8 whatever the declaration says.
static inline struct cx_context *_Nullable cx_parser(
    const struct cx_library *_Nonnull library, cx_begin_element _Nonnull begin, cx_end_element _Nonnull end,
    cx_characters _Nonnull text, cx_doctype _Nonnull doctype, void *_Nonnull user) {
  struct cx_handler handler;
  memset(&handler, 0, sizeof handler);
  handler.initialized = 1;  // the first version of the interface: names as they are written, without name spaces
  handler.begin_element = begin;
  handler.end_element = end;
  handler.characters = text;
  handler.ignorable_whitespace = text;
  handler.cdata_block = text;
  handler.internal_subset = doctype;
  struct cx_context *parser = library->xmlCreatePushParserCtxt(&handler, user, NULL, 0, NULL);
  if (!parser) return NULL;
  // XML_PARSE_NONET, _NOERROR, _NOWARNING, _SAX1, _IGNORE_ENC
  library->xmlCtxtUseOptions(parser, 1 << 11 | 1 << 5 | 1 << 6 | 1 << 9 | 1 << 21);
  return parser;
}

/// The number of the error that ended a parser's work; 0 when there is none.
static inline int cx_fatal_error(const struct cx_library *_Nonnull library, struct cx_context *_Nonnull parser) {
  const struct cx_error *error = library->xmlCtxtGetLastError(parser);
  return error && error->level == 3 ? error->code : 0;
}
#endif
