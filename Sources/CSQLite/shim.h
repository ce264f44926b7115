#ifndef COFFER_CSQLITE_H
#define COFFER_CSQLITE_H
#include <sqlite3.h>

/// What the macro SQLITE_TRANSIENT stands for: SQLite copies the bytes.
static inline sqlite3_destructor_type coffer_sqlite_transient(void) { return SQLITE_TRANSIENT; }
/// What the macro SQLITE_STATIC stands for: the bytes outlive the statement's next step.
static inline sqlite3_destructor_type coffer_sqlite_static(void) { return SQLITE_STATIC; }
/// sqlite3_db_config for the settings that are switches; the variadic original is not imported.
static inline int coffer_sqlite_switch(sqlite3 *db, int setting, int on) {
  return sqlite3_db_config(db, setting, on, (int *)0);
}
/// Lets SQLite's allocations do without statistics and the mutex around them; before the first connection.
static inline int coffer_sqlite_forgo_statistics(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
#endif
