// YAML: the bytes of a text that mean nothing but themselves.
#ifndef CYAML_KERNELS_H
#define CYAML_KERNELS_H
#include "cbytes.h"

/// Bit i is set when p[i] is neither printable ASCII nor a line feed; i in 0..<16.
static inline uint32_t cb_plain_yaml_special_16(const uint8_t *p) {
  uint32_t m = 0;
  for (int i = 0; i < 16; i++) m |= (uint32_t)((p[i] < 0x20 && p[i] != '\n') || p[i] >= 0x7F) << i;
  return m;
}
#if defined(__SSE2__)
static inline uint32_t cb_yaml_special_16(const uint8_t *p) {
  __m128i v = CB_LOAD(p), feed = _mm_cmpeq_epi8(v, _mm_set1_epi8('\n'));
  __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1F)), v);
  __m128i high = _mm_cmpeq_epi8(_mm_max_epu8(v, _mm_set1_epi8(0x7F)), v);
  return (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_andnot_si128(feed, low), high));
}
#elif defined(__ARM_NEON)
static inline uint32_t cb_yaml_special_16(const uint8_t *p) {
  uint8x16_t v = vld1q_u8(p), z = vdupq_n_u8(0);
  uint8x16_t low = vbicq_u8(vcltq_u8(v, vdupq_n_u8(0x20)), vceqq_u8(v, vdupq_n_u8('\n')));
  return (uint32_t)cb__bits(vorrq_u8(low, vcgeq_u8(v, vdupq_n_u8(0x7F))), z, z, z);
}
#else
static inline uint32_t cb_yaml_special_16(const uint8_t *p) { return cb_plain_yaml_special_16(p); }
#endif

/// Length of the sequence at p when it is well-formed UTF-8 within n bytes, a line feed or printable, and to YAML neither a
/// tab, another line break nor a byte order mark; 0 otherwise.
static inline int cb_yaml_character(const uint8_t *p, size_t n) {
  uint8_t a = p[0];
  if (a < 0x80) return a == '\n' || (a >= 0x20 && a < 0x7F);
  int length = cb_utf8_sequence(p, n);
  if (length == 2 && a == 0xC2 && p[1] < 0xA0) return 0;
  if (length == 3 && a == 0xE2 && p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9)) return 0;
  if (length == 3 && a == 0xEF && ((p[1] == 0xBB && p[2] == 0xBF) || (p[1] == 0xBF && p[2] >= 0xBE))) return 0;
  return length;
}
/// Number of leading bytes of p[0..<n] that are such sequences.
static inline size_t cb_plain_yaml_clean_prefix(const uint8_t *p, size_t n) {
  size_t i = 0;
  while (i < n) {
    int length = cb_yaml_character(p + i, n - i);
    if (length == 0) return i;
    i += (size_t)length;
  }
  return n;
}
/// The same for p padded by 64 bytes.
static inline size_t cb_yaml_clean_prefix(const uint8_t *p, size_t n) {
  size_t i = 0;
  while (i < n) {
    uint32_t m = cb_yaml_special_16(p + i);
    if (m == 0) { i += 16; continue; }
    i += (size_t)__builtin_ctz(m);
    if (i >= n) return n;
    do {
      int length = cb_yaml_character(p + i, n - i);
      if (length == 0) return i;
      i += (size_t)length;
    } while (i < n && p[i] >= 0x80);
  }
  return n;
}
#endif
