#include "ccells.h"
#include "cvalues.h"

// The hash of a number in digits, plainly spelt and below the limit; 0 when it is not.
static inline __attribute__((always_inline)) int hash_number(const uint8_t *p, size_t n, const cb_column_rule *rule, cb_hash128 *hash) {
  if (n == 0) return 0;
  int negative = p[0] == '-';
  p += negative; n -= (size_t)negative;
  uint64_t value;
  uint32_t scale = 0;
  if (!cb_small_number(p, n, &value) && !cb_small_decimal(p, n, &value, &scale)) return 0;
  if (value >= rule->number_limit) return 0;
  // An integer by its value, a fraction by its digits, exponent and sign: as `CanonicalPlace` has it.
  if (scale == 0) *hash = cb_hash_words(negative ? 0 - value : value, 0, rule->seed);
  else *hash = cb_hash_words(value, (uint64_t)(-(int64_t)scale) << 2 | (negative ? 2 : 0) | 1, rule->seed);
  return 1;
}

static inline int is_inside(const cb_cell *cell, size_t heap_count) {
  return cell->payload <= heap_count && cell->length <= heap_count - cell->payload;
}

// The hash of a text in a column that holds no texts; 0 when others have to look at it.
static inline __attribute__((always_inline)) int hash_value(const uint8_t *p, size_t n, const cb_column_rule *rule, const int form, cb_hash128 *hash) {
  int64_t microseconds;
  uint64_t high, low;
  switch (form) {
  case CB_FORM_NUMBER: return hash_number(p, n, rule, hash);
  case CB_FORM_MOMENT:
    if (cb_read_moment(p, n, &microseconds) == CB_MOMENT_NONE) return 0;
    *hash = cb_hash_words((uint64_t)microseconds, 0, rule->seed);
    return 1;
  case CB_FORM_DATE:
    if (cb_read_moment(p, n, &microseconds) != CB_MOMENT_DATE) return 0;
    *hash = cb_hash_words((uint64_t)(microseconds / 86400000000LL), 0, rule->seed);
    return 1;
  case CB_FORM_UUID:
    if (n != 36 || !cb_uuid(p, n, &high, &low)) return 0;
    *hash = cb_hash_words(high, low, rule->seed);
    return 1;
  default: return 0;
  }
}

uint64_t cb_hash_column(const uint8_t *heap, size_t heap_count, const cb_cell *cells, size_t stride, size_t rows,
                        const cb_column_rule *given, cb_hash128 *sums, uint64_t *low, cb_tally *tally) {
  const cb_column_rule copy = *given, *rule = &copy;  // what is written below does not change it
  const int form = copy.form;
  uint64_t left = 0, shortest = tally->shortest, longest = tally->longest;
  for (size_t row = 0; row < rows; row++, cells += stride) {
    const cb_cell cell = *cells;
    cb_hash128 hash;
    low[row] = 0;
    if (cell.kind < CB_CELL_KINDS) tally->counts[cell.kind]++;
    switch (cell.kind) {
    case CB_CELL_MISSING: continue;
    case CB_CELL_NULL: sums[row] = cb_hash_add(sums[row], rule->null); continue;
    case CB_CELL_TEXT: case CB_CELL_NUMBER: case CB_CELL_JSON: case CB_CELL_BYTES: {
      if (cell.length < shortest) shortest = cell.length;
      if (cell.length > longest) longest = cell.length;
      if (!is_inside(&cell, heap_count)) { left |= 1ULL << row; continue; }
      const uint8_t *p = heap + cell.payload;
      if (cell.kind == CB_CELL_TEXT) {
        if (form == CB_FORM_TEXT) { hash = cb_hash_padded(p, cell.length, rule->seed); break; }
        if (hash_value(p, cell.length, rule, form, &hash)) break;
      } else if (cell.kind == CB_CELL_NUMBER) {
        if (form == CB_FORM_NUMBER && hash_number(p, cell.length, rule, &hash)) break;
      }
      left |= 1ULL << row;
      continue;
    }
    case CB_CELL_INTEGER:
      if (form != CB_FORM_NUMBER || !rule->is_exact) { left |= 1ULL << row; continue; }
      hash = cb_hash_words(cell.payload, 0, rule->seed);
      break;
    case CB_CELL_BOOLEAN:
      if (form != CB_FORM_BOOLEAN) { left |= 1ULL << row; continue; }
      hash = cb_hash_words(cell.payload != 0, 0, rule->seed);
      break;
    default: left |= 1ULL << row; continue;
    }
    sums[row] = cb_hash_add(sums[row], hash);
    low[row] = hash.low;
  }
  tally->shortest = shortest;
  tally->longest = longest;
  return left;
}

void cb_finish_rows(cb_hash128 *sums, size_t count, cb_hash128 mixer, cb_hash128 *total) {
  cb_hash128 sum = *total;
  for (size_t row = 0; row < count; row++) {
    sums[row] = cb_hash_pair(sums[row], mixer);
    sum = cb_hash_add(sum, sums[row]);
  }
  *total = sum;
}

void cb_note_distinct(uint8_t *registers, uint32_t bits, const uint64_t *hashes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint64_t hash = hashes[i];
    if (hash == 0) continue;
    // The bit behind the hash ends the run of zeros of a hash that has no other.
    uint8_t rank = (uint8_t)(__builtin_clzll(hash << bits | 1ULL << (bits - 1)) + 1);
    uint8_t *slot = registers + (hash >> (64 - bits));
    if (*slot < rank) *slot = rank;
  }
}

uint64_t cb_unknown_hashes(const uint64_t *slots, size_t slot_count, const uint64_t *hashes, size_t count) {
  uint64_t unknown = 0;
  const size_t mask = slot_count - 1;
  for (size_t i = 0; i < count; i++) {
    if (hashes[i] == 0) continue;
    size_t at = (size_t)hashes[i] & mask;
    while (slots[at] != 0 && slots[at] != hashes[i]) at = (at + 1) & mask;
    if (slots[at] == 0) unknown |= 1ULL << i;
  }
  return unknown;
}

// Whether p[0..<n] is a whole number of up to 16 digits without a sign, in its shortest form.
static inline __attribute__((always_inline)) int small_integer(const uint8_t *p, size_t n, uint64_t *value) {
  return cb_small_number(p, n, value) && (p[0] != '0' || n == 1);
}

// Whether p[0..<n] is a plain number with a point, not below zero, of up to 16 bytes; notes it if so.
static inline __attribute__((always_inline)) int is_fraction(const uint8_t *p, size_t n, cb_fractions *all) {
  if (n - 3 > 13) return 0;
  uint32_t others = ~cb_digits_16(p) & ((1u << n) - 1);
  size_t point = (size_t)__builtin_ctz(others | 0x10000), scale = n - point - 1;
  if (others != 1u << point || point == 0 || scale == 0 || p[point] != '.' || (p[0] == '0' && point > 1)) return 0;
  all->count++;
  if (point > all->digits) all->digits = point;
  if (scale < all->least_scale) all->least_scale = scale;
  if (scale > all->greatest_scale) all->greatest_scale = scale;
  if (p[n - 1] == '0') { if (scale == 1) all->point_zeros++; else all->end_zeros++; }
  return 1;
}

// Whether a text that is not empty has the form that is looked for.
static inline __attribute__((always_inline)) int has_form(const uint8_t *p, size_t n, int texts, cb_fractions *fractions) {
  int64_t microseconds;
  uint64_t high, low;
  switch (texts) {
  case CB_LOOK_UUID: {
    if (n != 36) return 0;
    uint64_t all = cb__read64(p) & cb__read64(p + 8) & cb__read64(p + 16) & cb__read64(p + 24) & cb__read64(p + 28);
    // Capitals lack this bit; digits, dashes and small letters have it.
    return (~all & 0x2020202020202020ULL) == 0 && cb_uuid(p, n, &high, &low);
  }
  case CB_LOOK_DATE: return cb_read_moment(p, n, &microseconds) == CB_MOMENT_DATE;
  case CB_LOOK_TIMESTAMP: return cb_read_moment(p, n, &microseconds) == CB_MOMENT_TIMESTAMP;
  case CB_LOOK_TIMESTAMPTZ: return cb_read_moment(p, n, &microseconds) == CB_MOMENT_TIMESTAMPTZ;
  case CB_LOOK_FRACTION: return is_fraction(p, n, fractions);
  default: return 0;
  }
}

uint64_t cb_look_column(const uint8_t *heap, size_t heap_count, const cb_cell *cells, size_t stride, size_t rows,
                        int texts, cb_look *look) {
  uint64_t left = 0;
  cb_look l = *look;
  for (size_t row = 0; row < rows; row++, cells += stride) {
    switch (cells->kind) {
    case CB_CELL_NULL: l.nulls++; continue;
    case CB_CELL_MISSING: l.missing++; continue;
    case CB_CELL_BOOLEAN: l.booleans++; continue;
    case CB_CELL_TEXT:
      if (cells->flags & 3) break;
      if (texts != CB_LOOK_ALL && cells->length) {
        if (!is_inside(cells, heap_count)) break;
        if (!has_form(heap + cells->payload, cells->length, texts, &l.text_fractions)) break;
      }
      l.texts++;
      l.empty_texts += cells->length == 0;
      if (cells->length < l.shortest) l.shortest = cells->length;
      if (cells->length > l.longest) l.longest = cells->length;
      continue;
    case CB_CELL_NUMBER: {
      uint64_t value;
      if (!is_inside(cells, heap_count)) break;
      const uint8_t *p = heap + cells->payload;
      if (small_integer(p, cells->length, &value)) {
        l.integers++;
        if ((int64_t)value < l.least) l.least = (int64_t)value;
        if ((int64_t)value > l.greatest) l.greatest = (int64_t)value;
      } else if (!is_fraction(p, cells->length, &l.fractions)) {
        break;
      }
      if (cells->length < l.shortest) l.shortest = cells->length;
      if (cells->length > l.longest) l.longest = cells->length;
      continue;
    }
    default: break;
    }
    left |= 1ULL << row;
  }
  *look = l;
  return left;
}

uint64_t cb_column_bits(const uint8_t *heap, size_t heap_count, const cb_cell *cells, size_t stride, size_t rows,
                        const cb_integer_bits *set, size_t *added) {
  uint64_t taken = 0;
  size_t count = 0;
  for (size_t row = 0; row < rows; row++, cells += stride) {
    uint64_t value;
    if (cells->kind != CB_CELL_NUMBER || !is_inside(cells, heap_count)) continue;
    if (!small_integer(heap + cells->payload, cells->length, &value)) continue;
    uint64_t key = value >> 16;
    if (key >= set->slot_count || set->slots[key] < 0) continue;
    uint64_t *word = set->words + (size_t)set->slots[key] * 1024 + (value >> 6 & 1023);
    count += ~(*word >> (value & 63)) & 1;
    *word |= 1ULL << (value & 63);
    taken |= 1ULL << row;
  }
  *added += count;
  return taken;
}
