#include "cindex.h"
#include "chash.h"
#include <stdlib.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif
#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

/// Memory, or the end of the process.
static void *grow(void *p, size_t bytes) {
  p = realloc(p, bytes);
  if (!p) abort();
  return p;
}

// ── masks ────────────────────────────────────────────────────────────────────
void ci_plain_masks(const uint8_t *p, uint64_t *m) {
  m[0] = m[1] = m[2] = m[3] = 0;
  for (int i = 0; i < 64; i++) {
    uint8_t c = p[i];
    int digit = (uint8_t)(c - '0') < 10, word = digit || (uint8_t)(c - 'a') < 26 || c >= 0x80;
    m[0] |= (uint64_t)word << i;
    m[1] |= (uint64_t)(word || c == '-' || c == ':') << i;
    m[2] |= (uint64_t)digit << i;
    m[3] |= (uint64_t)(digit || (uint8_t)(c - 'a') < 6) << i;
  }
}

void ci_masks(const uint8_t *p, uint64_t *m) {
#if defined(__SSE2__)
  m[0] = m[1] = m[2] = m[3] = 0;
  const __m128i zero = _mm_set1_epi8('0'), a = _mm_set1_epi8('a'), nine = _mm_set1_epi8(9), five = _mm_set1_epi8(5);
  const __m128i last = _mm_set1_epi8(25), dash = _mm_set1_epi8('-'), colon = _mm_set1_epi8(':');
  for (int i = 0; i < 64; i += 16) {
    __m128i v = _mm_loadu_si128((const __m128i *)(p + i)), d = _mm_sub_epi8(v, zero), l = _mm_sub_epi8(v, a);
    __m128i digit = _mm_cmpeq_epi8(_mm_min_epu8(d, nine), d), hex = _mm_cmpeq_epi8(_mm_min_epu8(l, five), l);
    __m128i letter = _mm_cmpeq_epi8(_mm_min_epu8(l, last), l);
    __m128i join = _mm_or_si128(_mm_cmpeq_epi8(v, dash), _mm_cmpeq_epi8(v, colon));
    // The highest bit of v itself tells bytes from 0x80 on.
    uint64_t word = (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(digit, letter), v));
    m[0] |= word << i;
    m[1] |= (word | (uint32_t)_mm_movemask_epi8(join)) << i;
    m[2] |= (uint64_t)(uint32_t)_mm_movemask_epi8(digit) << i;
    m[3] |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_or_si128(digit, hex)) << i;
  }
#else
  ci_plain_masks(p, m);
#endif
}

/// Masks stand four to a word: that of word w and sort k is m[w * 4 + k].
static inline size_t next_set(const uint64_t *m, int k, size_t at, size_t n) {
  size_t w = at >> 6, words = (n + 63) >> 6;
  if (w >= words) return n;
  uint64_t bits = m[w * 4 + k] >> (at & 63) << (at & 63);
  while (!bits) {
    if (++w >= words) return n;
    bits = m[w * 4 + k];
  }
  at = w * 64 + (size_t)__builtin_ctzll(bits);
  return at < n ? at : n;
}
static inline size_t next_clear(const uint64_t *m, int k, size_t at, size_t n) {
  size_t w = at >> 6, words = (n + 63) >> 6;
  if (w >= words) return n;
  uint64_t bits = ~m[w * 4 + k] >> (at & 63) << (at & 63);
  while (!bits) {
    if (++w >= words) return n;
    bits = ~m[w * 4 + k];
  }
  at = w * 64 + (size_t)__builtin_ctzll(bits);
  return at < n ? at : n;
}
static inline int all_set(const uint64_t *m, int k, size_t from, size_t to) { return next_clear(m, k, from, to) == to; }

// ── terms ────────────────────────────────────────────────────────────────────
static void add(ci_tokens *t, size_t offset, size_t length, int kind, int is_extra) {
  if (t->count == t->capacity) {
    t->capacity = t->capacity ? t->capacity * 2 : 256;
    t->tokens = grow(t->tokens, t->capacity * sizeof *t->tokens);
  }
  ci_token *token = &t->tokens[t->count++];
  token->offset = (uint32_t)offset;
  token->length = (uint16_t)length;
  token->kind = (uint8_t)kind;
  token->is_extra = (uint8_t)is_extra;
}
/// Room for some bytes beside the text, 16 more being readable.
static uint8_t *extra(ci_tokens *t, size_t length) {
  if (t->extra_count + length + 16 > t->extra_capacity) {
    t->extra_capacity = (t->extra_count + length + 16) * 2;
    t->extra = grow(t->extra, t->extra_capacity);
    memset(t->extra + t->extra_count, 0, t->extra_capacity - t->extra_count);
  }
  uint8_t *p = t->extra + t->extra_count;
  t->extra_count += length;
  return p;
}
static void add_extra(ci_tokens *t, const uint8_t *a, size_t m, const uint8_t *b, size_t n, int kind) {
  size_t offset = t->extra_count;
  uint8_t *to = extra(t, m + n);
  memcpy(to, a, m);
  if (n) memcpy(to + m, b, n);
  add(t, offset, m + n, kind, 1);
}

static inline int is_digit(uint8_t c) { return (uint8_t)(c - '0') < 10; }
static inline int nibble(uint8_t c) { return is_digit(c) ? c - '0' : (uint8_t)(c - 'a') < 6 ? c - 'a' + 10 : -1; }

static int is_date(const uint8_t *p) {
  if (p[4] != '-' || p[7] != '-') return 0;
  for (int i = 0; i < 10; i++) if (i != 4 && i != 7 && !is_digit(p[i])) return 0;
  return 1;
}
static int is_time(const uint8_t *p) {
  if (p[2] != ':' || p[5] != ':') return 0;
  for (int i = 0; i < 8; i++) if (i != 2 && i != 5 && !is_digit(p[i])) return 0;
  return 1;
}
static int uuid(const uint8_t *p, uint8_t *out) {
  if (p[8] != '-' || p[13] != '-' || p[18] != '-' || p[23] != '-') return 0;
  for (int i = 0, o = 0; i < 36; i += 2) {
    if (i == 8 || i == 13 || i == 18 || i == 23) i++;
    int a = nibble(p[i]), b = nibble(p[i + 1]);
    if (a < 0 || b < 0) return 0;
    out[o++] = (uint8_t)(a << 4 | b);
  }
  return 1;
}

/// Whether a whole run with `-` and `:` is one term, or a date and a time.
static int compound(ci_tokens *t, const uint8_t *p, size_t s, size_t n) {
  const uint8_t *q = p + s;
  uint8_t key[16];
  switch (n) {
    case 8: if (!is_time(q)) return 0; add(t, s, 8, CI_TIME, 0); return 1;
    case 10: if (!is_date(q)) return 0; add(t, s, 10, CI_TIME, 0); return 1;
    case 20: if (q[19] != 'z') return 0;  // fall through
    case 19:
      if (q[10] != 't' || !is_date(q) || !is_time(q + 11)) return 0;
      add(t, s, 10, CI_TIME, 0);
      add(t, s + 11, 8, CI_TIME, 0);
      return 1;
    case 36: if (!uuid(q, key)) return 0; add_extra(t, key, 16, NULL, 0, CI_UUID); return 1;
    default: return 0;
  }
}

int ci_run_kind(const uint8_t *p, size_t n) {
  if (n > CI_RUN_LIMIT) n = CI_RUN_LIMIT;
  int digits = 1;
  for (size_t i = 0; i < n; i++) {
    if (is_digit(p[i])) continue;
    digits = 0;
    if (nibble(p[i]) < 0) return CI_WORD;
  }
  return digits ? CI_DIGITS : n >= CI_HEX_LEAST ? CI_HEX : CI_WORD;
}
uint64_t ci_run_hash(const uint8_t *p, size_t n) { return cb_hash(p, n, 0x72756E).low; }

/// A character that is a word of its own, and what stood before it.
typedef struct { size_t start, length, chain; } single;
static void end_chain(ci_tokens *t, single *s) {
  if (s->chain == 1) add(t, s->start, s->length, CI_WORD, 0);
  s->chain = 0;
}
static void add_run(ci_tokens *t, const uint8_t *p, size_t s, size_t e, single *last) {
  size_t n = e - s;
  if (p[s] >= 0x80 && s > 0 && p[s - 1] == 1 && n <= 4) {
    if (last->chain && last->start + last->length == s - 1) {
      add_extra(t, p + last->start, last->length, p + s, n, CI_WORD);
      last->chain++;
    } else {
      end_chain(t, last);
      last->chain = 1;
    }
    last->start = s;
    last->length = n;
    return;
  }
  if (n > CI_RUN_LIMIT) {
    uint64_t hash = ci_run_hash(p + s, n);
    add_extra(t, (const uint8_t *)&hash, 8, NULL, 0, CI_HASH);
    t->has_long_run = 1;
    n = CI_RUN_LIMIT;
    e = s + n;
  }
  const uint64_t *m = t->masks;
  int kind = !all_set(m, 3, s, e) ? CI_WORD : all_set(m, 2, s, e) ? CI_DIGITS : n >= CI_HEX_LEAST ? CI_HEX : CI_WORD;
  add(t, s, n, kind, 0);
}

void ci_tokenize(ci_tokens *t, const uint8_t *p, size_t n) {
  t->count = t->extra_count = 0;
  t->has_long_run = 0;
  size_t words = (n + 63) >> 6;
  if (words > t->mask_capacity) {
    t->mask_capacity = words * 2;
    t->masks = grow(t->masks, t->mask_capacity * 4 * sizeof *t->masks);
  }
  for (size_t w = 0; w < words; w++) ci_masks(p + w * 64, t->masks + w * 4);
  const uint64_t *m = t->masks;
  single last = {0, 0, 0};
  for (size_t s = next_set(m, 1, 0, n); s < n;) {
    size_t e = next_clear(m, 1, s, n);
    if (!compound(t, p, s, e - s)) {
      for (size_t a = next_set(m, 0, s, e); a < e;) {
        size_t b = next_clear(m, 0, a, e);
        add_run(t, p, a, b, &last);
        a = next_set(m, 0, b, e);
      }
    }
    s = next_set(m, 1, e, n);
  }
  end_chain(t, &last);
}
void ci_tokens_free(ci_tokens *t) {
  free(t->tokens);
  free(t->extra);
  free(t->masks);
  memset(t, 0, sizeof *t);
}

// ── checksums ────────────────────────────────────────────────────────────────
static uint32_t crc_table[256];
__attribute__((constructor)) static void fill_crc_table(void) {
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t c = i;
    for (int k = 0; k < 8; k++) c = c & 1 ? c >> 1 ^ 0x82F63B78u : c >> 1;
    crc_table[i] = c;
  }
}
uint32_t ci_plain_crc32c(const uint8_t *p, size_t n) {
  uint32_t c = ~0u;
  for (size_t i = 0; i < n; i++) c = c >> 8 ^ crc_table[(c ^ p[i]) & 255];
  return ~c;
}
#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t fast_crc32c(const uint8_t *p, size_t n) {
  uint64_t c = ~0u;
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    uint64_t word;
    memcpy(&word, p + i, 8);
    c = _mm_crc32_u64(c, word);
  }
  for (; i < n; i++) c = _mm_crc32_u8((uint32_t)c, p[i]);
  return ~(uint32_t)c;
}
uint32_t ci_crc32c(const uint8_t *p, size_t n) {
  return __builtin_cpu_supports("sse4.2") ? fast_crc32c(p, n) : ci_plain_crc32c(p, n);
}
#else
uint32_t ci_crc32c(const uint8_t *p, size_t n) { return ci_plain_crc32c(p, n); }
#endif
