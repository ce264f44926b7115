#include "include/cdump.h"
#include "include/cjson.h"

// While a row is not whole, its cells say what is to be undone.
enum { ESCAPED = 0x80, HEX = 0x40, BACKSLASH = 0x20, UNDO = ESCAPED | HEX | BACKSLASH, CELL_NUL = 2 };

// ── COPY text ──
static int is_octal(uint8_t c) { return c >= '0' && c <= '7'; }

size_t cb_copy_unescape(uint8_t *p, size_t n, int *raw) {
  size_t i = 0, o = 0;
  while (i < n) {
    const uint8_t *hit = memchr(p + i, '\\', n - i);
    size_t clean = hit ? (size_t)(hit - (p + i)) : n - i;
    if (clean) { memmove(p + o, p + i, clean); i += clean; o += clean; }
    if (i >= n) break;
    if (i + 1 >= n) { p[o++] = p[i++]; break; }
    uint8_t c = p[i + 1];
    i += 2;
    switch (c) {
    case 'b': p[o++] = '\b'; break;
    case 'f': p[o++] = '\f'; break;
    case 'n': p[o++] = '\n'; break;
    case 'r': p[o++] = '\r'; break;
    case 't': p[o++] = '\t'; break;
    case 'v': p[o++] = '\v'; break;
    case 'x':
      if (i < n && cb__hex(p[i]) >= 0) {
        int value = cb__hex(p[i++]);
        if (i < n && cb__hex(p[i]) >= 0) value = value << 4 | cb__hex(p[i++]);
        if (value > 127) *raw = 1;
        p[o++] = (uint8_t)value;
      } else p[o++] = c;
      break;
    default:
      if (is_octal(c)) {
        int value = c - '0';
        for (int digits = 1; digits < 3 && i < n && is_octal(p[i]); digits++) value = value << 3 | (p[i++] - '0');
        if (value > 127) *raw = 1;
        p[o++] = (uint8_t)value;
      } else p[o++] = c;
    }
  }
  return o;
}

/// Whether p[0..<n] is a number as JSON writes them.
static inline int is_number(const uint8_t *p, size_t n) {
  size_t sign = n > 1 && p[0] == '-';
  const uint8_t *q = p + sign;
  size_t digits = n - sign;
  if (digits - 1 < 16) {
    uint32_t other = ~cb_digits_16(q) & ((1u << digits) - 1);
    if (other == 0) return q[0] != '0' || digits == 1;
    uint32_t at = (uint32_t)__builtin_ctz(other);
    if ((other & (other - 1)) == 0 && q[at] == '.' && at > 0 && at < digits - 1) return q[0] != '0' || at == 1;
  }
  return n > 0 && cb_json_number(p, n) == n;
}

__attribute__((always_inline)) static inline void end_field(const uint8_t *p, size_t start, size_t end, uint8_t flags,
                                                            const cb_copy_rule *rule, uint32_t column, cb_cell *cell) {
  size_t n = end - start;
  if (n == rule->null_count && (n == 0 || (p[start] == rule->null[0] && memcmp(p + start, rule->null, n) == 0))) {
    *cell = (cb_cell){0, 0, CB_CELL_NULL, 0};
    return;
  }
  *cell = (cb_cell){start, (uint32_t)n, CB_CELL_TEXT, flags};
  if (!rule->forms || rule->forms[column] == CB_COPY_TEXT) return;
  if (!flags) {
    if (rule->forms[column] == CB_COPY_NUMBER) {
      if (is_number(p + start, n)) { cell->kind = CB_CELL_NUMBER; return; }
    } else if (n == 1 && (p[start] == 't' || p[start] == 'f')) {
      *cell = (cb_cell){p[start] == 't', 0, CB_CELL_BOOLEAN, 0};
      return;
    }
  }
  rule->left[column] = 1;
}

size_t cb_copy_rows(uint8_t *p, size_t *position, size_t end, const cb_copy_rule *rule, cb_cell *cells, size_t rows,
                    int *stop) {
  const uint32_t width = rule->width;
  const uint8_t delimiter = rule->delimiter;
  size_t row = *position, start = row, count = 0, block = row, skip = SIZE_MAX;
  uint32_t column = 0;
  uint8_t flags = 0, escaped = 0;
  int raw = 0;
  cb_cell *cell = cells;
  *stop = CB_DUMP_MORE;
  if (rows == 0) { *stop = CB_DUMP_FULL; return 0; }
  if (end - row >= 3 && p[row] == '\\' && p[row + 1] == '.' &&
      (p[row + 2] == '\n' || p[row + 2] == '\r')) { *stop = CB_DUMP_END; return 0; }
  while (block < end) {
    uint64_t mask = cb_match3_64(p + block, delimiter, '\n', '\\');
    if (end - block < 64) mask &= (1ULL << (end - block)) - 1;
    while (mask) {
      size_t at = block + (size_t)__builtin_ctzll(mask);
      mask &= mask - 1;
      if (at == skip) continue;
      uint8_t byte = p[at];
      if (byte == '\\') { flags = ESCAPED; escaped = 1; skip = at + 1; continue; }
      if (byte == delimiter) {
        if (column < width) end_field(p, start, at, flags, rule, column, cell + column);
        column++; start = at + 1; flags = 0;
        continue;
      }
      size_t last = rule->crlf && at > start && p[at - 1] == '\r' ? at - 1 : at;
      if (column < width) end_field(p, start, last, flags, rule, column, cell + column);
      if (++column != width) { *stop = CB_DUMP_FIELDS; goto out; }
      if (escaped) {
        for (uint32_t i = 0; i < width; i++)
          if (cell[i].flags & ESCAPED) {
            cell[i].length = (uint32_t)cb_copy_unescape(p + cell[i].payload, cell[i].length, &raw);
            cell[i].flags = memchr(p + cell[i].payload, 0, cell[i].length) ? CELL_NUL : 0;
          }
        escaped = 0;
      }
      cell += width; count++;
      row = start = at + 1;
      column = 0; flags = 0;
      if (p[row] == '\\' && end - row >= 3 && p[row + 1] == '.' && (p[row + 2] == '\n' || p[row + 2] == '\r')) {
        *stop = CB_DUMP_END; goto out;
      }
      if (count == rows) { *stop = CB_DUMP_FULL; goto out; }
    }
    block += 64;
  }
out:
  *position = row;
  if (raw) *stop |= CB_DUMP_RAW;
  return count;
}

#if defined(__SSE2__)
/// The values of 16 hexadecimal digits; `*wrong` becomes 1 when there is another byte.
static inline __m128i hex_16(const uint8_t *p, int *wrong) {
  __m128i v = CB_LOAD(p), digit = _mm_sub_epi8(v, _mm_set1_epi8('0'));
  __m128i letter = _mm_sub_epi8(_mm_or_si128(v, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
  __m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(digit, _mm_set1_epi8(9)), digit);
  __m128i is_letter = _mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8(5)), letter);
  *wrong |= _mm_movemask_epi8(_mm_or_si128(is_digit, is_letter)) != 0xFFFF;
  return _mm_or_si128(_mm_and_si128(is_digit, digit), _mm_and_si128(is_letter, _mm_add_epi8(letter, _mm_set1_epi8(10))));
}
#endif

int cb_unhex(const uint8_t *p, size_t n, uint8_t *out) {
  size_t i = 0;
  int wrong = 0;
#if defined(__SSE2__)
  for (; i + 8 <= n; i += 8) hex_16(p + 2 * i, &wrong);
#endif
  for (size_t k = 2 * i; k < 2 * n; k++) wrong |= cb__hex(p[k]) < 0;
  if (wrong) return 0;
  i = 0;
#if defined(__SSE2__)
  for (; i + 8 <= n; i += 8) {
    // The first of two digits is the lower byte of 16 bits.
    __m128i value = hex_16(p + 2 * i, &wrong), high = _mm_slli_epi16(_mm_and_si128(value, _mm_set1_epi16(0xFF)), 4);
    __m128i pair = _mm_or_si128(high, _mm_srli_epi16(value, 8));
    _mm_storel_epi64((__m128i *)(out + i), _mm_packus_epi16(pair, pair));
  }
#endif
  for (; i < n; i++) out[i] = (uint8_t)(cb__hex(p[2 * i]) << 4 | cb__hex(p[2 * i + 1]));
  return 1;
}

// ── INSERT ──
static int is_space(uint8_t c) { return c == ' ' || (c >= 9 && c <= 13); }
static size_t space(const uint8_t *p, size_t at, size_t end) {
  while (at < end && is_space(p[at])) at++;
  return at;
}
static int is_name(uint8_t c) {
  return (uint8_t)((c | 0x20) - 'a') < 26 || (uint8_t)(c - '0') < 10 || c == '_' || c == '$' || c >= 0x80;
}

size_t cb_string_unescape(uint8_t *p, size_t n, int family, int backslash, int *raw) {
  size_t i = 0, o = 0;
  while (i < n) {
    uint8_t c = p[i++];
    if (c == '\'' && i < n && p[i] == '\'') { p[o++] = c; i++; continue; }
    if (c != '\\' || !backslash || i >= n) { p[o++] = c; continue; }
    c = p[i++];
    switch (c) {
    case 'b': p[o++] = '\b'; continue;
    case 'n': p[o++] = '\n'; continue;
    case 'r': p[o++] = '\r'; continue;
    case 't': p[o++] = '\t'; continue;
    default: break;
    }
    if (family == CB_SQL_MYSQL) {
      if (c == '0') p[o++] = 0;
      else if (c == 'Z') p[o++] = 0x1A;
      else if (c == '%' || c == '_') { p[o++] = '\\'; p[o++] = c; }
      else p[o++] = c;
      continue;
    }
    if (c == 'f') { p[o++] = '\f'; continue; }
    if (c == 'x' && i < n && cb__hex(p[i]) >= 0) {
      int value = cb__hex(p[i++]);
      if (i < n && cb__hex(p[i]) >= 0) value = value << 4 | cb__hex(p[i++]);
      if (value > 127) *raw = 1;
      p[o++] = (uint8_t)value;
      continue;
    }
    size_t digits = c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (digits && n - i >= digits) {
      uint32_t value = 0;
      size_t k = 0;
      while (k < digits && cb__hex(p[i + k]) >= 0) value = value << 4 | (uint32_t)cb__hex(p[i + k++]);
      if (k == digits && value < 0x110000 && (value < 0xD800 || value > 0xDFFF)) {
        o += cb__put_utf8(p + o, value);
        i += digits;
        continue;
      }
    }
    if (is_octal(c)) {
      int value = c - '0';
      for (int d = 1; d < 3 && i < n && is_octal(p[i]); d++) value = value << 3 | (p[i++] - '0');
      if (value > 127) *raw = 1;
      p[o++] = (uint8_t)value;
      continue;
    }
    p[o++] = c;
  }
  return o;
}

/// Byte behind the closing quote of the string whose content begins at p[at]; 0 when the bytes end before it is sure.
static size_t string_end(const uint8_t *p, size_t at, size_t end, uint8_t quote, int backslash, uint8_t *flags) {
  while (at < end) {
    uint64_t mask = cb_match3_64(p + at, quote, backslash ? '\\' : quote, quote);
    if (end - at < 64) mask &= (1ULL << (end - at)) - 1;
    if (!mask) { at += 64; continue; }
    at += (size_t)__builtin_ctzll(mask);
    if (at + 1 >= end) return p[at] == quote && at + 1 == end ? SIZE_MAX : 0;
    if (p[at] == quote) {
      if (p[at + 1] != quote) return at + 1;
      *flags |= ESCAPED;
    } else *flags |= BACKSLASH;
    at += 2;
  }
  return 0;
}
static int is_word(const uint8_t *p, size_t n, const char *word) {
  if (strlen(word) != n) return 0;
  for (size_t i = 0; i < n; i++) if ((p[i] | 0x20) != (uint8_t)word[i]) return 0;
  return 1;
}
enum { LITERAL_CUT = 0, LITERAL = 1, LITERAL_ODD = -1 };

static int quoted(const uint8_t *p, size_t *position, size_t end, int backslash, uint8_t kind, uint8_t more, cb_cell *cell) {
  uint8_t flags = more;
  size_t start = *position, close = string_end(p, start, end, '\'', backslash, &flags);
  // A quote at the very end may be the first of two.
  if (close == 0 || close == SIZE_MAX) return LITERAL_CUT;
  *position = close;
  if (close - 1 - start > UINT32_MAX) return LITERAL_ODD;
  *cell = (cb_cell){start, (uint32_t)(close - 1 - start), kind, flags};
  return LITERAL;
}

/// Reads the literal at p[*position] and what space follows it.
static int literal(const uint8_t *p, size_t *position, size_t end, const cb_values_rule *rule, cb_cell *cell) {
  size_t at = space(p, *position, end);
  if (at >= end) return LITERAL_CUT;
  int result = LITERAL;
  uint8_t c = p[at];
  if (c == '\'') {
    at++;
    result = quoted(p, &at, end, rule->backslash, CB_CELL_TEXT, 0, cell);
  } else if ((uint8_t)(c - '0') < 10 || c == '-') {
    size_t n = cb_json_number(p + at, end - at);
    if (at + n >= end) return LITERAL_CUT;
    if (n == 0) {
      if (c == '-' && at + 1 >= end) return LITERAL_CUT;
      return LITERAL_ODD;
    }
    if (n == 1 && c == '0' && (p[at + 1] | 0x20) == 'x' && rule->family == CB_SQL_MYSQL) {
      size_t start = at + 2;
      for (at = start; at < end && cb__hex(p[at]) >= 0;) at++;
      if (at - start > UINT32_MAX || at == start) return LITERAL_ODD;
      *cell = (cb_cell){start, (uint32_t)(at - start), CB_CELL_BYTES, HEX};
    } else {
      *cell = (cb_cell){at, (uint32_t)n, CB_CELL_NUMBER, 0};
      at += n;
    }
  } else {
    size_t start = at;
    while (at < end && is_name(p[at])) at++;
    size_t n = at - start;
    if (at >= end) return LITERAL_CUT;
    const uint8_t *w = p + start;
    if (p[at] == '\'' && n == 1) {
      c |= 0x20;
      at++;
      if (c == 'x' && rule->family != CB_SQL_POSTGRES) result = quoted(p, &at, end, 0, CB_CELL_BYTES, HEX, cell);
      else if (c == 'e' && rule->family == CB_SQL_POSTGRES) result = quoted(p, &at, end, 1, CB_CELL_TEXT, BACKSLASH, cell);
      else if (c == 'b' && rule->family == CB_SQL_POSTGRES) result = quoted(p, &at, end, 0, CB_CELL_TEXT, 0, cell);
      else return LITERAL_ODD;
    } else if (is_word(w, n, "null")) *cell = (cb_cell){0, 0, CB_CELL_NULL, 0};
    else if (is_word(w, n, "true")) *cell = (cb_cell){1, 0, CB_CELL_BOOLEAN, 0};
    else if (is_word(w, n, "false")) *cell = (cb_cell){0, 0, CB_CELL_BOOLEAN, 0};
    else if (is_word(w, n, "default")) *cell = (cb_cell){0, 0, CB_CELL_MISSING, 0};
    else if (n == 7 && rule->family == CB_SQL_MYSQL && memcmp(w, "_binary", 7) == 0) {
      at = space(p, at, end);
      if (at >= end) return LITERAL_CUT;
      if (p[at] != '\'') return LITERAL_ODD;
      at++;
      result = quoted(p, &at, end, rule->backslash, CB_CELL_BYTES, 0, cell);
    } else return LITERAL_ODD;
  }
  if (result != LITERAL) return result;
  at = space(p, at, end);
  if (at >= end) return LITERAL_CUT;
  *position = at;
  return p[at] == ',' || p[at] == ')' ? LITERAL : LITERAL_ODD;
}

static void undo(uint8_t *p, cb_cell *cell, const cb_values_rule *rule, int *raw) {
  uint8_t *text = p + cell->payload;
  size_t n = cell->length;
  if (cell->flags & HEX) {
    for (size_t i = 0; i < n; i += 2) text[i / 2] = (uint8_t)(cb__hex(text[i]) << 4 | cb__hex(text[i + 1]));
    n /= 2;
  } else n = cb_string_unescape(text, n, rule->family, (cell->flags & BACKSLASH) != 0, raw);
  cell->length = (uint32_t)n;
  cell->flags = cell->kind == CB_CELL_TEXT && memchr(text, 0, n) ? CELL_NUL : 0;
}

/// Whether hexadecimal digits are right, which has to be known before any byte of a row is changed.
static int can_undo(const uint8_t *p, const cb_cell *cell) {
  if (!(cell->flags & HEX)) return 1;
  if (cell->length % 2) return 0;
  for (size_t i = 0; i < cell->length; i++) if (cb__hex(p[cell->payload + i]) < 0) return 0;
  return 1;
}

size_t cb_values_rows(uint8_t *p, size_t *position, size_t end, const cb_values_rule *rule, cb_cell *cells, size_t rows,
                      int *stop) {
  const uint32_t width = rule->width;
  size_t row = *position, count = 0;
  int raw = 0;
  cb_cell *cell = cells;
  for (;;) {
    size_t at = space(p, row, end);
    if (at >= end) { *stop = CB_DUMP_MORE; break; }
    if (p[at] != '(') { *stop = CB_DUMP_ODD; break; }
    if (count == rows) { *stop = CB_DUMP_FULL; break; }
    uint32_t column = 0;
    uint8_t flags = 0;
    int result = LITERAL, isWhole = 0;
    at++;
    while (!isWhole) {
      cb_cell value;
      result = literal(p, &at, end, rule, &value);
      if (result != LITERAL) break;
      if (column == width) { column++; break; }
      cell[column++] = value;
      flags |= value.flags;
      isWhole = p[at] == ')';
      at++;
    }
    if (result == LITERAL_CUT) { *stop = CB_DUMP_MORE; break; }
    if (result == LITERAL_ODD) { *stop = CB_DUMP_ODD; break; }
    if (column != width) { *stop = CB_DUMP_FIELDS; break; }
    // What follows has to be known before the row is taken, lest its bytes be changed and it be read again.
    size_t behind = at;
    int next = CB_DUMP_MORE;
    at = space(p, at, end);
    if (at < end && p[at] == ',') { row = at + 1; next = CB_DUMP_FULL; }
    else {
      at = behind;
      if (end - at < rule->tail_count && !rule->final) { *stop = CB_DUMP_MORE; break; }
      if (rule->tail_count && end - at >= rule->tail_count && memcmp(p + at, rule->tail, rule->tail_count) == 0)
        at += rule->tail_count;
      at = space(p, at, end);
      int isOver = at < end && p[at] == ';';
      if (isOver) at = space(p, at + 1, end);
      if (isOver && rule->header_count && end - at >= rule->header_count && memcmp(p + at, rule->header, rule->header_count) == 0) {
        row = at + rule->header_count; next = CB_DUMP_FULL;
      } else if (rule->final || (isOver ? end - at >= rule->header_count : at < end)) {
        row = behind; next = CB_DUMP_END;
      }
    }
    if (next == CB_DUMP_MORE) { *stop = CB_DUMP_MORE; break; }
    if (flags & UNDO) {
      int fine = 1;
      for (uint32_t i = 0; i < width; i++) fine &= can_undo(p, cell + i);
      if (!fine) { row = *position; *stop = CB_DUMP_ODD; break; }
      for (uint32_t i = 0; i < width; i++) if (cell[i].flags & UNDO) undo(p, cell + i, rule, &raw);
    }
    cell += width; count++;
    *position = row;
    if (next == CB_DUMP_END) { *stop = CB_DUMP_END; break; }
  }
  if (raw) *stop |= CB_DUMP_RAW;
  return count;
}

// ── statements ──
typedef struct { const uint8_t *p; size_t end; const cb_sql_rule *rule; } script;

static size_t line_end(const script *s, size_t at) {
  const uint8_t *feed = at < s->end ? memchr(s->p + at, '\n', s->end - at) : NULL;
  return feed ? (size_t)(feed - s->p) + 1 : SIZE_MAX;
}
/// Byte behind the comment at `at`; `at` when there is none, SIZE_MAX when the bytes end inside it.
static size_t comment(const script *s, size_t at) {
  const uint8_t *p = s->p;
  size_t end = s->end;
  uint8_t family = s->rule->family;
  if (p[at] == '#' && family == CB_SQL_MYSQL) return line_end(s, at);
  if (at + 1 >= end) return at;
  if (p[at] == '-' && p[at + 1] == '-') {
    if (family == CB_SQL_MYSQL && at + 2 < end && p[at + 2] > ' ') return at;
    return line_end(s, at);
  }
  if (p[at] != '/' || p[at + 1] != '*') return at;
  if (family == CB_SQL_MYSQL && at + 2 < end) {
    // What a comment of this form holds is executed, but for the line with which dumps turn a client's sandbox on.
    size_t mark = p[at + 2] == 'M' && at + 3 < end ? at + 3 : at + 2;
    int isSandbox = mark + 7 < end && memcmp(p + mark, "!999999", 7) == 0;
    if (p[mark] == '!' && !isSandbox) return at;
  }
  size_t depth = 1;
  for (size_t i = at + 2; i + 1 < end; i++) {
    if (p[i] == '*' && p[i + 1] == '/') {
      if (--depth == 0) return i + 2;
      i++;
    } else if (p[i] == '/' && p[i + 1] == '*' && family == CB_SQL_POSTGRES) { depth++; i++; }
  }
  return SIZE_MAX;
}

size_t cb_sql_space(const uint8_t *p, size_t at, size_t end, const cb_sql_rule *rule, int *cut) {
  script s = {p, end, rule};
  *cut = 0;
  for (;;) {
    at = space(p, at, end);
    if (at >= end) return end;
    size_t behind = comment(&s, at);
    if (behind == SIZE_MAX) { *cut = 1; return at; }
    if (behind == at) return at;
    at = behind;
  }
}

/// Byte behind the dollar-quoted text at `at`; `at` when there is none, SIZE_MAX when the bytes end inside it.
static size_t dollar(const script *s, size_t at) {
  const uint8_t *p = s->p;
  size_t i = at + 1;
  while (i < s->end && p[i] != '$' && is_name(p[i]) && !(i == at + 1 && (uint8_t)(p[i] - '0') < 10)) i++;
  if (i >= s->end) return SIZE_MAX;
  if (p[i] != '$') return at;
  size_t tag = i + 1 - at;
  for (i++;;) {
    const uint8_t *hit = i < s->end ? memchr(p + i, '$', s->end - i) : NULL;
    if (!hit) return SIZE_MAX;
    i = (size_t)(hit - p);
    if (s->end - i < tag) return SIZE_MAX;
    if (memcmp(p + i, p + at, tag) == 0) return i + tag;
    i++;
  }
}

int cb_sql_statement(const uint8_t *p, size_t at, size_t end, const cb_sql_rule *rule, size_t *stop) {
  script s = {p, end, rule};
  int depth = 0, block = 0, creates = 0, routine = 0, begins = 0, words = 0;
  const uint8_t first = rule->delimiter[0];
  while (at < end) {
    uint8_t c = p[at];
    if (is_space(c)) { at++; continue; }
    if (c == first && (rule->delimiter_count > 1 || depth <= 0) && block <= 0) {
      if (end - at < rule->delimiter_count) return CB_SQL_CUT;
      if (memcmp(p + at, rule->delimiter, rule->delimiter_count) == 0) { *stop = at; return CB_SQL_STATEMENT; }
    }
    uint8_t flags = 0;
    size_t behind;
    switch (c) {
    case '-': case '/': case '#':
      if (at + 1 >= end) return CB_SQL_CUT;
      behind = comment(&s, at);
      if (behind == SIZE_MAX) return CB_SQL_CUT;
      at = behind == at ? at + 1 : behind;
      continue;
    case '\'':
      behind = string_end(p, at + 1, end, c, rule->backslash, &flags);
      if (behind == 0 || behind == SIZE_MAX) return CB_SQL_CUT;
      at = behind;
      continue;
    case '"':
      behind = string_end(p, at + 1, end, c, rule->family == CB_SQL_MYSQL && !rule->ansi_quotes && rule->backslash, &flags);
      if (behind == 0 || behind == SIZE_MAX) return CB_SQL_CUT;
      at = behind;
      continue;
    case '`':
      if (rule->family == CB_SQL_POSTGRES) { at++; continue; }
      behind = string_end(p, at + 1, end, c, 0, &flags);
      if (behind == 0 || behind == SIZE_MAX) return CB_SQL_CUT;
      at = behind;
      continue;
    case '[':
      if (rule->family != CB_SQL_SQLITE) { at++; continue; }
      {
        const uint8_t *close = memchr(p + at, ']', end - at);
        if (!close) return CB_SQL_CUT;
        at = (size_t)(close - p) + 1;
      }
      continue;
    case '$':
      if (rule->family != CB_SQL_POSTGRES) { at++; continue; }
      behind = dollar(&s, at);
      if (behind == SIZE_MAX) return CB_SQL_CUT;
      at = behind == at ? at + 1 : behind;
      continue;
    case '(': depth++; at++; continue;
    case ')': depth--; at++; continue;
    case '\\':
      if (rule->family != CB_SQL_POSTGRES) { at++; continue; }
      *stop = at;
      return CB_SQL_META;
    default: break;
    }
    if ((uint8_t)(c - '0') < 10) {
      while (at < end && ((uint8_t)(p[at] - '0') < 10 || p[at] == '.')) at++;
      continue;
    }
    if (!is_name(c)) { at++; continue; }
    size_t start = at;
    while (at < end && is_name(p[at])) {
      // A delimiter of letters or dollar signs ends a word too.
      if (p[at] == first && rule->delimiter_count > 1 && end - at >= rule->delimiter_count &&
          memcmp(p + at, rule->delimiter, rule->delimiter_count) == 0) break;
      at++;
    }
    if (at >= end) return CB_SQL_CUT;
    size_t n = at - start;
    if (n == 1 && (c | 0x20) == 'e' && p[at] == '\'' && rule->family == CB_SQL_POSTGRES) {
      behind = string_end(p, at + 1, end, '\'', 1, &flags);
      if (behind == 0 || behind == SIZE_MAX) return CB_SQL_CUT;
      at = behind;
      continue;
    }
    const uint8_t *w = p + start;
    if (words++ == 0) creates = is_word(w, n, "create");
    else if (creates && !routine && words < 12) {
      routine = rule->family == CB_SQL_POSTGRES ? is_word(w, n, "function") || is_word(w, n, "procedure")
                                                : rule->family == CB_SQL_SQLITE && is_word(w, n, "trigger");
    } else if (routine && rule->delimiter_count == 1) {
      if (block > 0) {
        if (is_word(w, n, "case")) block++;
        else if (is_word(w, n, "end")) block--;
      } else if (rule->family == CB_SQL_POSTGRES ? begins && is_word(w, n, "atomic") : is_word(w, n, "begin")) block = 1;
    }
    begins = is_word(w, n, "begin");
  }
  return CB_SQL_CUT;
}
