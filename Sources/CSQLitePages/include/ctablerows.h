// Rows of tables as SQLite stores them in pages of b-trees (sqlite.org/fileformat2.html), made cells of a record batch.
//
// Every page may be damaged, or made to do harm: nothing outside a page or a payload is read but the padding behind it.
#ifndef CTABLEROWS_H
#define CTABLEROWS_H
#include <stdbool.h>
#include "ccells.h"

/// Bytes behind a page or payload, and behind the room for texts and blobs, that are read or written whatever they are.
enum { CR_PADDING = 32 };

/// A row on a leaf page: where its payload begins, how many bytes of it stand on the page, and how many there are.
typedef struct {
  int64_t key;
  uint64_t total;
  uint32_t start, local;
} cr_row;
/// Finds the rows of a table's leaf page, of which `usable` bytes are used, in their order; its header begins at `header`. `rows`
/// has room for `usable / 6`. The number of the rows; negative when the page is no such page, or damaged.
ptrdiff_t cr_find_rows(const uint8_t *page, size_t usable, size_t header, cr_row *rows);

/// Finds the children of a table's interior page, from the left to the right; `children` has room for `usable / 6 + 1`. How many
/// there are; negative when the page is damaged.
ptrdiff_t cr_find_children(const uint8_t *page, size_t usable, size_t header, uint32_t *children);
/// Whether a page says that it is the leaf, or an interior page, of a table.
static inline bool cr_is_leaf(const uint8_t *page, size_t header) { return page[header] == 13; }
static inline bool cr_is_interior(const uint8_t *page, size_t header) { return page[header] == 5; }

/// What a column does to what is stored.
enum {
  CR_PLAIN = 0,
  CR_KEY = 1,       // it is the number of the row, of which nothing is stored
  CR_REAL = 2,      // whole numbers are stored as such and are doubles
  CR_DEFAULTED = 4  // rows from before it was added have a value that is not stored
};
/// Why not all rows were read.
enum { CR_DONE = 0, CR_DAMAGED, CR_DISORDER, CR_UNSTORED, CR_OVERFLOW };
/// How far the reading of rows has come; `key`: of the row read last, once there `is_begun`.
typedef struct {
  int64_t key;
  uint8_t is_begun;
} cr_last;
/// Where rows go: `heap` has room, behind `used` bytes, for those of the rows and the padding, `cells` for all their values.
typedef struct {
  uint8_t *heap;
  size_t used;
  cb_cell *cells;
  int64_t *invalid;  // by column: texts that are not UTF-8 and became bytes
} cr_batch;
/// Makes the cells of up to `count` rows of a leaf page; `columns`: what each does. Ends before a row of which a part stands on
/// other pages (OVERFLOW), that lacks a value (UNSTORED), that does not ascend (DISORDER) or is DAMAGED. How many were read.
size_t cr_read_rows(const uint8_t *page, const cr_row *rows, size_t count, const uint8_t *columns, size_t width,
                    cr_last *last, cr_batch *batch, int *why);
/// The same for one row whose payload was gathered from several pages, with the padding behind it.
int cr_read_payload(const uint8_t *payload, cr_row row, const uint8_t *columns, size_t width, cr_last *last,
                    cr_batch *batch);
#endif
