#include "cpages.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// Serial type and size of an integer.
static inline void measure_integer(cb_stored *column, int64_t value) {
  static const uint8_t types[9] = {0, 1, 2, 3, 4, 5, 5, 6, 6}, sizes[9] = {0, 1, 2, 3, 4, 6, 6, 8, 8};
  column->value = (uint64_t)value;
  if (value == 0 || value == 1) { column->type = 8 + (uint32_t)value; column->size = 0; return; }
  uint64_t magnitude = (uint64_t)(value < 0 ? ~value : value);
  uint32_t bytes = (64 - (uint32_t)__builtin_clzll(magnitude | 1)) / 8 + 1;
  column->type = types[bytes];
  column->size = sizes[bytes];
}

// Digits that print back as they are: no plus sign, leading zero, fraction or exponent.
static bool read_integer(const uint8_t *text, size_t count, int64_t *value) {
  bool negative = count > 1 && text[0] == '-';
  size_t at = negative;
  if (at >= count || count - at > 19 || (text[at] == '0' && (count - at > 1 || negative))) return false;
  uint64_t sum = 0;
  for (; at < count; at++) {
    uint8_t digit = (uint8_t)(text[at] - '0');
    if (digit > 9) return false;
    sum = sum * 10 + digit;  // 19 digits fit
  }
  if (sum > (uint64_t)INT64_MAX + negative) return false;
  *value = (int64_t)(negative ? 0 - sum : sum);
  return true;
}

// The nearest double of a plain decimal number; false when it is infinite or no number.
static bool read_double(const uint8_t *text, size_t count, double *value) {
  static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  size_t at = 0;
  bool negative = count > 0 && text[0] == '-';
  if (count > 0 && (text[0] == '-' || text[0] == '+')) at = 1;
  uint64_t digits = 0;
  uint32_t places = 0, behind = 0;
  bool point = false;
  size_t i = at;
  for (; i < count; i++) {
    uint8_t digit = (uint8_t)(text[i] - '0');
    if (digit <= 9) {
      places++;
      behind += point;
      if (places <= 15) digits = digits * 10 + digit;
    } else if (text[i] == '.' && !point) point = true;
    else break;
  }
  if (places == 0) return false;
  // Both factors are exact, so that one rounding gives the nearest double.
  if (i == count && places <= 15) {
    double result = (double)digits / powers[behind];
    *value = negative ? -result : result;
    return true;
  }
  if (i < count) {
    if (text[i] != 'e' && text[i] != 'E') return false;
    size_t j = i + 1;
    if (j < count && (text[j] == '+' || text[j] == '-')) j++;
    if (j >= count) return false;
    for (; j < count; j++)
      if (text[j] < '0' || text[j] > '9') return false;
  }
  // The byte behind the number belongs to something else: strtod must see an end there.
  char buffer[64], *copy = count < sizeof buffer ? buffer : malloc(count + 1);
  if (!copy) return false;
  memcpy(copy, text, count);
  copy[count] = 0;
  *value = strtod(copy, NULL);
  if (copy != buffer) free(copy);
  return isfinite(*value);
}

static inline bool is_inside(cb_cell cell, size_t heap_count) {
  return cell.length <= heap_count && cell.payload <= heap_count - cell.length;
}

bool cb_row_number(const uint8_t *heap, size_t heap_count, cb_cell cell, int64_t *number) {
  switch (cell.kind) {
  case CB_CELL_INTEGER: *number = (int64_t)cell.payload; return true;
  case CB_CELL_BOOLEAN: *number = cell.payload != 0; return true;
  case CB_CELL_NUMBER:
  case CB_CELL_TEXT: return is_inside(cell, heap_count) && read_integer(heap + cell.payload, cell.length, number);
  default: return false;
  }
}

enum { CELL_DOUBLE = 4, CELL_SURROGATES = 1 };

static inline bool measure_real(cb_stored *column, double value) {
  if (value != value) return false;
  // As SQLite does: a float without fraction takes the room of an integer.
  if (value == floor(value) && value > -1e14 && value < 1e14 && !(value == 0 && signbit(value))) {
    measure_integer(column, (int64_t)value);
    return true;
  }
  memcpy(&column->value, &value, 8);
  column->type = 7;
  column->size = 8;
  return true;
}

static inline bool measure(const uint8_t *heap, size_t heap_count, cb_cell cell, cb_stored *column) {
  if (cell.kind <= CB_CELL_MISSING) { column->type = column->size = 0; return true; }
  if (cell.kind == CB_CELL_NUMBER || (cell.kind >= CB_CELL_TEXT && cell.kind <= CB_CELL_JSON))
    if (!is_inside(cell, heap_count)) return false;
  switch (column->store) {
  case CB_STORE_TEXT:
    if (cell.kind != CB_CELL_TEXT && cell.kind != CB_CELL_JSON && cell.kind != CB_CELL_NUMBER) return false;
    if (cell.flags & CELL_SURROGATES || cell.length > 0x3FFFFFFF) return false;
    column->size = cell.length;
    column->type = 2 * cell.length + 13;
    return true;
  case CB_STORE_INTEGER: {
    int64_t number;
    if (!cb_row_number(heap, heap_count, cell, &number)) return false;
    measure_integer(column, number);
    return true;
  }
  case CB_STORE_REAL: {
    double value;
    if (cell.kind == CELL_DOUBLE) memcpy(&value, &cell.payload, 8);
    else if (cell.kind == CB_CELL_INTEGER) value = (double)(int64_t)cell.payload;
    else if (cell.kind != CB_CELL_NUMBER && cell.kind != CB_CELL_TEXT) return false;
    else if (!read_double(heap + cell.payload, cell.length, &value)) return false;
    return measure_real(column, value);
  }
  case CB_STORE_BLOB:
    if (cell.kind != CB_CELL_BYTES || cell.length > 0x3FFFFFFF) return false;
    column->size = cell.length;
    column->type = 2 * cell.length + 12;
    return true;
  default: return false;
  }
}

bool cb_measure_row(const uint8_t *heap, size_t heap_count, const cb_cell *row, size_t width, cb_stored *columns,
                    ptrdiff_t key, uint64_t *header, uint64_t *body) {
  uint64_t types = 0, sizes = 0;
  for (size_t i = 0; i < width; i++) {
    if ((ptrdiff_t)i == key) { columns[i].type = columns[i].size = 0; types++; continue; }
    if (!measure(heap, heap_count, row[i], &columns[i])) return false;
    types += columns[i].type < 0x80 ? 1 : cb_varint_size(columns[i].type);
    sizes += columns[i].size;
  }
  // The size of the header counts itself.
  *header = types + (types < 0x7F ? 1 : types < 0x3FFE ? 2 : 3);
  *body = sizes;
  return true;
}

static inline uint8_t *put_big(uint8_t *out, uint64_t value, uint32_t size) {
  for (uint32_t i = size; i-- > 0; value >>= 8) out[i] = (uint8_t)value;
  return out + size;
}

uint8_t *cb_put_row(uint8_t *out, const uint8_t *heap, const cb_cell *row, size_t width, const cb_stored *columns,
                    uint64_t header) {
  out = cb_put_varint(out, header);
  for (size_t i = 0; i < width; i++) out = cb_put_varint(out, columns[i].type);
  for (size_t i = 0; i < width; i++) {
    if (columns[i].size == 0) continue;
    if (columns[i].type >= 12) {
      memcpy(out, heap + row[i].payload, columns[i].size);
      out += columns[i].size;
    } else out = put_big(out, columns[i].value, columns[i].size);
  }
  return out;
}

cb_page_read cb_store_rows(cb_page *page, const uint8_t *heap, size_t heap_count, const cb_cell *cells, size_t width,
                           size_t rows, cb_stored *columns, ptrdiff_t key, int64_t *last) {
  cb_page_read read = {0, CB_PAGE_DONE};
  uint64_t largest = page->size - 35;
  for (; read.rows < rows; read.rows++) {
    const cb_cell *row = cells + read.rows * width;
    uint64_t header, body;
    int64_t number = 0;
    if (key >= 0) {
      if (!cb_row_number(heap, heap_count, row[key], &number)) { read.why = CB_PAGE_UNFIT; return read; }
      if (number <= *last) { read.why = CB_PAGE_LATE; return read; }
    } else number = *last + 1;
    if (!cb_measure_row(heap, heap_count, row, width, columns, key, &header, &body)) { read.why = CB_PAGE_UNFIT; return read; }
    uint64_t payload = header + body;
    if (payload > largest) { read.why = CB_PAGE_LONG; return read; }
    uint32_t size = (uint32_t)payload + cb_varint_size(payload) + cb_varint_size((uint64_t)number);
    if (size + 2 > page->end - page->front) { read.why = CB_PAGE_FULL; return read; }
    page->end -= size;
    cb_put_big16(page->bytes + page->front, page->end);
    page->front += 2;
    page->count++;
    uint8_t *out = cb_put_varint(page->bytes + page->end, payload);
    out = cb_put_varint(out, (uint64_t)number);
    cb_put_row(out, heap, row, width, columns, header);
    *last = number;
  }
  return read;
}

static inline uint64_t head_of(const uint8_t *key, size_t length) {
  uint64_t head = 0;
  memcpy(&head, key, length < 8 ? length : 8);
  return __builtin_bswap64(head);
}

size_t cb_append_keys(uint8_t *arena, size_t capacity, size_t *used, cb_key *keys, const uint8_t *heap, const cb_cell *cells,
                      size_t width, size_t rows, const uint32_t *columns, const uint8_t *stores, size_t count, ptrdiff_t key,
                      int64_t first) {
  for (size_t r = 0; r < rows; r++) {
    const cb_cell *row = cells + r * width;
    uint64_t most = 8;
    for (size_t i = 0; i < count; i++) {
      cb_cell cell = row[columns[i]];
      most += stores[i] == CB_STORE_TEXT ? 2 * (uint64_t)cell.length + 3 : 9;
    }
    if (most > capacity - *used) return r;
    uint8_t *start = arena + *used, *out = start;
    for (size_t i = 0; i < count; i++) {
      cb_cell cell = row[columns[i]];
      if (cell.kind <= CB_CELL_MISSING) { *out++ = 0; continue; }
      if (stores[i] == CB_STORE_INTEGER) {
        int64_t number = 0;
        cb_row_number(heap, SIZE_MAX, cell, &number);
        *out++ = 1;
        out = put_big(out, (uint64_t)number ^ (UINT64_C(1) << 63), 8);
        continue;
      }
      *out++ = 2;
      const uint8_t *text = heap + cell.payload;
      size_t left = cell.length;
      for (;;) {
        const uint8_t *zero = left ? memchr(text, 0, left) : NULL;
        size_t n = zero ? (size_t)(zero - text) + 1 : left;
        if (n) memcpy(out, text, n);
        out += n;
        if (!zero) break;
        *out++ = 0xFF;
        text += n;
        left -= n;
      }
      *out++ = 0;
      *out++ = 0;
    }
    int64_t number = first + (int64_t)r;
    if (key >= 0) cb_row_number(heap, SIZE_MAX, row[key], &number);
    out = put_big(out, (uint64_t)number ^ (UINT64_C(1) << 63), 8);
    keys[r] = (cb_key){head_of(start, (size_t)(out - start)), (uint32_t)*used, (uint32_t)(out - start)};
    *used = (size_t)(out - arena);
  }
  return rows;
}

size_t cb_store_late(uint8_t *arena, size_t capacity, size_t *used, cb_key *keys, uint32_t page_size,
                     const uint8_t *heap, size_t heap_count, const cb_cell *cells, size_t width, size_t rows,
                     cb_stored *columns, ptrdiff_t key, int64_t last) {
  for (size_t r = 0; r < rows; r++) {
    const cb_cell *row = cells + r * width;
    int64_t number;
    uint64_t header, body;
    if (!cb_row_number(heap, heap_count, row[key], &number) || number > last) return r;
    if (!cb_measure_row(heap, heap_count, row, width, columns, key, &header, &body)) return r;
    if (header + body > page_size - 35 || header + body + 26 > capacity - *used) return r;
    uint8_t *start = arena + *used;
    uint8_t *out = put_big(start, (uint64_t)number ^ (UINT64_C(1) << 63), 8);
    out = cb_put_varint(cb_put_varint(out, header + body), (uint64_t)number);
    out = cb_put_row(out, heap, row, width, columns, header);
    keys[r] = (cb_key){head_of(start, 8), (uint32_t)*used, (uint32_t)(out - start)};
    *used = (size_t)(out - arena);
  }
  return rows;
}

static inline int compare(const cb_key *a, const cb_key *b, const uint8_t *arena, size_t depth, size_t limit) {
  size_t m = a->length < limit ? a->length : limit, n = b->length < limit ? b->length : limit;
  if (m <= depth || n <= depth) return (m > depth) - (n > depth);
  int order = memcmp(arena + a->offset + depth, arena + b->offset + depth, (m < n ? m : n) - depth);
  return order ? order : (m > n) - (m < n);
}

// Sorts by heads, a byte at a time.
static void sort_by_heads(cb_key *keys, cb_key *spare, size_t count, uint64_t differs) {
  cb_key *from = keys, *to = spare;
  for (int shift = 0; shift < 64; shift += 8) {
    if (!(differs >> shift & 0xFF)) continue;
    size_t starts[257] = {0};
    for (size_t i = 0; i < count; i++) starts[(from[i].head >> shift & 0xFF) + 1]++;
    for (int i = 0; i < 256; i++) starts[i + 1] += starts[i];
    for (size_t i = 0; i < count; i++) to[starts[from[i].head >> shift & 0xFF]++] = from[i];
    cb_key *other = from;
    from = to;
    to = other;
  }
  if (from != keys) memcpy(keys, from, count * sizeof *keys);
}

static void sort_few(cb_key *keys, size_t count, const uint8_t *arena, size_t depth, size_t limit) {
  for (size_t i = 1; i < count; i++) {
    cb_key key = keys[i];
    size_t j = i;
    for (; j > 0 && keys[j - 1].head >= key.head; j--) {
      if (keys[j - 1].head == key.head && compare(&keys[j - 1], &key, arena, depth + 8, limit) <= 0) break;
      keys[j] = keys[j - 1];
    }
    keys[j] = key;
  }
}

// Sorts by heads, eight bytes from `depth` on, then what is equal by the next eight. The longest run of equals is gone on with,
// the others, at most half as long, take a call: calls are never nested deeply, however long the keys are.
static void sort_from(cb_key *keys, cb_key *spare, size_t count, const uint8_t *arena, size_t depth, size_t limit) {
  while (count > 24) {
    uint64_t differs = 0;
    bool sorted = true;
    for (size_t i = 1; i < count; i++) {
      differs |= keys[i].head ^ keys[0].head;
      sorted &= keys[i - 1].head <= keys[i].head;
    }
    if (!sorted) sort_by_heads(keys, spare, count, differs);
    if (depth + 8 >= limit) return;
    size_t longest = 0, at = 0;
    for (size_t i = 0, j; i < count; i = j) {
      for (j = i + 1; j < count && keys[j].head == keys[i].head;) j++;
      if (j - i > longest) {
        longest = j - i;
        at = i;
      }
    }
    depth += 8;
    for (size_t i = 0, j; i < count; i = j) {
      uint64_t head = keys[i].head;
      for (j = i; j < count && keys[j].head == head; j++)
        ;
      if (j - i == 1) continue;
      for (size_t k = i; k < j; k++)
        keys[k].head = keys[k].length > depth ? head_of(arena + keys[k].offset + depth, keys[k].length - depth) : 0;
      if (i != at) sort_from(keys + i, spare, j - i, arena, depth, limit);
    }
    if (longest < 2 || keys[at].length <= depth) return;
    keys += at;
    count = longest;
  }
  sort_few(keys, count, arena, depth, limit);
}

void cb_sort_keys(cb_key *keys, cb_key *spare, size_t count, const uint8_t *arena, size_t limit) {
  sort_from(keys, spare, count, arena, 0, limit);
}

bool cb_key_has_null(const uint8_t *key, size_t columns) {
  for (size_t i = 0; i < columns; i++) {
    if (*key == 0) return true;
    if (*key == 1) { key += 9; continue; }
    for (key++; !(key[0] == 0 && key[1] != 0xFF); key++)
      if (key[0] == 0) key++;
    key += 2;
  }
  return false;
}

size_t cb_put_index_record(uint8_t *out, const uint8_t *key, size_t length, size_t columns) {
  const uint8_t *end = key + length - 8;
  // Types first, as far from the front as they can be.
  uint8_t types_buffer[64 * 9], *types = types_buffer, *t = types;
  uint8_t *body = out + 9 * (columns + 2), *b = body;
  if (columns + 1 > 64) return 0;
  for (size_t i = 0; i <= columns; i++) {
    bool is_number = i == columns;
    if (!is_number && *key == 0) { *t++ = 0; key++; continue; }
    if (is_number || *key == 1) {
      const uint8_t *at = is_number ? end : key + 1;
      uint64_t value;
      memcpy(&value, at, 8);
      cb_stored column;
      measure_integer(&column, (int64_t)(__builtin_bswap64(value) ^ (UINT64_C(1) << 63)));
      *t++ = (uint8_t)column.type;
      b = put_big(b, column.value, column.size);
      key = at + 8;
      continue;
    }
    uint8_t *start = b;
    key++;
    for (;;) {
      const uint8_t *zero = memchr(key, 0, (size_t)(end - key));
      size_t n = (size_t)(zero - key);
      memcpy(b, key, n);
      b += n;
      key = zero + 2;
      if (zero[1] != 0xFF) break;
      *b++ = 0;
    }
    t = cb_put_varint(t, 2 * (uint64_t)(b - start) + 13);
  }
  size_t type_bytes = (size_t)(t - types), size = (size_t)(b - body);
  uint64_t header = type_bytes + (type_bytes < 0x7F ? 1 : 2);
  uint8_t *at = cb_put_varint(out, header);
  memcpy(at, types, type_bytes);
  memmove(at + type_bytes, body, size);
  return header + size;
}
