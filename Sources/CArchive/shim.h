// libarchive, loaded when it is first needed: linked, it would bring libxml2 and ICU into every start of the program.
#ifndef COFFER_CARCHIVE_H
#define COFFER_CARCHIVE_H
#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <locale.h>
#include <stdlib.h>

#define CA_FUNCTIONS(X) \
  X(archive_error_string) X(archive_filter_bytes) \
  X(archive_read_new) X(archive_read_free) X(archive_read_support_format_raw) X(archive_read_support_format_empty) \
  X(archive_read_support_format_7zip) X(archive_read_append_filter) X(archive_read_open) \
  X(archive_read_set_read_callback) X(archive_read_set_seek_callback) \
  X(archive_read_set_callback_data) X(archive_read_open1) \
  X(archive_read_next_header) X(archive_read_data) X(archive_read_has_encrypted_entries) \
  X(archive_write_new) X(archive_write_free) X(archive_write_fail) X(archive_write_close) \
  X(archive_write_set_format_raw) X(archive_write_add_filter) X(archive_write_set_bytes_in_last_block) \
  X(archive_write_set_filter_option) X(archive_write_open) X(archive_write_header) X(archive_write_data) \
  X(archive_entry_new) X(archive_entry_free) X(archive_entry_set_filetype) X(archive_entry_pathname_utf8) \
  X(archive_entry_size) X(archive_entry_size_is_set) X(archive_entry_mtime) X(archive_entry_mtime_nsec) \
  X(archive_entry_mtime_is_set) X(archive_entry_perm) X(archive_entry_filetype) X(archive_entry_is_data_encrypted)

/// The functions in use, under their own names and types.
struct ca_library {
#define CA_MEMBER(name) __typeof__(name) *_Nonnull name;
  CA_FUNCTIONS(CA_MEMBER)
#undef CA_MEMBER
};

/// Loads the library; NULL when it or one of the functions is not there. Called once; the result lives for ever.
static inline const struct ca_library *_Nullable ca_load(void) {
  void *handle = dlopen("libarchive.so.13", RTLD_NOW | RTLD_LOCAL);
  struct ca_library *library = handle ? (struct ca_library *)malloc(sizeof *library) : NULL;
  if (!library) return NULL;
#define CA_FIND(name) \
  { \
    void *address = dlsym(handle, #name); \
    if (!address) { free(library); return NULL; } \
    library->name = (__typeof__(name) *)address; \
  }
  CA_FUNCTIONS(CA_FIND)
#undef CA_FIND
  return library;
}

static const unsigned ca_regular_file = 0100000, ca_directory = 0040000, ca_symbolic_link = 0120000, ca_file_type = 0170000;

/// Lets this thread's names be UTF-8 whatever the user's locale; give the result to `ca_leave_utf8`.
static inline locale_t ca_enter_utf8(void) {
  static __thread locale_t utf8;
  if (!utf8) utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
  return utf8 ? uselocale(utf8) : (locale_t)0;
}
static inline void ca_leave_utf8(locale_t previous) { if (previous) uselocale(previous); }
#endif
