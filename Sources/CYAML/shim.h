// libyaml, loaded when it is first needed.
#ifndef COFFER_CYAML_H
#define COFFER_CYAML_H
#include <dlfcn.h>
#include <stdlib.h>
#include <yaml.h>

#define CY_FUNCTIONS(X) \
  X(yaml_parser_initialize) X(yaml_parser_delete) X(yaml_parser_set_input) X(yaml_parser_set_encoding) \
  X(yaml_parser_parse) X(yaml_event_delete)

/// The functions in use, under their own names and types.
struct cy_library {
#define CY_MEMBER(name) __typeof__(name) *_Nonnull name;
  CY_FUNCTIONS(CY_MEMBER)
#undef CY_MEMBER
};

/// Loads the library; NULL when it or one of the functions is not there. Called once; the result lives for ever.
static inline const struct cy_library *_Nullable cy_load(void) {
  void *handle = dlopen("libyaml-0.so.2", RTLD_NOW | RTLD_LOCAL);
  struct cy_library *library = handle ? (struct cy_library *)malloc(sizeof *library) : NULL;
  if (!library) return NULL;
#define CY_FIND(name) \
  { \
    void *address = dlsym(handle, #name); \
    if (!address) { free(library); return NULL; } \
    library->name = (__typeof__(name) *)address; \
  }
  CY_FUNCTIONS(CY_FIND)
#undef CY_FIND
  return library;
}

/// What matters of an event, whatever its type.
struct cy_facts {
  const unsigned char *_Nullable anchor, *_Nullable tag, *_Nullable value;
  size_t length;
  int is_plain;
};

static inline struct cy_facts cy_facts_of(const yaml_event_t *_Nonnull event) {
  struct cy_facts facts = {0};
  switch (event->type) {
    case YAML_ALIAS_EVENT: facts.anchor = event->data.alias.anchor; break;
    case YAML_SCALAR_EVENT:
      facts.anchor = event->data.scalar.anchor;
      facts.tag = event->data.scalar.tag;
      facts.value = event->data.scalar.value;
      facts.length = event->data.scalar.length;
      facts.is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
      break;
    case YAML_SEQUENCE_START_EVENT:
      facts.anchor = event->data.sequence_start.anchor;
      facts.tag = event->data.sequence_start.tag;
      break;
    case YAML_MAPPING_START_EVENT:
      facts.anchor = event->data.mapping_start.anchor;
      facts.tag = event->data.mapping_start.tag;
      break;
    default: break;
  }
  return facts;
}
#endif
