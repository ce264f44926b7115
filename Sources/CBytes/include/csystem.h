// System calls that the Glibc module does not show.
#ifndef CSYSTEM_H
#define CSYSTEM_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/// renameat2 relative to the working directory; of `flags`, 1 refuses an existing target and 2 exchanges the two.
static inline int cb_rename(const char *from, const char *to, int flags) {
  return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
}
/// Lets the system begin to write what a file holds to the storage medium, without waiting for it.
static inline void cb_begin_writing(int fd) { (void)syscall(SYS_sync_file_range, fd, 0, 0, 2); }
/// Flags that open a nameless temporary file in a directory.
static inline int cb_nameless(void) { return 020000000 | O_DIRECTORY; }
extern void *memmem(const void *, size_t, const void *, size_t);  // hidden when <string.h> came before _GNU_SOURCE
/// memmem: where `needle` first occurs; linear time in glibc.
static inline const void *cb_memmem(const void *p, size_t n, const void *needle, size_t k) {
  return memmem(p, n, needle, k);
}
#endif
