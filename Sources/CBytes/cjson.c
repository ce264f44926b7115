#include "cjson.h"

int cb_json_nested(const uint8_t *p, size_t *position, size_t end, int python, int final, int *special, int *suspect) {
  cb_json_state state;
  cb_json_keys keys;
  keys.count = keys.suspect = 0;
  cb_json_start(&state, 512, python);
  int stop = cb_json_walk(p, position, end, &state, final, &keys);
  *special = state.specials;
  *suspect = (int)keys.suspect;
  return stop;
}

// Whether p[0..<n] is the literal of as many bytes. Loads whole blocks of 16, which padding covers on both sides.
static inline int is_literal(const uint8_t *p, const uint8_t *literal, size_t n) {
#if defined(__SSE2__)
  for (;;) {
    uint32_t same = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(CB_LOAD(p), CB_LOAD(literal)));
    if (n <= 16) {
      uint32_t mask = (uint32_t)((1ULL << n) - 1);
      return (same & mask) == mask;
    }
    if (same != 0xFFFF) return 0;
    p += 16; literal += 16; n -= 16;
  }
#else
  return memcmp(p, literal, n) == 0;
#endif
}

// Length of the JSON number at p[0..<n]; 0 when there is none. Short ones without sign and exponent are measured at once.
static inline __attribute__((always_inline)) size_t number_length(const uint8_t *p, size_t n) {
  uint32_t others = ~cb_digits_16(p);
  size_t length = (size_t)__builtin_ctz(others | 0x10000);
  if (length - 1 < 15 && (p[0] != '0' || length == 1)) {
    size_t stop = length;
    if (p[length] == '.') stop = (size_t)__builtin_ctz((others & (others - 1)) | 0x10000);
    if (stop != length + 1 && stop < 16 && stop < n && (p[stop] | 0x20) != 'e') return stop;
  }
  return cb_json_number(p, n);
}

enum { FLAT_KEYS = 16 };

// The end of an array or object at p[at] that holds nothing but scalars, texts and keys without escapes, no or one space behind
// each comma and colon, and few keys, none twice; 0 for all others.
static size_t flat_end(const uint8_t *p, size_t at, size_t end) {
  uint64_t keys[FLAT_KEYS];
  const int is_object = p[at] == '{';
  const uint8_t close = is_object ? '}' : ']';
  uint32_t flags = 0;
  if (end - at < 2) return 0;
  if (p[++at] == close) return at + 1;
  for (size_t count = 0; at < end; count++) {
    if (is_object) {
      if (p[at] != '"' || count == FLAT_KEYS) return 0;
      size_t key = at + 1;
      at = cb_json_string(p, key, end, &flags) + 1;
      if (flags || at >= end || p[at] != ':') return 0;
      keys[count] = cb__json_key_hash(p + key, at - 1 - key);
      for (size_t i = 0; i < count; i++) if (keys[i] == keys[count]) return 0;
      at += p[at + 1] == ' ' ? 2 : 1;
      if (at >= end) return 0;
    }
    if (p[at] == '"') {
      at = cb_json_string(p, at + 1, end, &flags) + 1;
      if (flags) return 0;
    } else {
      int special = 0;
      ptrdiff_t length = (uint8_t)(p[at] - '0') < 10 ? (ptrdiff_t)number_length(p + at, end - at)
                                                     : cb_json_scalar(p + at, end - at, 0, 0, &special);
      if (length <= 0) return 0;
      at += (size_t)length;
    }
    if (at >= end) return 0;
    if (p[at] == close) return at + 1;
    if (p[at] != ',') return 0;
    at += p[at + 1] == ' ' ? 2 : 1;
  }
  return 0;
}

// Reads the value at p[*position] into a cell; 0 when the general reader has to look at it. `*escaped`: a text with escapes.
static inline __attribute__((always_inline)) int read_value(const uint8_t *p, size_t *position, size_t end, uint32_t limit, cb_cell *cell, int *escaped) {
  size_t at = *position, close;
  uint8_t byte = p[at];
  if (byte == '"') {
    uint32_t flags = 0, special = cb_json_special_16(p + ++at);
    close = at + (size_t)__builtin_ctz(special | 0x10000);
    if (special == 0 || p[close] != '"') close = cb_json_string(p, at, end, &flags);
    if (close >= end || flags & 2 || close - at >= limit) return 0;
    *escaped = (int)flags;
    *cell = (cb_cell){at, (uint32_t)(close - at), CB_CELL_TEXT, flags ? 0 : CB_CELL_PLAIN};
    *position = close + 1;
    return 1;
  }
  if ((uint8_t)(byte - '0') < 10 || byte == '-') {
    size_t length = number_length(p + at, end - at);
    if (length == 0 || length >= limit) return 0;
    *cell = (cb_cell){at, (uint32_t)length, CB_CELL_NUMBER, 0};
    *position = at + length;
    return 1;
  }
  if (byte == '{' || byte == '[') {
    close = flat_end(p, at, end);
    if (close == 0) {
      int special = 0, suspect = 0;
      close = at;
      if (cb_json_nested(p, &close, end, 0, 0, &special, &suspect) != CB_JSON_DONE || suspect) return 0;
    }
    if (close - at >= limit) return 0;
    *cell = (cb_cell){at, (uint32_t)(close - at), CB_CELL_JSON, 0};
    *position = close;
    return 1;
  }
  // Whole words of four bytes. What the end cuts off, or has nothing behind it, is left: whatever lies there may look like it.
  if (end - at < 5) return 0;
  uint32_t word;
  memcpy(&word, p + at, 4);
  if (memcmp(&word, "null", 4) == 0) { *cell = (cb_cell){0, 0, CB_CELL_NULL, 0}; *position = at + 4; return 1; }
  if (memcmp(&word, "true", 4) == 0) { *cell = (cb_cell){1, 0, CB_CELL_BOOLEAN, 0}; *position = at + 4; return 1; }
  if (memcmp(&word, "fals", 4) == 0 && p[at + 4] == 'e') {
    *cell = (cb_cell){0, 0, CB_CELL_BOOLEAN, 0};
    *position = at + 5;
    return 1;
  }
  return 0;
}

enum { ESCAPED_LIMIT = 64 };

// Undoes the escapes of some texts, all or none; 0 when one is wrong.
static int unescape(uint8_t *p, cb_cell *const *texts, size_t count) {
  for (size_t i = 0; i < count; i++) {
    int bad = 0;
    cb_json_escapes(p, texts[i]->payload, texts[i]->payload + texts[i]->length, 1, &bad);
    if (bad) return 0;
  }
  for (size_t i = 0; i < count; i++) {
    uint32_t flags = 0;
    size_t bad = 0;
    texts[i]->length = (uint32_t)cb_json_unescape(p + texts[i]->payload, texts[i]->length, &flags, &bad);
    texts[i]->flags = (uint8_t)flags;
  }
  return 1;
}

size_t cb_json_records(uint8_t *p, size_t *position, size_t end, const cb_json_layout *layout, cb_cell *cells, size_t rows) {
  cb_cell *escaped[ESCAPED_LIMIT];
  const cb_json_layout l = *layout;  // what is written below does not change it
  const cb_json_literal *const last = l.literals + l.count - 1, *const optional = l.literals + l.required;
  const int has_gaps = l.count - 1 < l.width;  // columns without a literal
  size_t start = *position, row = 0;
  for (; row < rows; row++, cells += l.width) {
    size_t at = start, texts = 0;
    const cb_json_literal *literal = l.literals;
    if (has_gaps) for (uint32_t c = 0; c < l.width; c++) cells[c] = (cb_cell){0, 0, CB_CELL_MISSING, 0};
    for (;; literal++) {
      while (end - at < literal->needed || !is_literal(p + at, l.bytes + literal->offset, literal->length)) {
        // The member may be absent, and so may others behind it.
        if (literal < optional || literal == last) goto out;
        cells[literal->column] = (cb_cell){0, 0, CB_CELL_MISSING, 0};
        literal++;
      }
      at += literal->length;
      if (literal == last) break;
      int has_escapes = 0;
      cb_cell *cell = cells + literal->column;
      if (!read_value(p, &at, end, l.limit, cell, &has_escapes)) goto out;
      if (has_escapes) {
        if (texts == ESCAPED_LIMIT) goto out;
        escaped[texts++] = cell;
      }
    }
    if (texts && !unescape(p, escaped, texts)) break;
    start = at;
  }
out:
  *position = start;
  return row;
}
