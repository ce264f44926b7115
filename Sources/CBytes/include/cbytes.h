// Scanning kernels: header only, so that they are inlined into the Swift loops that call them.
//
// Every kernel has a plain twin (`cb_plain_…`) that says in one obvious loop what it computes; the tests compare the two.
// Kernels may load up to 64 bytes from `p`, whatever lies there: buffers are padded by at least 64 bytes.
#ifndef CBYTES_H
#define CBYTES_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

// ── plain twins ──────────────────────────────────────────────────────────────
/// Bit i is set when p[i] is a, b or c; i in 0..<64.
static inline uint64_t cb_plain_match3_64(const uint8_t *p, uint8_t a, uint8_t b, uint8_t c) {
  uint64_t m = 0;
  for (int i = 0; i < 64; i++) m |= (uint64_t)(p[i] == a || p[i] == b || p[i] == c) << i;
  return m;
}
/// Bit i is set when p[i] ends or escapes a JSON string: below 0x20, quote or backslash; i in 0..<64.
static inline uint64_t cb_plain_json_special_64(const uint8_t *p) {
  uint64_t m = 0;
  for (int i = 0; i < 64; i++) m |= (uint64_t)(p[i] < 0x20 || p[i] == '"' || p[i] == '\\') << i;
  return m;
}
/// The same for i in 0..<16.
static inline uint32_t cb_plain_json_special_16(const uint8_t *p) {
  uint32_t m = 0;
  for (int i = 0; i < 16; i++) m |= (uint32_t)(p[i] < 0x20 || p[i] == '"' || p[i] == '\\') << i;
  return m;
}
/// Bit i is set when p[i] is a decimal digit; i in 0..<16.
static inline uint32_t cb_plain_digits_16(const uint8_t *p) {
  uint32_t m = 0;
  for (int i = 0; i < 16; i++) m |= (uint32_t)((uint8_t)(p[i] - '0') < 10) << i;
  return m;
}
/// Bit i is set when p[i] is not ASCII; i in 0..<64.
static inline uint64_t cb_plain_high_64(const uint8_t *p) {
  uint64_t m = 0;
  for (int i = 0; i < 64; i++) m |= (uint64_t)(p[i] >> 7) << i;
  return m;
}

// ── vector forms ─────────────────────────────────────────────────────────────
#if defined(__SSE2__)
#define CB_LOAD(p) _mm_loadu_si128((const __m128i *)(p))
static inline uint32_t cb__match3(__m128i v, __m128i a, __m128i b, __m128i c) {
  return (uint32_t)_mm_movemask_epi8(
      _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, a), _mm_cmpeq_epi8(v, b)), _mm_cmpeq_epi8(v, c)));
}
static inline uint64_t cb_match3_64(const uint8_t *p, uint8_t a, uint8_t b, uint8_t c) {
  __m128i va = _mm_set1_epi8((char)a), vb = _mm_set1_epi8((char)b), vc = _mm_set1_epi8((char)c);
  uint64_t m0 = cb__match3(CB_LOAD(p), va, vb, vc), m1 = cb__match3(CB_LOAD(p + 16), va, vb, vc);
  uint64_t m2 = cb__match3(CB_LOAD(p + 32), va, vb, vc), m3 = cb__match3(CB_LOAD(p + 48), va, vb, vc);
  return m0 | (m1 << 16) | (m2 << 32) | (m3 << 48);
}
static inline uint32_t cb_json_special_16(const uint8_t *p) {
  // Quote and space, 0x22 and 0x20, change places: the quote comes next to the control characters.
  __m128i v = CB_LOAD(p), swapped = _mm_xor_si128(v, _mm_set1_epi8(2));
  __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(swapped, _mm_set1_epi8(0x20)), swapped);
  return (uint32_t)_mm_movemask_epi8(_mm_or_si128(low, _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));
}
static inline uint32_t cb_digits_16(const uint8_t *p) {
  __m128i v = _mm_sub_epi8(CB_LOAD(p), _mm_set1_epi8('0'));
  return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(9)), v));
}
static inline uint64_t cb_json_special_64(const uint8_t *p) {
  uint64_t m0 = cb_json_special_16(p), m1 = cb_json_special_16(p + 16);
  uint64_t m2 = cb_json_special_16(p + 32), m3 = cb_json_special_16(p + 48);
  return m0 | (m1 << 16) | (m2 << 32) | (m3 << 48);
}
static inline uint64_t cb_high_64(const uint8_t *p) {
  uint64_t m0 = (uint32_t)_mm_movemask_epi8(CB_LOAD(p)), m1 = (uint32_t)_mm_movemask_epi8(CB_LOAD(p + 16));
  uint64_t m2 = (uint32_t)_mm_movemask_epi8(CB_LOAD(p + 32)), m3 = (uint32_t)_mm_movemask_epi8(CB_LOAD(p + 48));
  return m0 | (m1 << 16) | (m2 << 32) | (m3 << 48);
}
#elif defined(__ARM_NEON)
static inline uint64_t cb__bits(uint8x16_t m0, uint8x16_t m1, uint8x16_t m2, uint8x16_t m3) {
  const uint8x16_t weights = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  uint8x16_t a = vpaddq_u8(vandq_u8(m0, weights), vandq_u8(m1, weights));
  uint8x16_t b = vpaddq_u8(vandq_u8(m2, weights), vandq_u8(m3, weights));
  uint8x16_t c = vpaddq_u8(a, b);
  return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(c, c)), 0);
}
static inline uint8x16_t cb__match3(uint8x16_t v, uint8_t a, uint8_t b, uint8_t c) {
  return vorrq_u8(vorrq_u8(vceqq_u8(v, vdupq_n_u8(a)), vceqq_u8(v, vdupq_n_u8(b))), vceqq_u8(v, vdupq_n_u8(c)));
}
static inline uint8x16_t cb__special(uint8x16_t v) {
  return vorrq_u8(vcltq_u8(v, vdupq_n_u8(0x20)), vorrq_u8(vceqq_u8(v, vdupq_n_u8('"')), vceqq_u8(v, vdupq_n_u8('\\'))));
}
static inline uint8x16_t cb__high(uint8x16_t v) { return vcgeq_u8(v, vdupq_n_u8(0x80)); }
static inline uint64_t cb_match3_64(const uint8_t *p, uint8_t a, uint8_t b, uint8_t c) {
  return cb__bits(cb__match3(vld1q_u8(p), a, b, c), cb__match3(vld1q_u8(p + 16), a, b, c),
                  cb__match3(vld1q_u8(p + 32), a, b, c), cb__match3(vld1q_u8(p + 48), a, b, c));
}
static inline uint64_t cb_json_special_64(const uint8_t *p) {
  return cb__bits(cb__special(vld1q_u8(p)), cb__special(vld1q_u8(p + 16)), cb__special(vld1q_u8(p + 32)),
                  cb__special(vld1q_u8(p + 48)));
}
static inline uint32_t cb_json_special_16(const uint8_t *p) {
  uint8x16_t m = cb__special(vld1q_u8(p)), z = vdupq_n_u8(0);
  return (uint32_t)cb__bits(m, z, z, z);
}
static inline uint32_t cb_digits_16(const uint8_t *p) {
  uint8x16_t z = vdupq_n_u8(0);
  return (uint32_t)cb__bits(vcltq_u8(vsubq_u8(vld1q_u8(p), vdupq_n_u8('0')), vdupq_n_u8(10)), z, z, z);
}
static inline uint64_t cb_high_64(const uint8_t *p) {
  return cb__bits(cb__high(vld1q_u8(p)), cb__high(vld1q_u8(p + 16)), cb__high(vld1q_u8(p + 32)), cb__high(vld1q_u8(p + 48)));
}
#else
static inline uint64_t cb_match3_64(const uint8_t *p, uint8_t a, uint8_t b, uint8_t c) { return cb_plain_match3_64(p, a, b, c); }
static inline uint32_t cb_json_special_16(const uint8_t *p) { return cb_plain_json_special_16(p); }
static inline uint32_t cb_digits_16(const uint8_t *p) { return cb_plain_digits_16(p); }
static inline uint64_t cb_json_special_64(const uint8_t *p) { return cb_plain_json_special_64(p); }
static inline uint64_t cb_high_64(const uint8_t *p) { return cb_plain_high_64(p); }
#endif

// ── UTF-8 ────────────────────────────────────────────────────────────────────
/// Whether none of p[0..<64] has its highest bit set.
static inline int cb_is_ascii_64(const uint8_t *p) {
#if defined(__SSE2__)
  __m128i a = _mm_or_si128(CB_LOAD(p), CB_LOAD(p + 16)), b = _mm_or_si128(CB_LOAD(p + 32), CB_LOAD(p + 48));
  return _mm_movemask_epi8(_mm_or_si128(a, b)) == 0;
#else
  return cb_high_64(p) == 0;
#endif
}
/// Length of the well-formed UTF-8 sequence at p (Unicode 15, table 3-7), 0 when there is none within n bytes.
static inline int cb_utf8_sequence(const uint8_t *p, size_t n) {
  uint8_t a = p[0];
  if (a < 0x80) return 1;
  if (a < 0xC2 || n < 2) return 0;
  uint8_t b = p[1];
  if (a < 0xE0) return (b & 0xC0) == 0x80 ? 2 : 0;
  if (n < 3 || (p[2] & 0xC0) != 0x80) return 0;
  if (a < 0xF0) {
    uint8_t low = a == 0xE0 ? 0xA0 : 0x80, high = a == 0xED ? 0x9F : 0xBF;
    return b >= low && b <= high ? 3 : 0;
  }
  if (a > 0xF4 || n < 4 || (p[3] & 0xC0) != 0x80) return 0;
  uint8_t low = a == 0xF0 ? 0x90 : 0x80, high = a == 0xF4 ? 0x8F : 0xBF;
  return b >= low && b <= high ? 4 : 0;
}
/// Number of leading bytes of p[0..<n] that are well-formed UTF-8.
static inline size_t cb_plain_utf8_valid_prefix(const uint8_t *p, size_t n) {
  size_t i = 0;
  while (i < n) {
    int length = cb_utf8_sequence(p + i, n - i);
    if (length == 0) return i;
    i += (size_t)length;
  }
  return n;
}
/// The same, out of line and by the widest vectors the machine has; nothing outside p[0..<n] is read.
size_t cb_utf8_valid_prefix_wide(const uint8_t *p, size_t n);
/// The same for p padded by 64 bytes: ASCII is stepped over in place.
static inline size_t cb_utf8_valid_prefix(const uint8_t *p, size_t n) {
  size_t i = 0;
  while (i < n) {
    if (!cb_is_ascii_64(p + i)) {
      i += (size_t)__builtin_ctzll(cb_high_64(p + i));
      return i >= n ? n : i + cb_utf8_valid_prefix_wide(p + i, n - i);
    }
    i += 64;
  }
  return n;
}

// ── JSON ─────────────────────────────────────────────────────────────────────
/// Steps over the inside of a JSON string that begins at p[at], just past the opening quote.
/// Returns the index of the closing quote; `end` or more when the string is cut off; the index of the offending byte with
/// `*flags |= 2` for a raw control character. `*flags |= 1` when the string holds a backslash.
static inline size_t cb_json_string(const uint8_t *p, size_t at, size_t end, uint32_t *flags) {
  for (;;) {
    uint32_t m = cb_json_special_16(p + at);
    if (m == 0) {
      at += 16;
      if (at >= end) return end;
      continue;
    }
    at += (size_t)__builtin_ctz(m);
    if (at >= end) return end;
    uint8_t byte = p[at];
    if (byte == '"') return at;
    if (byte != '\\') { *flags |= 2; return at; }
    *flags |= 1;
    at += 2;
    if (at >= end) return end;
  }
}
/// Length of the JSON number (RFC 8259) at p[0..<n]; 0 when there is none. The byte after it is not looked at.
static inline size_t cb_json_number(const uint8_t *p, size_t n) {
  size_t i = 0;
  if (i < n && p[i] == '-') i++;
  if (i >= n) return 0;
  if (p[i] == '0') i++;
  else if (p[i] >= '1' && p[i] <= '9') { do i++; while (i < n && (uint8_t)(p[i] - '0') < 10); }
  else return 0;
  if (i < n && p[i] == '.') {
    size_t first = ++i;
    while (i < n && (uint8_t)(p[i] - '0') < 10) i++;
    if (i == first) return 0;
  }
  if (i < n && (p[i] | 0x20) == 'e') {
    i++;
    if (i < n && (p[i] == '+' || p[i] == '-')) i++;
    size_t first = i;
    while (i < n && (uint8_t)(p[i] - '0') < 10) i++;
    if (i == first) return 0;
  }
  return i;
}

// ── ASCII ────────────────────────────────────────────────────────────────────
/// Copies n bytes with ASCII capitals made small; the compiler turns the loop into vectors.
static inline void cb_ascii_lower(const uint8_t *p, size_t n, uint8_t *out) {
  for (size_t i = 0; i < n; i++) out[i] = (uint8_t)(p[i] + ((uint8_t)(p[i] - 'A') < 26 ? 32 : 0));
}
/// Whether all n bytes are below 0x80.
static inline int cb_is_ascii(const uint8_t *p, size_t n) {
  uint64_t any = 0, word;
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    memcpy(&word, p + i, 8);
    any |= word;
  }
  for (; i < n; i++) any |= (uint64_t)p[i];
  return (any & 0x8080808080808080u) == 0;
}
#endif
