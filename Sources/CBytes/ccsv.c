#include "include/ccsv.h"

/// Writes a field in quotes, the quotes inside it doubled; there is room for twice its bytes and 32 more.
static uint8_t *quoted(uint8_t *o, const uint8_t *p, size_t n) {
  *o++ = '"';
  for (size_t i = 0; i < n; i += 64) {
    size_t count = n - i < 64 ? n - i : 64, from = 0;
    uint64_t quotes = cb_match3_64(p + i, '"', '"', '"');
    if (count < 64) quotes &= (1ULL << count) - 1;
    for (; quotes; quotes &= quotes - 1) {
      size_t to = (size_t)__builtin_ctzll(quotes) + 1;
      for (; from + 16 <= to; from += 16, o += 16) memcpy(o, p + i + from, 16);
      memcpy(o, p + i + from, 16);
      o += to - from;
      *o++ = '"';
      from = to;
    }
    for (; from < count; from += 16) {
      memcpy(o, p + i + from, 16);
      o += count - from < 16 ? count - from : 16;
    }
  }
  *o++ = '"';
  return o;
}

/// Writes one field; NULL when it may not fit before `limit`.
static inline uint8_t *field(uint8_t *o, const uint8_t *limit, const uint8_t *p, size_t n, uint8_t delimiter) {
  if ((size_t)(limit - o) < n + 32) return NULL;
  for (size_t i = 0; i < n; i += 16) {
    uint32_t mask = cb_csv_special_16(p + i, delimiter);
    memcpy(o + i, p + i, 16);
    if (n - i < 16) mask &= (1u << (n - i)) - 1;
    if (mask) return (size_t)(limit - o) < 2 * n + 32 ? NULL : quoted(o, p, n);
  }
  return o + n;
}

size_t cb_csv_rows(uint8_t *out, size_t room, size_t *written, const uint8_t *heap, size_t heap_count, const cb_cell *cells,
                   size_t width, size_t rows, uint8_t delimiter, uint8_t *nulls) {
  const uint8_t *limit = out + room;
  uint8_t *o = out;
  size_t done = 0;
  *written = 0;
  for (; done < rows; done++, cells += width) {
    size_t column = 0;
    for (; column < width; column++) {
      cb_cell cell = cells[column];
      if ((size_t)(limit - o) < 32) break;
      if (column) *o++ = delimiter;
      if (cell.kind == CB_CELL_TEXT || cell.kind == CB_CELL_NUMBER || cell.kind == CB_CELL_JSON) {
        if (cell.length == 0) { *o++ = '"'; *o++ = '"'; continue; }
        if (cell.flags & 1 || cell.payload > heap_count || heap_count - cell.payload < cell.length) goto out;
        uint8_t *end = field(o, limit, heap + cell.payload, cell.length, delimiter);
        if (!end) goto out;
        o = end;
        continue;
      }
      switch (cell.kind) {
      case CB_CELL_NULL: nulls[column] = 1; continue;
      case CB_CELL_BOOLEAN:
        if (cell.payload) { memcpy(o, "true", 4); o += 4; } else { memcpy(o, "false", 5); o += 5; }
        continue;
      default: goto out;
      }
    }
    if (column < width) break;
    *o++ = '\n';
    *written = (size_t)(o - out);
  }
out:
  return done;
}
