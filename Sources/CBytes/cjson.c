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

// The first byte from p[at] on that is no white space; most places have none or one space.
static inline size_t past_space(const uint8_t *p, size_t at, size_t end) {
  if (p[at] > ' ') return at;
  if (p[at] == ' ' && p[at + 1] > ' ') return at + 1;
  return cb_json_space(p, at, end);
}

// The end of an array or object at p[at] that holds nothing but scalars, texts and keys without escapes, and few keys, none
// twice; 0 for all others.
static size_t flat_end(const uint8_t *p, size_t at, size_t end) {
  uint64_t keys[FLAT_KEYS];
  const int is_object = p[at] == '{';
  const uint8_t close = is_object ? '}' : ']';
  uint32_t flags = 0;
  if (end - at < 2) return 0;
  at = past_space(p, at + 1, end);
  if (at >= end) return 0;
  if (p[at] == close) return at + 1;
  for (size_t count = 0; at < end; count++) {
    if (is_object) {
      if (p[at] != '"' || count == FLAT_KEYS) return 0;
      size_t key = at + 1;
      at = cb_json_string(p, key, end, &flags) + 1;
      if (flags || at >= end || p[at] != ':') return 0;
      keys[count] = cb__json_key_hash(p + key, at - 1 - key);
      for (size_t i = 0; i < count; i++) if (keys[i] == keys[count]) return 0;
      at = past_space(p, at + 1, end);
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
    at = past_space(p, at, end);
    if (at >= end) return 0;
    if (p[at] == close) return at + 1;
    if (p[at] != ',') return 0;
    at = past_space(p, at + 1, end);
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

size_t cb_json_plain(const uint8_t *p, size_t n) {
  size_t i = 0;
  for (; i + 64 <= n; i += 64) {
    uint64_t hits = cb_match3_64(p + i, '"', '\\', '\\');
    if (hits) return i + (size_t)__builtin_ctzll(hits);
  }
  return i + cb_plain_json_plain(p + i, n - i);
}

// ── rows as objects ──

/// Copies p[0..<n] and up to 15 bytes behind it.
static inline uint8_t *copy_blocks(uint8_t *o, const uint8_t *p, size_t n) {
  for (size_t i = 0; i < n; i += 16) memcpy(o + i, p + i, 16);
  return o + n;
}

static uint8_t *put_escape(uint8_t *o, uint8_t byte) {
  static const char hex[] = "0123456789abcdef";
  uint8_t letter = 0;
  switch (byte) {
  case '"': case '\\': letter = byte; break;
  case 8: letter = 'b'; break;
  case 9: letter = 't'; break;
  case 10: letter = 'n'; break;
  case 12: letter = 'f'; break;
  case 13: letter = 'r'; break;
  default: break;
  }
  *o++ = '\\';
  if (letter) { *o++ = letter; return o; }
  memcpy(o, "u00", 3);
  o[3] = (uint8_t)hex[byte >> 4];
  o[4] = (uint8_t)hex[byte & 15];
  return o + 5;
}

/// Writes a text in quotes; NULL when it may not fit before `limit`. `is_plain`: nothing of it has to be escaped.
static inline uint8_t *put_text(uint8_t *o, const uint8_t *limit, const uint8_t *p, size_t n, int is_plain) {
  if ((size_t)(limit - o) < n + 32) return NULL;
  *o++ = '"';
  if (is_plain) {
    o = copy_blocks(o, p, n);
    *o++ = '"';
    return o;
  }
  for (size_t i = 0; i < n;) {
    uint32_t mask = cb_json_special_16(p + i);
    if (n - i < 16) mask &= (1u << (n - i)) - 1;
    memcpy(o, p + i, 16);
    if (mask == 0) {
      size_t count = n - i < 16 ? n - i : 16;
      o += count; i += count;
      continue;
    }
    size_t clean = (size_t)__builtin_ctz(mask);
    o += clean; i += clean;
    if ((size_t)(limit - o) < n - i + 48) return NULL;
    o = put_escape(o, p[i++]);
  }
  *o++ = '"';
  return o;
}

/// Writes the JSON text p[0..<n] without the white space between its tokens if it has more than one line, else as it is; NULL
/// when it holds what may be NaN or an infinity, or may not fit before `limit`.
static inline uint8_t *put_json(uint8_t *o, const uint8_t *limit, const uint8_t *p, size_t n) {
  if ((size_t)(limit - o) < n + 32) return NULL;
  size_t i = 0;
  for (; i < n; i += 64) {
    uint64_t breaks = cb_match3_64(p + i, '\n', '\r', '\r');
    if (n - i < 64) breaks &= (1ULL << (n - i)) - 1;
    if (breaks) break;
  }
  if (i >= n) return copy_blocks(o, p, n);
  for (i = 0; i < n;) {
    uint8_t byte = p[i];
    if (byte <= ' ') { i++; continue; }
    if (byte == '"') {
      uint32_t flags = 0;
      size_t close = cb_json_string(p, i + 1, n, &flags);
      // Control characters stay, whoever let them in.
      while (flags & 2 && close < n) { flags = 0; close = cb_json_string(p, close + 1, n, &flags); }
      if (close >= n) return NULL;
      o = copy_blocks(o, p + i, close + 1 - i);
      i = close + 1;
      continue;
    }
    if (byte == 'N' || byte == 'I') return NULL;
    *o++ = byte;
    i++;
  }
  return o;
}

size_t cb_json_rows(uint8_t *out, size_t room, size_t *written, const uint8_t *heap, size_t heap_count,
                    const cb_cell *cells, size_t rows, const cb_json_frame *frame) {
  const uint8_t *const limit = out + room;
  const cb_json_frame f = *frame;  // what is written below does not change it
  uint8_t *o = out;
  size_t done = 0;
  *written = 0;
  for (; done < rows; done++, cells += f.width) {
    size_t key = 1;  // the first key goes without its comma
    int is_first = 1;
    if ((size_t)(limit - o) < 32) break;
    memcpy(o, f.lead, 4);
    o += f.lead_count;
    *o++ = '{';
    for (size_t column = 0; column < f.width; column++) {
      const cb_cell cell = cells[column];
      size_t end = f.key_ends[column];
      if (cell.kind == CB_CELL_MISSING) { key = end + (size_t)is_first; continue; }
      if ((size_t)(limit - o) < end - key + 64) goto out;
      o = copy_blocks(o, f.keys + key, end - key);
      key = end;
      is_first = 0;
      if (cell.kind >= CB_CELL_NUMBER) {
        if (cell.payload > heap_count || heap_count - cell.payload < cell.length) goto out;
        const uint8_t *p = heap + cell.payload;
        if (cell.kind == CB_CELL_TEXT) {
          if (cell.flags & 1) goto out;
          o = put_text(o, limit, p, cell.length, cell.flags & CB_CELL_PLAIN);
        } else if (cell.kind == CB_CELL_NUMBER) {
          if (cell.length == 0 || (size_t)(limit - o) < cell.length + 32) goto out;
          uint8_t digit = *p == '-' && cell.length > 1 ? p[1] : *p;
          if ((uint8_t)(digit - '0') > 9) goto out;
          o = copy_blocks(o, p, cell.length);
        } else if (cell.kind == CB_CELL_JSON && !(cell.flags & CB_CELL_SPECIALS)) {
          o = put_json(o, limit, p, cell.length);
        } else {
          goto out;
        }
        if (!o) goto out;
        continue;
      }
      switch (cell.kind) {
      case CB_CELL_NULL: memcpy(o, "null", 4); o += 4; continue;
      case CB_CELL_BOOLEAN:
        if (cell.payload) { memcpy(o, "true", 4); o += 4; } else { memcpy(o, "false", 5); o += 5; }
        continue;
      default: goto out;
      }
    }
    if ((size_t)(limit - o) < 32) break;
    *o++ = '}';
    memcpy(o, f.tail, 4);
    o += f.tail_count;
    *written = (size_t)(o - out);
  }
out:
  return done;
}
