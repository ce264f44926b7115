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
  uint64_t x = scale == 0 && negative ? 0 - value : value;
  uint64_t y = scale == 0 ? 0 : (uint64_t)(-(int64_t)scale) << 2 | (negative ? 2 : 0) | 1;
  *hash = cb_hash_words(x, y, rule->number_seed);
  return 1;
}

uint32_t cb_hash_column(const uint8_t *heap, size_t heap_count, const cb_cell *cells, size_t stride, size_t rows,
                        const cb_column_rule *rule, cb_hash128 *sums, uint64_t *low, cb_tally *tally) {
  uint32_t left = 0;
  uint64_t shortest = tally->shortest, longest = tally->longest;
  for (size_t row = 0; row < rows; row++, cells += stride) {
    const cb_cell cell = *cells;
    cb_hash128 hash;
    low[row] = 0;
    if (cell.kind < CB_CELL_KINDS) tally->counts[cell.kind]++;
    switch (cell.kind) {
    case CB_CELL_MISSING: continue;
    case CB_CELL_NULL: sums[row] = cb_hash_add(sums[row], rule->null); continue;
    case CB_CELL_TEXT: case CB_CELL_NUMBER: case CB_CELL_JSON: case CB_CELL_BYTES:
      if (cell.length < shortest) shortest = cell.length;
      if (cell.length > longest) longest = cell.length;
      if (cell.payload > heap_count || cell.length > heap_count - cell.payload) { left |= 1u << row; continue; }
      if (cell.kind == CB_CELL_TEXT && rule->is_text) {
        hash = cb_hash_padded(heap + cell.payload, cell.length, rule->text_seed);
        break;
      }
      if (cell.kind <= CB_CELL_TEXT && rule->number_limit && hash_number(heap + cell.payload, cell.length, rule, &hash)) break;
      left |= 1u << row;
      continue;
    case CB_CELL_INTEGER:
      if (!rule->is_exact) { left |= 1u << row; continue; }
      hash = cb_hash_words(cell.payload, 0, rule->number_seed);
      break;
    default: left |= 1u << row; continue;
    }
    sums[row] = cb_hash_add(sums[row], hash);
    low[row] = hash.low;
  }
  tally->shortest = shortest;
  tally->longest = longest;
  return left;
}

// Whether a number cell is a whole number of up to 16 digits without a sign, in its shortest form.
static inline __attribute__((always_inline)) int small_integer(const uint8_t *heap, size_t heap_count, const cb_cell *cell, uint64_t *value) {
  if (cell->payload > heap_count || cell->length > heap_count - cell->payload) return 0;
  const uint8_t *p = heap + cell->payload;
  return cb_small_number(p, cell->length, value) && (p[0] != '0' || cell->length == 1);
}

uint32_t cb_look_column(const uint8_t *heap, size_t heap_count, const cb_cell *cells, size_t stride, size_t rows,
                        int looks_at_text, cb_look *look) {
  uint32_t left = 0;
  cb_look l = *look;
  for (size_t row = 0; row < rows; row++, cells += stride) {
    switch (cells->kind) {
    case CB_CELL_NULL: l.nulls++; continue;
    case CB_CELL_MISSING: l.missing++; continue;
    case CB_CELL_BOOLEAN: l.booleans++; continue;
    case CB_CELL_TEXT:
      if (cells->flags & 3 || (looks_at_text && cells->length)) break;
      l.texts++;
      l.empty_texts += cells->length == 0;
      if (cells->length < l.shortest) l.shortest = cells->length;
      if (cells->length > l.longest) l.longest = cells->length;
      continue;
    case CB_CELL_NUMBER: {
      uint64_t value;
      if (!small_integer(heap, heap_count, cells, &value)) break;
      l.integers++;
      if ((int64_t)value < l.least) l.least = (int64_t)value;
      if ((int64_t)value > l.greatest) l.greatest = (int64_t)value;
      if (cells->length < l.shortest) l.shortest = cells->length;
      if (cells->length > l.longest) l.longest = cells->length;
      continue;
    }
    default: break;
    }
    left |= 1u << row;
  }
  *look = l;
  return left;
}

uint32_t cb_column_bits(const uint8_t *heap, size_t heap_count, const cb_cell *cells, size_t stride, size_t rows,
                        const cb_integer_bits *set, size_t *added) {
  uint32_t taken = 0;
  size_t count = 0;
  for (size_t row = 0; row < rows; row++, cells += stride) {
    uint64_t value;
    if (cells->kind != CB_CELL_NUMBER || !small_integer(heap, heap_count, cells, &value)) continue;
    uint64_t key = value >> 16;
    if (key >= set->slot_count || set->slots[key] < 0) continue;
    uint64_t *word = set->words + (size_t)set->slots[key] * 1024 + (value >> 6 & 1023);
    count += ~(*word >> (value & 63)) & 1;
    *word |= 1ULL << (value & 63);
    taken |= 1u << row;
  }
  *added += count;
  return taken;
}
