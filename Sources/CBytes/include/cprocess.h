// What a process sets once, and the signals that end it.
#ifndef CPROCESS_H
#define CPROCESS_H

/// Keeps crash handlers, core files and debuggers away from what is in memory; makes writing to a closed pipe an error
/// instead of a death; gives descriptors 0 to 2 a meaning if they came closed.
void cb_harden_process(void);
/// Lets the first SIGINT, SIGTERM or SIGHUP set a flag, and the second end the process at once.
void cb_catch_interruptions(void);
/// Whether such a signal has come.
int cb_interrupted(void);
/// Waits until a descriptor has something to read, is at its end, or such a signal has come, on whichever thread.
void cb_wait_readable(int descriptor);
/// Keeps those signals away from the calling thread, so that they interrupt the main thread's system calls.
void cb_block_interruptions(void);
/// Columns of the terminal on a descriptor; 0 when there is none.
int cb_terminal_columns(int descriptor);
#endif
