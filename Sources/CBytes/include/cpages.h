// Rows of a record batch as cells of SQLite's b-tree pages (sqlite.org/fileformat2.html), and keys that sort as SQLite sorts.
#ifndef CPAGES_H
#define CPAGES_H
#include <stdbool.h>
#include "ccells.h"

/// A key that is to be sorted: its first eight bytes at hand, and where all of them are.
typedef struct cb_key { uint64_t head; uint32_t offset, length; } cb_key;

/// How a column of a STRICT table stores its values.
enum { CB_STORE_INTEGER = 1, CB_STORE_REAL = 2, CB_STORE_TEXT = 3, CB_STORE_BLOB = 4 };

/// A b-tree page in memory: the pointers to its cells grow from the front, the cells themselves from the end.
typedef struct {
  uint8_t *bytes;
  uint32_t size;
  uint32_t front;  // where the next pointer goes
  uint32_t end;    // where the last cell begins
  uint32_t count;
} cb_page;

/// Bytes of a big-endian number of variable length, 1 to 9, and writes it.
static inline uint32_t cb_varint_size(uint64_t value) {
  if (value >> 56) return 9;
  uint32_t n = 1;
  while (value >>= 7) n++;
  return n;
}
static inline uint8_t *cb_put_varint(uint8_t *out, uint64_t value) {
  if (value < 0x80) { *out = (uint8_t)value; return out + 1; }
  uint32_t n = cb_varint_size(value);
  if (n == 9) {
    out[8] = (uint8_t)value;
    value >>= 8;
    for (int i = 7; i >= 0; i--, value >>= 7) out[i] = (uint8_t)(value | 0x80);
    return out + 9;
  }
  for (uint32_t i = n; i-- > 0; value >>= 7) out[i] = (uint8_t)((value & 0x7F) | (i + 1 < n ? 0x80 : 0));
  return out + n;
}
static inline uint32_t cb_big32(const uint8_t *at) {
  uint32_t v;
  memcpy(&v, at, 4);
  return __builtin_bswap32(v);
}
static inline void cb_put_big32(uint8_t *at, uint32_t v) { v = __builtin_bswap32(v); memcpy(at, &v, 4); }
static inline void cb_put_big16(uint8_t *at, uint32_t v) { at[0] = (uint8_t)(v >> 8); at[1] = (uint8_t)v; }

/// A column of a table that is filled, and what is worked with in a row.
typedef struct { uint8_t store; uint32_t type; uint32_t size; uint64_t value; } cb_stored;
/// Why rows were not all stored.
enum { CB_PAGE_DONE = 0, CB_PAGE_FULL, CB_PAGE_LONG, CB_PAGE_UNFIT, CB_PAGE_LATE };
typedef struct { size_t rows; int why; } cb_page_read;
/// Puts rows into a table's leaf page until it is full or all are there. `key`: the column that is the number of the row;
/// negative: rows are numbered from `*last + 1` on. `*last`: the number of the last row. Stops before a row that takes overflow
/// pages (LONG), whose number does not follow (LATE), or with a value that is not bound as it is (UNFIT): an external value, a
/// text with lone surrogates, or a kind of cell that the column stores in another form.
cb_page_read cb_store_rows(cb_page *page, const uint8_t *heap, size_t heap_count, const cb_cell *cells, size_t width,
                           size_t rows, cb_stored *columns, ptrdiff_t key, int64_t *last);
/// Appends rows whose number is not above `last` to an arena of keys that are to be sorted: eight bytes that sort as the number
/// does, and the cell as a leaf page holds it. Returns how many: it ends before a row with a greater number, before one that
/// `cb_store_rows` leaves to others, and when there is no room.
size_t cb_store_late(uint8_t *arena, size_t capacity, size_t *used, cb_key *keys, uint32_t page_size,
                     const uint8_t *heap, size_t heap_count, const cb_cell *cells, size_t width, size_t rows,
                     cb_stored *columns, ptrdiff_t key, int64_t last);
/// Takes one row apart: types, sizes and numbers go to `columns`. False if it is unfit.
bool cb_measure_row(const uint8_t *heap, size_t heap_count, const cb_cell *row, size_t width, cb_stored *columns,
                    ptrdiff_t key, uint64_t *header, uint64_t *body);
/// Writes the record of a measured row, header and body, which has all the room it needs.
uint8_t *cb_put_row(uint8_t *out, const uint8_t *heap, const cb_cell *row, size_t width, const cb_stored *columns,
                    uint64_t header);
/// The number in a cell that stands for the number of a row; false when it is none.
bool cb_row_number(const uint8_t *heap, size_t heap_count, cb_cell cell, int64_t *number);

/// Appends the keys of rows to an arena, as bytes that sort as SQLite sorts: a null is 0; an integer 1 and eight bytes; a text 2,
/// its bytes with FF behind each 0, and two zeros; at the end the number of the row, eight bytes. Returns how many rows fit.
size_t cb_append_keys(uint8_t *arena, size_t capacity, size_t *used, cb_key *keys, const uint8_t *heap, const cb_cell *cells,
                      size_t width, size_t rows, const uint32_t *columns, const uint8_t *stores, size_t count, ptrdiff_t key,
                      int64_t first);
/// Sorts keys by their bytes, once, for their heads change; `spare` has as much room. Keys that are equal up to `limit` bytes keep their order.
void cb_sort_keys(cb_key *keys, cb_key *spare, size_t count, const uint8_t *arena, size_t limit);
/// Writes the record of an index that a sorted key stands for; `out` has room for `length + 9` bytes for each column and more.
/// Returns its size.
size_t cb_put_index_record(uint8_t *out, const uint8_t *key, size_t length, size_t columns);
/// Whether one of a sorted key's columns is null.
bool cb_key_has_null(const uint8_t *key, size_t columns);
#endif
