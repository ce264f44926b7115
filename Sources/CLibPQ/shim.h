// libpq, loaded when it is first needed: linked, it would bring Kerberos, LDAP and TLS into every start of the program.
//
// What is used of it is declared here, because its headers lie where only its own flags lead, which would link it. All of it
// has been as it is since PostgreSQL 9.2 and is part of the interface of libpq.so.5.
#ifndef COFFER_CLIBPQ_H
#define COFFER_CLIBPQ_H
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

struct cq_connection;
struct cq_result;
struct cq_cancel;

/// PQconninfoOption.
struct cq_option {
  char *_Nullable keyword, *_Nullable environment_variable, *_Nullable compiled, *_Nullable value, *_Nullable label,
      *_Nullable display;
  int display_size;
};

/// ExecStatusType, as far as it is met.
enum cq_status {
  cq_empty_query, cq_command_ok, cq_tuples_ok, cq_copy_out, cq_copy_in, cq_bad_response, cq_nonfatal_error,
  cq_fatal_error, cq_copy_both, cq_single_tuple
};

typedef void (*cq_notice)(void *_Nullable, const char *_Nullable);

/// The functions in use, under their own names.
struct cq_library {
  struct cq_connection *_Nullable (*_Nonnull PQconnectdbParams)(
      const char *_Nullable const *_Nonnull, const char *_Nullable const *_Nonnull, int);
  void (*_Nonnull PQfinish)(struct cq_connection *_Nonnull);
  int (*_Nonnull PQstatus)(const struct cq_connection *_Nonnull);
  int (*_Nonnull PQtransactionStatus)(const struct cq_connection *_Nonnull);
  const char *_Nullable (*_Nonnull PQerrorMessage)(const struct cq_connection *_Nonnull);
  int (*_Nonnull PQsocket)(const struct cq_connection *_Nonnull);
  int (*_Nonnull PQbackendPID)(const struct cq_connection *_Nonnull);
  int (*_Nonnull PQserverVersion)(const struct cq_connection *_Nonnull);
  const char *_Nullable (*_Nonnull PQdb)(const struct cq_connection *_Nonnull);
  int (*_Nonnull PQconnectionUsedPassword)(const struct cq_connection *_Nonnull);
  int (*_Nonnull PQconnectionNeedsPassword)(const struct cq_connection *_Nonnull);
  cq_notice _Nullable (*_Nonnull PQsetNoticeProcessor)(
      struct cq_connection *_Nonnull, cq_notice _Nullable, void *_Nullable);
  int (*_Nonnull PQsetnonblocking)(struct cq_connection *_Nonnull, int);
  int (*_Nonnull PQsendQuery)(struct cq_connection *_Nonnull, const char *_Nonnull);
  int (*_Nonnull PQsendQueryParams)(
      struct cq_connection *_Nonnull, const char *_Nonnull, int, const unsigned *_Nullable,
      const char *_Nullable const *_Nullable, const int *_Nullable, const int *_Nullable, int);
  int (*_Nonnull PQflush)(struct cq_connection *_Nonnull);
  int (*_Nonnull PQconsumeInput)(struct cq_connection *_Nonnull);
  int (*_Nonnull PQisBusy)(struct cq_connection *_Nonnull);
  struct cq_result *_Nullable (*_Nonnull PQgetResult)(struct cq_connection *_Nonnull);
  int (*_Nonnull PQputCopyData)(struct cq_connection *_Nonnull, const char *_Nonnull, int);
  int (*_Nonnull PQputCopyEnd)(struct cq_connection *_Nonnull, const char *_Nullable);
  int (*_Nonnull PQgetCopyData)(struct cq_connection *_Nonnull, char *_Nullable *_Nonnull, int);
  int (*_Nonnull PQresultStatus)(const struct cq_result *_Nonnull);
  const char *_Nullable (*_Nonnull PQresultErrorField)(const struct cq_result *_Nonnull, int);
  int (*_Nonnull PQntuples)(const struct cq_result *_Nonnull);
  int (*_Nonnull PQnfields)(const struct cq_result *_Nonnull);
  const char *_Nullable (*_Nonnull PQgetvalue)(const struct cq_result *_Nonnull, int, int);
  int (*_Nonnull PQgetlength)(const struct cq_result *_Nonnull, int, int);
  int (*_Nonnull PQgetisnull)(const struct cq_result *_Nonnull, int, int);
  const char *_Nullable (*_Nonnull PQcmdTuples)(struct cq_result *_Nonnull);
  void (*_Nonnull PQclear)(struct cq_result *_Nonnull);
  void (*_Nonnull PQfreemem)(void *_Nonnull);
  struct cq_cancel *_Nullable (*_Nonnull PQgetCancel)(struct cq_connection *_Nonnull);
  int (*_Nonnull PQcancel)(struct cq_cancel *_Nonnull, char *_Nonnull, int);
  void (*_Nonnull PQfreeCancel)(struct cq_cancel *_Nonnull);
  struct cq_option *_Nullable (*_Nonnull PQconninfoParse)(const char *_Nonnull, char *_Nullable *_Nullable);
  void (*_Nonnull PQconninfoFree)(struct cq_option *_Nonnull);
  int (*_Nonnull PQsetSingleRowMode)(struct cq_connection *_Nonnull);
  const char *_Nullable (*_Nonnull PQfname)(const struct cq_result *_Nonnull, int);
  unsigned (*_Nonnull PQftype)(const struct cq_result *_Nonnull, int);
};

/// Loads the library; NULL when it or one of the functions is not there. Called once; the result lives for ever.
static inline const struct cq_library *_Nullable cq_load(void) {
  void *handle = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
  struct cq_library *library = handle ? (struct cq_library *)malloc(sizeof *library) : NULL;
  if (!library) return NULL;
#define CQ_FIND(name) \
  { \
    void *address = dlsym(handle, #name); \
    if (!address) { free(library); return NULL; } \
    memcpy(&library->name, &address, sizeof address); \
  }
  CQ_FIND(PQconnectdbParams) CQ_FIND(PQfinish) CQ_FIND(PQstatus) CQ_FIND(PQtransactionStatus) CQ_FIND(PQerrorMessage)
  CQ_FIND(PQsocket) CQ_FIND(PQbackendPID) CQ_FIND(PQserverVersion) CQ_FIND(PQdb) CQ_FIND(PQconnectionUsedPassword)
  CQ_FIND(PQconnectionNeedsPassword) CQ_FIND(PQsetNoticeProcessor) CQ_FIND(PQsetnonblocking) CQ_FIND(PQsendQuery)
  CQ_FIND(PQsendQueryParams) CQ_FIND(PQflush) CQ_FIND(PQconsumeInput) CQ_FIND(PQisBusy) CQ_FIND(PQgetResult)
  CQ_FIND(PQputCopyData) CQ_FIND(PQputCopyEnd) CQ_FIND(PQgetCopyData) CQ_FIND(PQresultStatus)
  CQ_FIND(PQresultErrorField) CQ_FIND(PQntuples) CQ_FIND(PQnfields) CQ_FIND(PQgetvalue) CQ_FIND(PQgetlength)
  CQ_FIND(PQgetisnull) CQ_FIND(PQcmdTuples) CQ_FIND(PQclear) CQ_FIND(PQfreemem) CQ_FIND(PQgetCancel) CQ_FIND(PQcancel)
  CQ_FIND(PQfreeCancel) CQ_FIND(PQconninfoParse) CQ_FIND(PQconninfoFree)
  CQ_FIND(PQsetSingleRowMode) CQ_FIND(PQfname) CQ_FIND(PQftype)
#undef CQ_FIND
  return library;
}
#endif
