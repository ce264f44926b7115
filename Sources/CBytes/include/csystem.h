// System calls that the Glibc module does not show.
#ifndef CSYSTEM_H
#define CSYSTEM_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

/// renameat2 relative to the working directory; `exclusive` refuses an existing target.
static inline int cb_rename(const char *from, const char *to, int exclusive) {
  return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, exclusive ? 1 : 0);
}
/// Flags that open a nameless temporary file in a directory.
static inline int cb_nameless(void) { return 020000000 | O_DIRECTORY; }
#endif
