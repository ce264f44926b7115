// JSON (RFC 8259) over bytes: strings, escapes and whole nested values, resumable at any byte.
#ifndef CJSON_H
#define CJSON_H
#include "cbytes.h"
#include "ccells.h"

/// First byte from p[at] on that is not JSON white space; `end` when there is none.
static inline size_t cb_json_space(const uint8_t *p, size_t at, size_t end) {
  while (at < end && (p[at] == ' ' || p[at] == '\n' || p[at] == '\r' || p[at] == '\t')) at++;
  return at;
}
/// First byte from p[at] on that cannot belong to a number or literal, right or wrong: white space, a control character or
/// one of `" , : [ ] { }`; `end` when there is none.
static inline size_t cb_json_word_end(const uint8_t *p, size_t at, size_t end) {
  while (at < end) {
    uint8_t c = p[at];
    uint8_t bracket = c & 0xDF;  // brackets and braces differ in one bit
    if (c <= ' ' || c == ',' || c == ':' || c == '"' || bracket == '[' || bracket == ']') break;
    at++;
  }
  return at;
}
static inline int cb__hex(uint8_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
/// The 16-bit number of four hexadecimal digits; -1 when they are not.
static inline int cb__hex4(const uint8_t *p) {
  int a = cb__hex(p[0]), b = cb__hex(p[1]), c = cb__hex(p[2]), d = cb__hex(p[3]);
  return (a | b | c | d) < 0 ? -1 : a << 12 | b << 8 | c << 4 | d;
}
/// Looks over the escapes of string content p[at..<end], where `at` is not inside an escape.
/// Returns `end`, or the start of a wrong escape with `*bad = 1`, or, unless the content is `whole`, the start of an escape
/// that `end` cuts off (also a high surrogate whose other half may follow).
static inline size_t cb_json_escapes(const uint8_t *p, size_t at, size_t end, int whole, int *bad) {
  while (at < end) {
    const uint8_t *hit = memchr(p + at, '\\', end - at);
    if (!hit) return end;
    at = (size_t)(hit - p);
    if (at + 1 >= end) { *bad = whole; return at; }
    switch (p[at + 1]) {
    case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't': at += 2; break;
    case 'u': {
      for (size_t i = at + 2; i < at + 6; i++) {
        if (i >= end) { *bad = whole; return at; }
        if (cb__hex(p[i]) < 0) { *bad = 1; return at; }
      }
      int unit = cb__hex4(p + at + 2);
      if (!whole && unit >= 0xD800 && unit < 0xDC00) {
        if (at + 6 >= end || (p[at + 6] == '\\' && at + 12 > end)) return at;
      }
      at += 6;
      break;
    }
    default: *bad = 1; return at;
    }
  }
  return end;
}
static inline size_t cb__put_utf8(uint8_t *o, uint32_t u) {
  if (u < 0x80) { o[0] = (uint8_t)u; return 1; }
  if (u < 0x800) { o[0] = (uint8_t)(0xC0 | u >> 6); o[1] = (uint8_t)(0x80 | (u & 63)); return 2; }
  if (u < 0x10000) {
    o[0] = (uint8_t)(0xE0 | u >> 12); o[1] = (uint8_t)(0x80 | (u >> 6 & 63)); o[2] = (uint8_t)(0x80 | (u & 63));
    return 3;
  }
  o[0] = (uint8_t)(0xF0 | u >> 18); o[1] = (uint8_t)(0x80 | (u >> 12 & 63));
  o[2] = (uint8_t)(0x80 | (u >> 6 & 63)); o[3] = (uint8_t)(0x80 | (u & 63));
  return 4;
}
/// Undoes the escapes of p[0..<n] in place (they only shrink) and returns the new length; lone surrogates become WTF-8.
/// `*flags |= 1` lone surrogates, `|= 2` U+0000. A wrong or cut-off escape ends the work with `*bad` = its index.
static inline size_t cb_json_unescape(uint8_t *p, size_t n, uint32_t *flags, size_t *bad) {
  size_t i = 0, o = 0;
  while (i < n) {
    const uint8_t *hit = memchr(p + i, '\\', n - i);
    size_t clean = hit ? (size_t)(hit - (p + i)) : n - i;
    if (clean) { memmove(p + o, p + i, clean); i += clean; o += clean; }
    if (i >= n) break;
    if (i + 1 >= n) { *bad = i; return o; }
    uint8_t c = p[i + 1];
    switch (c) {
    case '"': case '\\': case '/': p[o++] = c; i += 2; break;
    case 'b': p[o++] = 8; i += 2; break;
    case 'f': p[o++] = 12; i += 2; break;
    case 'n': p[o++] = 10; i += 2; break;
    case 'r': p[o++] = 13; i += 2; break;
    case 't': p[o++] = 9; i += 2; break;
    case 'u': {
      int unit = i + 6 <= n ? cb__hex4(p + i + 2) : -1;
      if (unit < 0) { *bad = i; return o; }
      uint32_t u = (uint32_t)unit;
      i += 6;
      if (u >= 0xD800 && u < 0xDC00 && i + 6 <= n && p[i] == '\\' && p[i + 1] == 'u') {
        int low = cb__hex4(p + i + 2);
        if (low >= 0xDC00 && low < 0xE000) { u = 0x10000 + ((u - 0xD800) << 10) + ((uint32_t)low - 0xDC00); i += 6; }
      }
      if (u >= 0xD800 && u < 0xE000) *flags |= 1;
      if (u == 0) *flags |= 2;
      o += cb__put_utf8(p + o, u);
      break;
    }
    default: *bad = i; return o;
    }
  }
  return o;
}

/// What a JSON value may be followed by, and how deep it is: enough to go on at any byte.
typedef struct {
  uint64_t stack[8];  // one bit a level: 1 = object
  uint32_t depth, limit;
  uint8_t expect, in_string, python, specials;
} cb_json_state;
enum { CB_VALUE, CB_FIRST_VALUE, CB_NEXT, CB_FIRST_KEY, CB_KEY, CB_COLON };
enum { CB_JSON_MORE = 0, CB_JSON_DONE = 1, CB_JSON_SYNTAX = -1, CB_JSON_DEEP = -2, CB_JSON_CONTROL = -3, CB_JSON_ESCAPE = -4 };

static inline void cb_json_start(cb_json_state *s, uint32_t limit, int python) {
  s->depth = 0; s->limit = limit > 512 ? 512 : limit;
  s->expect = CB_VALUE; s->in_string = 0; s->python = (uint8_t)python; s->specials = 0;
}
/// Length of a literal word at p[0..<n]; 0 when it is another one, -1 when `end` cuts it off.
static inline int cb__word(const uint8_t *p, size_t n, const char *word) {
  size_t length = strlen(word), have = n < length ? n : length;
  if (memcmp(p, word, have) != 0) return 0;
  return have < length ? -1 : (int)length;
}
/// Length of the scalar that is no string at p[0..<n]: literals and numbers (`python`: also NaN, Infinity, -Infinity with
/// `*special = 1`). 0: none; -1: the end may cut it off (a number at the very end counts as cut off unless `final`).
static inline ptrdiff_t cb_json_scalar(const uint8_t *p, size_t n, int python, int final, int *special) {
  switch (p[0]) {
  case 't': return cb__word(p, n, "true");
  case 'f': return cb__word(p, n, "false");
  case 'n': return cb__word(p, n, "null");
  case 'N': *special = 1; return python ? cb__word(p, n, "NaN") : 0;
  case 'I': *special = 1; return python ? cb__word(p, n, "Infinity") : 0;
  default: break;
  }
  if (p[0] == '-' && python && n > 1 && p[1] == 'I') { *special = 1; return cb__word(p, n, "-Infinity"); }
  size_t length = cb_json_number(p, n);
  if (length == n && !final) return -1;
  if (length == 0 && !final) {
    // "-", "1.", "1e", "1e+" at the very end may still become numbers.
    size_t i = 0;
    while (i < n && (p[i] == '-' || p[i] == '+' || p[i] == '.' || (p[i] | 0x20) == 'e' || (uint8_t)(p[i] - '0') < 10)) i++;
    if (i == n) return -1;
  }
  return (ptrdiff_t)length;
}
/// Hashes of the keys of all objects that are open at a place, to find keys that an object names twice.
enum { CB_JSON_LEVEL_KEYS = 64, CB_JSON_OPEN_KEYS = 512 };
typedef struct {
  uint64_t hashes[CB_JSON_OPEN_KEYS];
  uint16_t first[512];  // by level, where the keys of its object begin
  uint32_t count;
  /// Whether an object may name a key twice: its keys have to be compared one by one.
  uint32_t suspect;
} cb_json_keys;

static inline uint64_t cb__json_key_hash(const uint8_t *p, size_t n) {
  uint64_t h = n * 0x9E3779B97F4A7C15ULL, w;
  for (; n > 8; p += 8, n -= 8) {
    memcpy(&w, p, 8);
    h = (h ^ w) * 0xD6E8FEB86659FD93ULL;
    h ^= h >> 32;
  }
  memcpy(&w, p, 8);
  if (n < 8) w &= (1ULL << (8 * n)) - 1;
  h = (h ^ w) * 0xD6E8FEB86659FD93ULL;
  return h ^ h >> 32;
}
/// Notes the key p[0..<n] of the innermost of `depth` levels. Keys with escapes, and objects with very many keys, are suspect.
static inline void cb__json_key(cb_json_keys *k, uint32_t depth, const uint8_t *p, size_t n, int escaped) {
  uint32_t first = k->first[depth - 1];
  if (escaped || k->count - first >= CB_JSON_LEVEL_KEYS || k->count >= CB_JSON_OPEN_KEYS) { k->suspect = 1; return; }
  uint64_t hash = cb__json_key_hash(p, n);
  for (uint32_t i = first; i < k->count; i++) if (k->hashes[i] == hash) k->suspect = 1;
  k->hashes[k->count++] = hash;
}
/// Walks one JSON value from p[*at], going on where the last call stopped. `*at` becomes the place to go on from, the byte
/// past the value, or the offending byte. With `keys`, whose `count` and `suspect` are 0, the whole value must be there; p is
/// then padded by 8 bytes.
static inline int cb_json_walk(const uint8_t *p, size_t *position, size_t end, cb_json_state *s, int final,
                               cb_json_keys *keys) {
  size_t at = *position;
  int result = CB_JSON_MORE;
  for (;;) {
    if (s->in_string) {
      uint32_t flags = 0;
      size_t close = cb_json_string(p, at, end, &flags);
      if (flags & 2) {
        // The first fault counts, as it would had the text been cut between the two.
        int bad = 0;
        size_t safe = flags & 1 ? cb_json_escapes(p, at, close + 1, 0, &bad) : close;
        at = bad ? safe : close; result = bad ? CB_JSON_ESCAPE : CB_JSON_CONTROL;
        break;
      }
      size_t inside = close < end ? close : end;
      if (flags & 1) {
        int bad = 0;
        size_t safe = cb_json_escapes(p, at, inside, close < end, &bad);
        if (bad) { at = safe; result = CB_JSON_ESCAPE; break; }
        if (close >= end) { at = safe; break; }
      } else if (close >= end) { at = end; break; }
      if (keys && s->in_string == 2) cb__json_key(keys, s->depth, p + at, close - at, (int)(flags & 1));
      at = close + 1;
      s->expect = s->in_string == 2 ? CB_COLON : CB_NEXT;
      s->in_string = 0;
      if (s->depth == 0) { result = CB_JSON_DONE; break; }
      continue;
    }
    at = cb_json_space(p, at, end);
    if (at >= end) break;
    uint8_t byte = p[at];
    int in_object = s->depth > 0 && (s->stack[(s->depth - 1) >> 6] >> ((s->depth - 1) & 63) & 1);
    switch (s->expect) {
    case CB_FIRST_KEY:
      if (byte == '}') goto close_level;
      // fall through
    case CB_KEY:
      if (byte != '"') { result = CB_JSON_SYNTAX; goto out; }
      at++; s->in_string = 2;
      continue;
    case CB_COLON:
      if (byte != ':') { result = CB_JSON_SYNTAX; goto out; }
      at++; s->expect = CB_VALUE;
      continue;
    case CB_NEXT:
      if (byte == ',') { at++; s->expect = in_object ? CB_KEY : CB_VALUE; continue; }
      if (byte == (in_object ? '}' : ']')) goto close_level;
      result = CB_JSON_SYNTAX; goto out;
    case CB_FIRST_VALUE:
      if (byte == ']') goto close_level;
      // fall through
    default: break;
    }
    if (byte == '"') { at++; s->in_string = 1; continue; }
    if (byte == '{' || byte == '[') {
      if (s->depth >= s->limit) { result = CB_JSON_DEEP; goto out; }
      uint64_t bit = 1ULL << (s->depth & 63);
      if (byte == '{') s->stack[s->depth >> 6] |= bit; else s->stack[s->depth >> 6] &= ~bit;
      if (keys) keys->first[s->depth] = (uint16_t)keys->count;
      s->depth++; at++;
      s->expect = byte == '{' ? CB_FIRST_KEY : CB_FIRST_VALUE;
      continue;
    }
    {
      int special = 0;
      ptrdiff_t length = cb_json_scalar(p + at, end - at, s->python, final, &special);
      if (length < 0) goto out;
      if (length == 0) { result = CB_JSON_SYNTAX; goto out; }
      if (special) s->specials = 1;
      at += (size_t)length;
      s->expect = CB_NEXT;
      if (s->depth == 0) { result = CB_JSON_DONE; goto out; }
      continue;
    }
  close_level:
    at++; s->depth--; s->expect = CB_NEXT;
    if (keys) keys->count = keys->first[s->depth];
    if (s->depth == 0) { result = CB_JSON_DONE; goto out; }
  }
out:
  *position = at;
  return result;
}

/// Number of bytes of p[0..<n] before the first quote or backslash; `plain` does without wide registers.
size_t cb_json_plain(const uint8_t *p, size_t n);
static inline size_t cb_plain_json_plain(const uint8_t *p, size_t n) {
  size_t i = 0;
  while (i < n && p[i] != '"' && p[i] != '\\') i++;
  return i;
}

/// What stands around the values of rows that are written as JSON objects.
typedef struct {
  const uint8_t *keys;     // `,"name":` of all columns, one after the other, padded by 16 bytes
  const size_t *key_ends;  // where each ends
  size_t width;            // columns of a row
  uint8_t lead[4], lead_count;  // before each object's brace
  uint8_t tail[4], tail_count;  // behind it
} cb_json_frame;
/// Writes rows of plain cells as JSON objects: texts (escaped where they need it), numbers, booleans, nulls, and JSON, which
/// is put on one line; members that are missing are left out. Ends at the first row that holds something else (lone surrogates, NaN, what
/// is not in the heap) or may not fit into `room` bytes, of which nothing counts. Returns how many rows were written, `*written` how
/// many bytes; heap is padded by 64.
size_t cb_json_rows(uint8_t *out, size_t room, size_t *written, const uint8_t *heap, size_t heap_count,
                    const cb_cell *cells, size_t rows, const cb_json_frame *frame);

// ── records of one layout ──
/// What stands between the values of records that repeat one another's keys: literal, value, literal, value, …, literal.
/// The first literal begins where the record before ends; the last ends the record.
typedef struct {
  uint32_t offset, length;
  uint32_t needed;  // bytes that have to be there: its own and the first of the value behind it, if there is one
  uint32_t column;  // of the value
} cb_json_literal;
typedef struct {
  const uint8_t *bytes;  // of the literals, each begun at a multiple of 16 and padded to it
  const cb_json_literal *literals;
  uint32_t count;     // of literals, at least 2
  uint32_t required;  // of literals at the front that no record lacks
  uint32_t width;     // columns of a row
  uint32_t limit;     // values of this many bytes or more are left to the general reader
} cb_json_layout;

/// Reads records from p[*position] on, as long as they have the layout and nothing about them is out of the ordinary: values
/// cut off, control characters, special numbers, wrong escapes, objects that may name a key twice. Members behind the required
/// ones may be absent, and columns without a literal are: their cells are missing. Escapes are undone in place once a record is whole.
/// Returns how many of at most `rows` records were read; `*position` is behind the last.
size_t cb_json_records(uint8_t *p, size_t *position, size_t end, const cb_json_layout *layout, cb_cell *cells, size_t rows);

/// Walks the whole value at p[*position], as `cb_json_walk`; `*special`: NaN or an infinity was met; `*suspect`: an object may
/// name a key twice.
int cb_json_nested(const uint8_t *p, size_t *position, size_t end, int python, int final, int *special, int *suspect);
#endif
