#include "ctablerows.h"
#include <string.h>
#include "cbytes.h"

enum { CELL_DOUBLE = 4, FLAG_NUL = 2 };  // as `Cell` numbers them

// A number of variable length that ends before `end`; nil when it does not.
static inline const uint8_t *read_varint(const uint8_t *p, const uint8_t *end, uint64_t *value) {
  if (p < end && *p < 0x80) { *value = *p; return p + 1; }
  uint64_t v = 0;
  for (int i = 0; i < 8; i++) {
    if (p == end) return NULL;
    uint8_t byte = *p++;
    v = v << 7 | (byte & 0x7F);
    if (byte < 0x80) { *value = v; return p; }
  }
  if (p == end) return NULL;
  *value = v << 8 | *p;
  return p + 1;
}

static inline uint32_t big16(const uint8_t *p) { return (uint32_t)p[0] << 8 | p[1]; }
static inline uint32_t big32(const uint8_t *p) { return big16(p) << 16 | big16(p + 2); }

// Number of the cells of a page, whose pointers begin behind `front` bytes of header; negative when they are too many.
static ptrdiff_t cell_count(const uint8_t *page, size_t usable, size_t header, size_t front) {
  size_t count = big16(page + header + 3);
  if (count > usable / 6 || header + front + 2 * count > usable) return -1;
  return (ptrdiff_t)count;
}

ptrdiff_t cr_find_rows(const uint8_t *page, size_t usable, size_t header, cr_row *rows) {
  if (!cr_is_leaf(page, header)) return -1;
  const ptrdiff_t count = cell_count(page, usable, header, 8);
  const size_t limit = usable - 35, least = (usable - 12) * 32 / 255 - 23;
  const size_t first = header + 8 + 2 * (size_t)(count < 0 ? 0 : count);
  const uint8_t *end = page + usable;
  for (ptrdiff_t i = 0; i < count; i++) {
    size_t at = big16(page + header + 8 + 2 * i);
    if (at < first || at + 4 > usable) return -1;
    uint64_t total, key;
    const uint8_t *p = read_varint(page + at, end, &total);
    if (!p || !(p = read_varint(p, end, &key)) || total > INT32_MAX) return -1;
    size_t local = (size_t)total;
    if (total > limit) {
      local = least + (size_t)(total - least) % (usable - 4);
      if (local > limit) local = least;
    }
    if (local + (total > limit ? 4 : 0) > (size_t)(end - p)) return -1;
    rows[i] = (cr_row){.key = (int64_t)key, .total = total, .start = (uint32_t)(p - page), .local = (uint32_t)local};
  }
  return count;
}

ptrdiff_t cr_find_children(const uint8_t *page, size_t usable, size_t header, uint32_t *children) {
  if (!cr_is_interior(page, header)) return -1;
  const ptrdiff_t count = cell_count(page, usable, header, 12);
  if (count < 1) return -1;
  const size_t first = header + 12 + 2 * (size_t)count;
  for (ptrdiff_t i = 0; i < count; i++) {
    size_t at = big16(page + header + 12 + 2 * i);
    uint64_t key;
    if (at < first || at + 4 > usable || !read_varint(page + at + 4, page + usable, &key)) return -1;
    children[i] = big32(page + at);
  }
  children[count] = big32(page + header + 8);
  return count + 1;
}

// Appends a text, its bytes as they stand, and tells what it is.
static inline cb_cell read_text(const uint8_t *p, size_t n, uint8_t *heap, size_t at, int64_t *invalid) {
  cb_cell cell = {.payload = at, .length = (uint32_t)n, .kind = CB_CELL_TEXT, .flags = 0};
  uint64_t high = 0, zero = 0;
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    uint64_t word = cb__read64(p + i);
    memcpy(heap + at + i, &word, 8);
    high |= word;
    zero |= (word - 0x0101010101010101ULL) & ~word;
  }
  if (i < n) {
    // What lies behind the text is copied too, but not looked at.
    uint64_t word = cb__read64(p + i), behind = ~0ULL << ((n - i) * 8);
    memcpy(heap + at + i, &word, 8);
    word = (word & ~behind) | (0x2020202020202020ULL & behind);
    high |= word;
    zero |= (word - 0x0101010101010101ULL) & ~word;
  }
  if (zero & 0x8080808080808080ULL && memchr(heap + at, 0, n)) cell.flags = FLAG_NUL;
  if (high & 0x8080808080808080ULL && cb_utf8_valid_prefix(heap + at, n) < n) {
    cell.kind = CB_CELL_BYTES;
    cell.flags = 0;
    ++*invalid;
  }
  return cell;
}

static inline cb_cell integer_cell(int64_t value, uint8_t column) {
  cb_cell cell = {.payload = (uint64_t)value, .length = 0, .kind = CB_CELL_INTEGER, .flags = 0};
  if (column & CR_REAL) {
    double real = (double)value;
    memcpy(&cell.payload, &real, 8);
    cell.kind = CELL_DOUBLE;
  }
  return cell;
}

// Makes the cells of one row, whose key is in order.
static inline int read_row(const uint8_t *payload, size_t total, int64_t key, const uint8_t *columns, size_t width,
                           uint8_t *heap, size_t *used, cb_cell *cells, int64_t *invalid) {
  static const uint8_t sizes[10] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0};
  const uint8_t *end = payload + total;
  uint64_t header;
  const uint8_t *type = read_varint(payload, end, &header);
  if (!type || header > total || header < (size_t)(type - payload)) return CR_DAMAGED;
  const uint8_t *types = payload + header, *body = types;
  size_t at = *used;
  for (size_t column = 0; column < width; column++) {
    const uint8_t rule = columns[column];
    uint64_t serial = 0;
    if (type < types) {
      if (!(type = read_varint(type, types, &serial))) return CR_DAMAGED;
    } else if (rule & CR_DEFAULTED) {
      return CR_UNSTORED;
    }
    size_t size;
    if (serial >= 12) {
      if (serial - 12 > 2ULL * INT32_MAX) return CR_DAMAGED;
      size = (size_t)(serial - 12) / 2;
    } else if (serial < 10) {
      size = sizes[serial];
    } else {
      return CR_DAMAGED;
    }
    if (size > (size_t)(end - body)) return CR_DAMAGED;
    const uint8_t *p = body;
    body += size;
    cb_cell *cell = &cells[column];
    if (rule & CR_KEY) {
      *cell = integer_cell(key, 0);
      continue;
    }
    switch (serial) {
    case 0: *cell = (cb_cell){0, 0, CB_CELL_NULL, 0}; break;
    case 1: *cell = integer_cell((int8_t)p[0], rule); break;
    case 2: *cell = integer_cell((int16_t)big16(p), rule); break;
    case 3: *cell = integer_cell((int32_t)(big16(p) << 16 | (uint32_t)p[2] << 8) >> 8, rule); break;
    case 4: *cell = integer_cell((int32_t)big32(p), rule); break;
    case 5: *cell = integer_cell((int64_t)((uint64_t)(int16_t)big16(p) << 32 | big32(p + 2)), rule); break;
    case 6: *cell = integer_cell((int64_t)((uint64_t)big32(p) << 32 | big32(p + 4)), rule); break;
    case 7: {
      uint64_t bits = (uint64_t)big32(p) << 32 | big32(p + 4);
      double real;
      memcpy(&real, &bits, 8);
      // SQLite has no value that is not a number.
      *cell = real == real ? (cb_cell){bits, 0, CELL_DOUBLE, 0} : (cb_cell){0, 0, CB_CELL_NULL, 0};
      break;
    }
    case 8: case 9: *cell = integer_cell((int64_t)serial - 8, rule); break;
    default:
      if (serial & 1) {
        *cell = read_text(p, size, heap, at, &invalid[column]);
      } else {
        memcpy(heap + at, p, size);
        *cell = (cb_cell){at, (uint32_t)size, CB_CELL_BYTES, 0};
      }
      at += size;
    }
  }
  // As SQLite has it: a record whose columns are all read ends with the last of them.
  if (type == types && body != end) return CR_DAMAGED;
  *used = at;
  return CR_DONE;
}

// Notes a key; false when it does not ascend.
static inline bool take_key(cr_last *last, int64_t key) {
  if (last->is_begun && key <= last->key) return false;
  last->key = key;
  last->is_begun = 1;
  return true;
}

size_t cr_read_rows(const uint8_t *page, const cr_row *rows, size_t count, const uint8_t *columns, size_t width,
                    cr_last *last, cr_batch *batch, int *why) {
  cr_last reached = *last;
  size_t used = batch->used, row = 0;
  *why = CR_DONE;
  for (; row < count; row++) {
    const cr_last before = reached;
    if (rows[row].local < rows[row].total) *why = CR_OVERFLOW;
    else if (!take_key(&reached, rows[row].key)) *why = CR_DISORDER;
    else *why = read_row(page + rows[row].start, rows[row].total, rows[row].key, columns, width, batch->heap, &used,
                         batch->cells + row * width, batch->invalid);
    if (*why == CR_DONE) continue;
    reached = before;
    break;
  }
  *last = reached;
  batch->used = used;
  return row;
}

int cr_read_payload(const uint8_t *payload, cr_row row, const uint8_t *columns, size_t width, cr_last *last,
                    cr_batch *batch) {
  const cr_last before = *last;
  if (!take_key(last, row.key)) return CR_DISORDER;
  int why = read_row(payload, row.total, row.key, columns, width, batch->heap, &batch->used, batch->cells, batch->invalid);
  if (why != CR_DONE) *last = before;
  return why;
}
