// Kernels of the row index: words of folded text, the table of terms of a segment under construction, posting lists.
//
// Text given to `ci_tokenize` is folded and small already. Bytes from 0x80 on belong to letters, for whatever else was there
// has been made a space; 0x01 stands before each character that is a word of its own (see `Folding.appendIndexed`).
// 64 bytes behind a text may be read, whatever they are.
#ifndef CINDEX_H
#define CINDEX_H
#include <stddef.h>
#include <stdint.h>

// ── terms ────────────────────────────────────────────────────────────────────
/// Classes of terms, in the order of the dictionary.
enum { CI_DIGITS = 1, CI_HEX = 2, CI_WORD = 3, CI_TIME = 4, CI_UUID = 5, CI_HASH = 6 };
/// Bytes of a run that are kept; longer runs have a hash beside them.
enum { CI_RUN_LIMIT = 128, CI_HEX_LEAST = 8 };

/// A term found in a text: bytes of the text, or of `extra` when `is_extra`.
typedef struct { uint32_t offset; uint16_t length; uint8_t kind; uint8_t is_extra; } ci_token;

/// The terms of a text, and the memory that finding them takes.
typedef struct {
  ci_token *_Nullable tokens;
  size_t count, capacity;
  uint8_t *_Nullable extra;
  size_t extra_count, extra_capacity;
  uint64_t *_Nullable masks;
  size_t mask_capacity;
  /// Whether a run was longer than CI_RUN_LIMIT.
  int has_long_run;
} ci_tokens;

/// Finds the terms of p[0..<n], n below 2^32, in place of those before.
void ci_tokenize(ci_tokens *_Nonnull t, const uint8_t *_Nonnull p, size_t n);
void ci_tokens_free(ci_tokens *_Nonnull t);
/// Class of a run of letters and digits, at most CI_RUN_LIMIT bytes of which are looked at.
int ci_run_kind(const uint8_t *_Nonnull p, size_t n);
/// Hash by which a long run, or a value that is only found whole, is known.
uint64_t ci_run_hash(const uint8_t *_Nonnull p, size_t n);
/// Masks of 64 bytes: letters or digits, these with `-` and `:`, digits, digits and a to f.
void ci_masks(const uint8_t *_Nonnull p, uint64_t *_Nonnull masks);
/// The same, one byte at a time.
void ci_plain_masks(const uint8_t *_Nonnull p, uint64_t *_Nonnull masks);

// ── checksums ────────────────────────────────────────────────────────────────
/// CRC-32C (Castagnoli) of p[0..<n].
uint32_t ci_crc32c(const uint8_t *_Nonnull p, size_t n);
/// The same by a table.
uint32_t ci_plain_crc32c(const uint8_t *_Nonnull p, size_t n);

// ── pages of a dictionary ────────────────────────────────────────────────────
/// Bytes that grow.
typedef struct { uint8_t *_Nullable bytes; size_t count, capacity; } ci_bytes;
void ci_bytes_free(ci_bytes *_Nonnull b);

/// Inline lists have at most so many bytes; pages are closed at so many bytes of terms or lists.
enum { CI_INLINE_LIMIT = 48, CI_TERM_BYTES = 16384, CI_LIST_BYTES = 32768 };

/// Where terms and their lists are laid out. `lists` of a term: varint(rows << 2 | form), then
///   3  nothing: all rows        0  varint gaps        1  bitmap
///   2  varint offset in the long lists, varint(length << 1 | is a bitmap)
typedef struct {
  uint32_t row_count;
  /// Class and number of the terms on the page.
  uint8_t kind;
  uint32_t count;
  ci_bytes terms, lists;
  /// Long lists so far, without the `long_start` bytes that were taken away.
  ci_bytes longs;
  uint64_t long_start;
  ci_bytes scratch;
} ci_writer;
void ci_writer_free(ci_writer *_Nonnull w);
/// Whether a term of this class belongs on the page.
static inline int ci_writer_fits(const ci_writer *_Nonnull w, int kind) {
  return w->count == 0 || (w->kind == kind && w->terms.count < CI_TERM_BYTES && w->lists.count < CI_LIST_BYTES);
}
/// Adds a term with its rows, which ascend. Terms ascend within a class.
void ci_writer_add(ci_writer *_Nonnull w, int kind, const uint8_t *_Nonnull term, size_t length,
                   const uint32_t *_Nonnull rows, size_t count);
/// Begins the next page.
void ci_writer_next(ci_writer *_Nonnull w);
/// Takes the first `count` bytes of the long lists away.
void ci_writer_drop_longs(ci_writer *_Nonnull w, size_t count);

/// A list as it stands on a page.
typedef struct {
  uint32_t rows;
  uint8_t form;
  uint8_t is_bitmap;
  /// Of the inline bytes in the lists of the page, or of the long lists.
  uint64_t offset;
  uint32_t length;
} ci_list;
/// Reads the list at lists[*at]; 0 when it makes no sense. `*at` moves behind it.
int ci_list_read(const uint8_t *_Nonnull lists, size_t n, size_t *_Nonnull at, uint32_t row_count, ci_list *_Nonnull list);
/// Sets the bits of a list's rows, moved by `shift`, in a bitmap of `bit_count`; 0 when the list makes no sense.
int ci_list_mark(const uint8_t *_Nonnull p, size_t n, const ci_list *_Nonnull list, uint32_t row_count,
                 uint64_t *_Nonnull bits, uint64_t bit_count, uint64_t shift);
/// Writes the rows of a list, moved by `shift`, to rows[0..<list->rows]; 0 when the list makes no sense.
int ci_list_rows(const uint8_t *_Nonnull p, size_t n, const ci_list *_Nonnull list, uint32_t row_count,
                 uint32_t shift, uint32_t *_Nonnull rows);

/// The next term at or behind term number *index, which begins at *at, that holds the needle; 0 when there is none. Terms
/// stand with line feeds between them. `starts`, `ends`: whether the term has to begin or end with it.
int ci_find_term(const uint8_t *_Nonnull p, size_t n, const uint8_t *_Nonnull needle, size_t m, int starts, int ends,
                 size_t *_Nonnull at, uint32_t *_Nonnull index);
/// A UUID in which the bits of `mask` are those of `value`.
typedef struct { uint64_t value[2], mask[2]; } ci_uuid_pattern;
/// The first of n keys of 16 bytes at or behind `from` that fits one of the patterns; n when there is none.
size_t ci_find_uuid(const uint8_t *_Nonnull keys, size_t n, size_t from, const ci_uuid_pattern *_Nonnull patterns, size_t count);

// ── merging dictionaries ─────────────────────────────────────────────────────
/// Steps through the terms of a segment.
typedef struct {
  /// Rows of the segment, and what is added to their numbers.
  uint32_t row_count, shift;
  /// The page: terms that are left on it, where the next begins, its list likewise.
  uint8_t kind, has_term, has_long, is_over;
  uint32_t left;
  ci_bytes terms, lists, longs;
  size_t term_at, term_end, list_at;
  ci_list list;
} ci_cursor;
void ci_cursor_free(ci_cursor *_Nonnull c);
/// Gives a cursor its next page, which is copied.
void ci_cursor_page(ci_cursor *_Nonnull c, int kind, uint32_t count, const uint8_t *_Nonnull terms, size_t term_bytes,
                    const uint8_t *_Nonnull lists, size_t list_bytes);
/// Gives a cursor the long list of its term, which is copied.
void ci_cursor_long(ci_cursor *_Nonnull c, const uint8_t *_Nonnull p, size_t n);

/// What `ci_merge` waits for.
typedef enum { CI_MERGE_DONE, CI_MERGE_PAGE, CI_MERGE_LONG, CI_MERGE_FLUSH, CI_MERGE_DAMAGED } ci_merge_need;
/// Puts the terms of n cursors together until it needs something: a page of cursor *which (or `is_over` to be set), the long list
/// of its term, or the page of the writer to be taken. Rows whose bit is set in `removed` are left out; `rows` has room for those
/// of all segments.
ci_merge_need ci_merge(ci_cursor *_Nonnull cursors, size_t n, ci_writer *_Nonnull w, const uint64_t *_Nullable removed,
                       uint32_t *_Nonnull rows, size_t *_Nonnull which);

// ── packed values ────────────────────────────────────────────────────────────
/// Packs a UUID of small letters into 16 bytes; 0 when the text is none.
int ci_pack_uuid(const uint8_t *_Nonnull p, size_t n, uint8_t *_Nonnull out);
/// Writes its 36 characters.
void ci_unpack_uuid(const uint8_t *_Nonnull key, uint8_t *_Nonnull out);
enum { CI_MOMENT_LIMIT = 32 };
/// Packs a date and time into microseconds since 1970 and a byte that tells how it was written; 0 when they would not give the
/// same text again. format: bits 0-2 digits of the fraction, 3 `T`, 4-5 zone (none, `Z`, `+00`, `+00:00`).
int ci_pack_moment(const uint8_t *_Nonnull p, size_t n, int64_t *_Nonnull micros, uint8_t *_Nonnull format);
/// Writes the text and returns its length, CI_MOMENT_LIMIT at most.
size_t ci_unpack_moment(int64_t micros, uint8_t format, uint8_t *_Nonnull out);

/// A value in a row block: where its bytes are, and the code and kind it is kept by.
typedef struct { uint32_t offset, length; uint8_t code, kind, format, none; } ci_field;
/// Codes of values in a row block; smaller ones are the length of the value.
enum {
  CI_CODE_LEFT_OUT = 248, CI_CODE_LONG, CI_CODE_NULL, CI_CODE_MISSING, CI_CODE_SECRET, CI_CODE_ERASED, CI_CODE_MOMENT, CI_CODE_UUID
};
/// Finds the values of a column that begins at *at in a block of n bytes, one for each row, `stride` fields apart; 0 when it makes no
/// sense. `*at` moves behind it.
int ci_block_column(const uint8_t *_Nonnull p, size_t n, size_t *_Nonnull at, size_t rows, ci_field *_Nonnull fields, size_t stride);

// ── rows that are known ──────────────────────────────────────────────────────
/// What tells a row from all others: 48 bits of the hash of its key and above them 48 of the hash of the row; of a row without a key,
/// 96 of the latter.
typedef struct { uint64_t low; uint32_t high; } ci_identity;
/// Bytes of one in a page: `low` and `high`.
enum { CI_IDENTITY_BYTES = 12 };
/// Makes identities of hashes of rows, and of keys if there are any: two words each, as are those of the table and the seed.
void ci_identities(const uint64_t *_Nonnull rows, const uint64_t *_Nullable keys, size_t n, const uint64_t *_Nonnull table,
                   const uint64_t *_Nullable seed, ci_identity *_Nonnull out);
/// Reads n identities as they stand in a page.
void ci_identity_read(const uint8_t *_Nonnull p, size_t n, ci_identity *_Nonnull out);

/// mark: 0 a free slot, 1 a row that was met and not known, otherwise the number of a row version and 2.
typedef struct { uint64_t low; uint32_t high, mark; } ci_slot16;
/// Rows by identity, 16 bytes to a slot, at most three quarters full; grows where it is.
typedef struct {
  ci_slot16 *_Nullable slots;
  size_t count, homes, room;
  uint64_t seed;
} ci_known;
void ci_known_start(ci_known *_Nonnull k, size_t capacity, uint64_t seed);
void ci_known_free(ci_known *_Nonnull k);
/// Adds the row versions first..<(first + n) whose bit is set in `wanted`, by their identities in a page; the first of an identity stays.
void ci_known_fill(ci_known *_Nonnull k, const uint8_t *_Nonnull identities, size_t n, uint32_t first, const uint64_t *_Nonnull wanted);
/// Looks n rows up. The bits in `seen` of those that are known are set; the numbers of all others go to `others`, twice: one more if
/// the row was met before.
size_t ci_known_meet(ci_known *_Nonnull k, const ci_identity *_Nonnull rows, size_t n, uint64_t *_Nonnull seen, uint32_t *_Nonnull others);
/// Counts how often an identity was given to this function.
uint32_t ci_known_count(ci_known *_Nonnull k, ci_identity row);

/// Reads `count` rows below `limit` that gaps name, which ascend; 0 when they make no sense.
int ci_gaps_read(const uint8_t *_Nonnull p, size_t n, uint64_t limit, uint32_t *_Nonnull rows, size_t count);

/// A row version, its identity and shape.
typedef struct { uint64_t low; uint32_t high, row, shape; uint32_t has_key; } ci_named;
/// What becomes of an old row: nothing new has its key; it is there as it was.
enum { CI_NO_PARTNER = 0xFFFFFFFF, CI_SAME = 0xFFFFFFFE };
/// Finds the new row of each old one by identity or key. partners: position in `new`, or one of the above; states: of each new row,
/// whether it has an old one.
void ci_pair(const ci_named *_Nonnull old, size_t old_count, const ci_named *_Nonnull new, size_t new_count, uint32_t *_Nonnull partners,
             uint8_t *_Nonnull states);

/// Sorts n numbers that differ in the bits low_bit..<high_bit.
void ci_sort(uint64_t *_Nonnull values, size_t n, int low_bit, int high_bit);

// ── a segment under construction ─────────────────────────────────────────────
typedef struct { uint64_t hash, rest; } ci_slot;
/// Where the bytes of a term begin, and its length and class.
typedef struct { uint32_t start; uint8_t length, kind; } ci_term;
/// The terms of rows, in memory.
typedef struct {
  uint64_t seed;
  ci_slot *_Nullable slots;
  size_t slot_mask;
  uint32_t term_count, term_capacity;
  /// Bytes of all terms, and which are whose.
  ci_bytes arena;
  ci_term *_Nullable terms;
  /// Terms of each row, one row after the other, and where each row ends.
  uint32_t *_Nullable pairs;
  size_t pair_count, pair_capacity;
  uint32_t *_Nullable row_ends;
  uint32_t row_count, row_capacity;
  ci_tokens tokens;
  // After `ci_builder_sort`: terms in the order of the dictionary, and the rows of each.
  uint32_t *_Nullable order;
  uint32_t *_Nullable list_starts;
  uint32_t *_Nullable rows;
  size_t order_capacity, list_capacity, rows_capacity;
  /// Memory of sorting.
  void *_Nullable sorting[2];
  size_t sorting_capacity[2];
} ci_builder;
/// Greatest number of rows and of terms of a segment.
enum { CI_ROW_LIMIT = 1 << 20, CI_TERM_LIMIT = (1 << 24) - (1 << 20) };
void ci_builder_start(ci_builder *_Nonnull b, uint64_t seed);
void ci_builder_free(ci_builder *_Nonnull b);
/// Forgets all rows and keeps the memory: most of what a segment costs the kernel is fresh pages.
void ci_builder_clear(ci_builder *_Nonnull b);
/// Adds a row with the terms of a text; whether a run was long.
int ci_builder_add(ci_builder *_Nonnull b, const uint8_t *_Nonnull p, size_t n);
/// Adds a hash to the row added last.
void ci_builder_add_hash(ci_builder *_Nonnull b, uint64_t hash);
/// Puts terms in order and turns rows into lists; nothing can be added afterwards.
void ci_builder_sort(ci_builder *_Nonnull b);
/// Fills a page with terms from number *at in order on; 0 when none are left.
int ci_builder_fill(ci_builder *_Nonnull b, ci_writer *_Nonnull w, uint32_t *_Nonnull at);
#endif
