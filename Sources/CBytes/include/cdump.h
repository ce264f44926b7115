// Dumps of SQL databases over bytes: rows of COPY text, rows of INSERT, and where a statement ends.
#ifndef CDUMP_H
#define CDUMP_H
#include "ccells.h"

/// Why reading rows ended.
enum {
  CB_DUMP_MORE = 0,    // the bytes end inside a row
  CB_DUMP_FULL = 1,    // as many rows as there was room for
  CB_DUMP_END = 2,     // COPY: `\.` on a line of its own; INSERT: what follows the last row is no further row
  CB_DUMP_FIELDS = 3,  // the row at the position has another number of fields
  CB_DUMP_ODD = 4,     // INSERT: the row at the position holds something else than plain literals
  CB_DUMP_RAW = 0x100,  // besides: escapes gave bytes beyond ASCII by their numbers
};

/// How the lines of COPY text are read.
typedef struct {
  uint32_t width;          // fields of a row, at least 1
  uint8_t delimiter;
  uint8_t crlf;            // rows end with CR LF
  const uint8_t *null;     // the field that stands for NULL, as it is written
  size_t null_count;
  const uint8_t *forms;    // for each field, what its plain texts are taken for; NULL: all stay texts
  uint8_t *left;           // for each field, becomes 1 when a text was not what its form says and stayed one
} cb_copy_rule;
/// What the fields of COPY text are taken for: `t` and `f` for booleans, numbers as JSON writes them for numbers.
enum { CB_COPY_TEXT = 0, CB_COPY_BOOLEAN = 1, CB_COPY_NUMBER = 2 };

/// Reads lines of COPY text from p[*position] on into rows of cells, undoing escapes in place once a line is whole. Returns how
/// many of at most `rows` were read; `*position` is behind the last, `*stop` why no more were.
size_t cb_copy_rows(uint8_t *p, size_t *position, size_t end, const cb_copy_rule *rule, cb_cell *cells, size_t rows,
                    int *stop);

/// Decodes n pairs of hexadecimal digits at p into out, which may be where they are or before; 0, with nothing changed, when
/// there is another byte.
int cb_unhex(const uint8_t *p, size_t n, uint8_t *out);

/// Families of SQL that differ in how text is quoted.
enum { CB_SQL_POSTGRES = 0, CB_SQL_MYSQL = 1, CB_SQL_SQLITE = 2 };

/// How the rows of INSERT statements are read.
typedef struct {
  uint32_t width;
  uint8_t family;
  uint8_t backslash;        // backslashes escape in '…'
  uint8_t final;            // no bytes follow
  const uint8_t *header;    // what further statements of the same kind begin with, up to their first row; none: no
  size_t header_count;
  const uint8_t *tail;      // what stands between a statement's last row and its semicolon
  size_t tail_count;
} cb_values_rule;

/// Reads rows `(…)` from p[*position] on, as long as they hold plain literals and statements with the same header follow one
/// another. `*position` is behind the last row and the comma, or the semicolon and header, after it: at a row, or, when the
/// stop is CB_DUMP_END, behind the last row's parenthesis.
size_t cb_values_rows(uint8_t *p, size_t *position, size_t end, const cb_values_rule *rule, cb_cell *cells, size_t rows,
                      int *stop);

/// Undoes the escapes of p[0..<n] in place and returns the new length: of COPY text, of PostgreSQL's E'…' and of MySQL's
/// strings; doubled quotes too, but for COPY. `*raw` is set when an escape gives a byte beyond ASCII by its number.
size_t cb_copy_unescape(uint8_t *p, size_t n, int *raw);
size_t cb_string_unescape(uint8_t *p, size_t n, int family, int backslash, int *raw);

/// How a script is cut into statements.
typedef struct {
  uint8_t family;
  uint8_t backslash;        // backslashes escape in '…'
  uint8_t ansi_quotes;      // MySQL: "…" is a name
  const uint8_t *delimiter; // what ends a statement, `;` as a rule
  size_t delimiter_count;
} cb_sql_rule;
enum { CB_SQL_CUT = 0, CB_SQL_STATEMENT = 1, CB_SQL_META = 2 };

/// Finds the end of the statement that begins at p[at]: `*stop` is where its delimiter stands (CB_SQL_STATEMENT), or the
/// backslash of a command of psql (CB_SQL_META). CB_SQL_CUT: the bytes end before.
int cb_sql_statement(const uint8_t *p, size_t at, size_t end, const cb_sql_rule *rule, size_t *stop);
/// First byte from p[at] on that is neither white space nor comment; `*cut`: the bytes end inside a comment.
size_t cb_sql_space(const uint8_t *p, size_t at, size_t end, const cb_sql_rule *rule, int *cut);
#endif
