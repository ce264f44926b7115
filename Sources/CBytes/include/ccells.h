// Cells of a record batch, as C sees them, and what is done to many at once.
#ifndef CCELLS_H
#define CCELLS_H
#include "chash.h"

/// A cell as `Records` lays it out.
typedef struct {
  uint64_t payload;
  uint32_t length;
  uint8_t kind, flags;
} cb_cell;
/// The kinds and flags that occur here, as `Cell` numbers them.
enum {
  CB_CELL_NULL = 0, CB_CELL_MISSING = 1, CB_CELL_BOOLEAN = 2, CB_CELL_INTEGER = 3, CB_CELL_NUMBER = 5, CB_CELL_TEXT = 6,
  CB_CELL_BYTES = 7, CB_CELL_JSON = 8, CB_CELL_KINDS = 10, CB_CELL_PLAIN = 4
};

/// How often each kind of cell occurs in a column, and the bounds of the lengths in bytes.
typedef struct {
  uint64_t counts[CB_CELL_KINDS];
  uint64_t shortest, longest;
} cb_tally;

/// How the plain values of a column are hashed.
typedef struct {
  cb_hash128 null;
  uint64_t text_seed, number_seed;
  uint64_t number_limit;  // numbers of this value or more, their point left out, are left to others; 0 when none are hashed
  uint8_t is_text;        // texts are hashed as their bytes
  uint8_t is_exact;       // integer cells are hashed as numbers
} cb_column_rule;

enum { CB_COLUMN_ROWS = 32 };
/// Adds the hashes of one column in up to 32 rows to the hashes of these rows; `stride`: cells of a row. `low` receives the low
/// word of each hash, 0 for what is absent or left. Returns a bit for each row whose value is left to others, because it takes
/// more than a look: what is neither text, number, null nor missing, numbers of many digits, and cells outside the heap.
uint32_t cb_hash_column(const uint8_t *heap, size_t heap_count, const cb_cell *cells, size_t stride, size_t rows,
                        const cb_column_rule *rule, cb_hash128 *sums, uint64_t *low, cb_tally *tally);

/// What the plain values of a column are: counts, lengths in bytes of texts and integers, and the range of the integers.
typedef struct {
  uint64_t nulls, missing, booleans, texts, empty_texts, integers;
  uint64_t shortest, longest;
  int64_t least, greatest;
} cb_look;
/// Looks at one column in up to 32 rows. Returns a bit for each row whose value takes more than a look: everything but null,
/// missing, boolean, whole numbers of up to 16 digits without a sign, empty texts, and, unless they are to be looked at
/// (`looks_at_text`), texts without lone surrogates and NUL.
uint32_t cb_look_column(const uint8_t *heap, size_t heap_count, const cb_cell *cells, size_t stride, size_t rows,
                        int looks_at_text, cb_look *look);
/// Bits of integers in chunks of 64 Ki: `slots` tells where the chunk of each `value >> 16` is, in chunks; negative for none.
typedef struct {
  uint64_t *words;
  const int32_t *slots;
  size_t slot_count;
} cb_integer_bits;
/// Sets the bits of the whole numbers of up to 16 digits without a sign of one column in up to 32 rows, where there is a chunk
/// for them. Returns the bits of the rows that were taken; `*added` grows by the bits that were not set before.
uint32_t cb_column_bits(const uint8_t *heap, size_t heap_count, const cb_cell *cells, size_t stride, size_t rows,
                        const cb_integer_bits *set, size_t *added);
#endif
