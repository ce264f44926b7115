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
  CB_CELL_BYTES = 7, CB_CELL_JSON = 8, CB_CELL_KINDS = 10, CB_CELL_PLAIN = 4, CB_CELL_SPECIALS = 8
};

/// How often each kind of cell occurs in a column, and the bounds of the lengths in bytes.
typedef struct {
  uint64_t counts[CB_CELL_KINDS];
  uint64_t shortest, longest;
} cb_tally;

/// What two tallies of the same column have seen.
static inline cb_tally cb_sum_tallies(cb_tally a, cb_tally b) {
  for (int i = 0; i < CB_CELL_KINDS; i++) a.counts[i] += b.counts[i];
  if (b.shortest < a.shortest) a.shortest = b.shortest;
  if (b.longest > a.longest) a.longest = b.longest;
  return a;
}

/// What the plain values of a column are hashed as; anything else is left to others.
enum { CB_FORM_OTHER = 0, CB_FORM_TEXT, CB_FORM_NUMBER, CB_FORM_BOOLEAN, CB_FORM_UUID, CB_FORM_DATE, CB_FORM_MOMENT };
/// How the plain values of a column are hashed.
typedef struct {
  cb_hash128 null;
  uint64_t seed;
  uint64_t number_limit;  // numbers of this value or more, their point left out, are left to others
  uint8_t form;
  uint8_t is_exact;       // integer cells are hashed as numbers
} cb_column_rule;

enum { CB_COLUMN_ROWS = 64 };
/// Adds the hashes of one column in up to 64 rows to the hashes of these rows; `stride`: cells of a row. `low` receives the low
/// word of each hash, 0 for what is absent or left. Returns a bit for each row whose value is left to others, because it takes
/// more than a look: values of other kinds or in other spellings than most, numbers of many digits, and cells outside the heap.
uint64_t cb_hash_column(const uint8_t *heap, size_t heap_count, const cb_cell *cells, size_t stride, size_t rows,
                        const cb_column_rule *rule, cb_hash128 *sums, uint64_t *low, cb_tally *tally);
/// Mixes each of some rows' sums once more and adds them all to `*total`.
void cb_finish_rows(cb_hash128 *sums, size_t count, cb_hash128 mixer, cb_hash128 *total);

/// Notes hashes in the 2^bits registers of a HyperLogLog; 0 is none.
void cb_note_distinct(uint8_t *registers, uint32_t bits, const uint64_t *hashes, size_t count);
/// A bit for each of up to 64 hashes that is none of those in a table of 2^n slots, found by their lowest bits with open
/// addressing, and not 0. There is a free slot, which holds 0.
uint64_t cb_unknown_hashes(const uint64_t *slots, size_t slot_count, const uint64_t *hashes, size_t count);

/// Plain numbers with a point, not below zero: how many, the most digits before the point, the bounds of those behind it, how
/// many end in the only digit behind it being 0, and how many in another 0.
typedef struct { uint64_t count, digits, least_scale, greatest_scale, point_zeros, end_zeros; } cb_fractions;
/// What the plain values of a column are: counts, lengths in bytes of texts and numbers, and the range of the integers.
typedef struct {
  uint64_t nulls, missing, booleans, texts, empty_texts, integers;
  uint64_t shortest, longest;
  int64_t least, greatest;
  cb_fractions fractions;       // among the numbers
  cb_fractions text_fractions;  // among the texts
} cb_look;
/// Which texts take no more than a look: all; none; or, apart from empty ones, those that are a UUID in small letters, a moment
/// as `cb_read_moment` has it, or a plain number with a point.
enum { CB_LOOK_ALL = 0, CB_LOOK_NONE, CB_LOOK_UUID, CB_LOOK_DATE, CB_LOOK_TIMESTAMP, CB_LOOK_TIMESTAMPTZ, CB_LOOK_FRACTION };
/// Looks at one column in up to 64 rows. Returns a bit for each row whose value takes more than a look: everything but null,
/// missing, boolean, whole numbers of up to 16 digits without a sign, numbers of up to 16 bytes with a point, and the texts
/// that `texts` says and that have no lone surrogates or NUL.
uint64_t cb_look_column(const uint8_t *heap, size_t heap_count, const cb_cell *cells, size_t stride, size_t rows,
                        int texts, cb_look *look);
/// Bits of integers in chunks of 64 Ki: `slots` tells where the chunk of each `value >> 16` is, in chunks; negative for none.
typedef struct {
  uint64_t *words;
  const int32_t *slots;
  size_t slot_count;
} cb_integer_bits;
/// Sets the bits of the whole numbers of up to 16 digits without a sign of one column in up to 64 rows, where there is a chunk
/// for them. Returns the bits of the rows that were taken; `*added` grows by the bits that were not set before.
uint64_t cb_column_bits(const uint8_t *heap, size_t heap_count, const cb_cell *cells, size_t stride, size_t rows,
                        const cb_integer_bits *set, size_t *added);
#endif
