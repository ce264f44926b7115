#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "cprocess.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_int interruptions;

void cb_harden_process(void) {
  umask(077);
  // The Swift runtime prints the memory around a crash: it may hold passwords.
  static const int crashes[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
  for (unsigned i = 0; i < sizeof crashes / sizeof *crashes; i++) signal(crashes[i], SIG_DFL);
  const struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  // A file opened as descriptor 1 would be written over by what is meant for standard output.
  for (int fd = 0; fd <= 2; fd++) {
    if (fcntl(fd, F_GETFD) < 0 && errno == EBADF) open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
  }
}

static void interrupt(int number) {
  (void)number;
  if (atomic_fetch_add(&interruptions, 1) > 0) _exit(130);
}

void cb_catch_interruptions(void) {
  static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction action = {.sa_handler = interrupt};  // no SA_RESTART: a blocked read has to wake
  sigemptyset(&action.sa_mask);
  for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) {
    struct sigaction present;
    // nohup and background jobs of a shell ignore them: so do we.
    if (sigaction(signals[i], 0, &present) == 0 && present.sa_handler == SIG_IGN) continue;
    sigaction(signals[i], &action, 0);
  }
}

int cb_interrupted(void) { return atomic_load_explicit(&interruptions, memory_order_relaxed) > 0; }

void cb_wait_readable(int descriptor) {
  struct pollfd wanted = {.fd = descriptor, .events = POLLIN};
  while (!cb_interrupted() && poll(&wanted, 1, 100) == 0) {}
}

void cb_block_interruptions(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &set, 0);
}

int cb_terminal_columns(int descriptor) {
  struct winsize size;
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}
