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

/// A piece of the text: where its bytes lie in the record's. Kinds: 0 start tag, 1 and 2 name and value of an attribute,
/// 3 text, 4 end tag.
struct cx_event { size_t at, count; long offset; unsigned char kind; };

enum cx_refusal { cx_none, cx_too_deep, cx_has_doctype, cx_no_memory };

/// The pieces since they were taken last. Written by the library's calls alone.
struct cx_record {
  unsigned char *_Nullable bytes;
  size_t byte_count, byte_room;
  struct cx_event *_Nullable events;
  size_t event_count, event_room;
  int depth, depth_limit;
  enum cx_refusal refusal;
  long refused_at;
  const struct cx_library *_Nonnull functions;
  struct cx_context *_Nullable parser;
};

static inline void cx_refuse(struct cx_record *_Nonnull r, enum cx_refusal why) {
  if (r->refusal || !r->parser) return;
  r->refusal = why;
  r->refused_at = r->functions->xmlByteConsumed(r->parser);  // the library forgets its place when it stops
  r->functions->xmlStopParser(r->parser);
}

static inline void cx_add(
    struct cx_record *_Nonnull r, unsigned char kind, const unsigned char *_Nullable text, size_t count) {
  if (r->refusal) return;
  if (count > r->byte_room - r->byte_count) {
    size_t room = 2 * r->byte_room + count + 4096;
    unsigned char *bytes = (unsigned char *)realloc(r->bytes, room);
    if (!bytes) { cx_refuse(r, cx_no_memory); return; }
    r->bytes = bytes;
    r->byte_room = room;
  }
  if (count) memcpy(r->bytes + r->byte_count, text, count);
  size_t at = r->byte_count;
  r->byte_count += count;
  if (kind == 3 && r->event_count && r->events[r->event_count - 1].kind == 3) {
    r->events[r->event_count - 1].count += count;
    return;
  }
  if (r->event_count == r->event_room) {
    size_t room = 2 * r->event_room + 256;
    struct cx_event *events = (struct cx_event *)realloc(r->events, room * sizeof *events);
    if (!events) { cx_refuse(r, cx_no_memory); return; }
    r->events = events;
    r->event_room = room;
  }
  long offset = kind == 0 ? r->functions->xmlByteConsumed(r->parser) : 0;
  r->events[r->event_count++] = (struct cx_event){at, count, offset, kind};
}

static void cx_on_begin(
    void *_Nullable user, const unsigned char *_Nullable name, const unsigned char *_Nullable *_Nullable attributes) {
  struct cx_record *r = (struct cx_record *)user;
  if (++r->depth > r->depth_limit) { cx_refuse(r, cx_too_deep); return; }
  cx_add(r, 0, name, strlen((const char *)name));
  for (; attributes && attributes[0]; attributes += 2) {
    cx_add(r, 1, attributes[0], strlen((const char *)attributes[0]));
    cx_add(r, 2, attributes[1], attributes[1] ? strlen((const char *)attributes[1]) : 0);
  }
}
static void cx_on_end(void *_Nullable user, const unsigned char *_Nullable name) {
  struct cx_record *r = (struct cx_record *)user;
  r->depth--;
  cx_add(r, 4, NULL, 0);
}
static void cx_on_text(void *_Nullable user, const unsigned char *_Nullable text, int count) {
  if (count > 0) cx_add((struct cx_record *)user, 3, text, (size_t)count);
}
static void cx_on_doctype(
    void *_Nullable user, const unsigned char *_Nullable name, const unsigned char *_Nullable public_id,
    const unsigned char *_Nullable system_id) {
  cx_refuse((struct cx_record *)user, cx_has_doctype);
}

/// A parser that records pieces and builds nothing: no tree, no entities, no network, UTF-8 whatever the declaration says.
static inline struct cx_record *_Nullable cx_begin(const struct cx_library *_Nonnull library, int depth_limit) {
  struct cx_record *r = (struct cx_record *)calloc(1, sizeof *r);
  if (!r) return NULL;
  struct cx_handler handler;
  memset(&handler, 0, sizeof handler);
  handler.initialized = 1;  // the first version of the interface: names as they are written, without name spaces
  handler.begin_element = cx_on_begin;
  handler.end_element = cx_on_end;
  handler.characters = cx_on_text;
  handler.ignorable_whitespace = cx_on_text;
  handler.cdata_block = cx_on_text;
  handler.internal_subset = cx_on_doctype;
  r->functions = library;
  r->depth_limit = depth_limit;
  r->parser = library->xmlCreatePushParserCtxt(&handler, r, NULL, 0, NULL);
  if (!r->parser) { free(r); return NULL; }
  // XML_PARSE_NONET, _NOERROR, _NOWARNING, _SAX1, _IGNORE_ENC
  library->xmlCtxtUseOptions(r->parser, 1 << 11 | 1 << 5 | 1 << 6 | 1 << 9 | 1 << 21);
  return r;
}
static inline void cx_end(struct cx_record *_Nonnull r) {
  r->functions->xmlFreeParserCtxt(r->parser);
  free(r->bytes);
  free(r->events);
  free(r);
}

/// The number of the error that ended a parser's work; 0 when there is none.
static inline int cx_fatal_error(struct cx_record *_Nonnull r) {
  const struct cx_error *error = r->functions->xmlCtxtGetLastError(r->parser);
  return error && error->level == 3 ? error->code : 0;
}
#endif
