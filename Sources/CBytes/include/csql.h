// Kernels for SQL text; the rules of cbytes.h hold: plain twins, loads of up to 64 bytes from `p`.
#ifndef CSQL_H
#define CSQL_H
#include "cbytes.h"

/// Bit i is set when p[i] is below 0x20 or is `a` or `b`; i in 0..<16.
static inline uint32_t cb_plain_control_16(const uint8_t *p, uint8_t a, uint8_t b) {
  uint32_t m = 0;
  for (int i = 0; i < 16; i++) m |= (uint32_t)(p[i] < 0x20 || p[i] == a || p[i] == b) << i;
  return m;
}

#if defined(__SSE2__)
static inline uint32_t cb_control_16(const uint8_t *p, uint8_t a, uint8_t b) {
  __m128i v = CB_LOAD(p);
  __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v);
  __m128i other = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8((char)a)), _mm_cmpeq_epi8(v, _mm_set1_epi8((char)b)));
  return (uint32_t)_mm_movemask_epi8(_mm_or_si128(control, other));
}
#elif defined(__ARM_NEON)
static inline uint32_t cb_control_16(const uint8_t *p, uint8_t a, uint8_t b) {
  uint8x16_t v = vld1q_u8(p), z = vdupq_n_u8(0);
  uint8x16_t other = vorrq_u8(vceqq_u8(v, vdupq_n_u8(a)), vceqq_u8(v, vdupq_n_u8(b)));
  return (uint32_t)cb__bits(vorrq_u8(vcltq_u8(v, vdupq_n_u8(0x20)), other), z, z, z);
}
#else
static inline uint32_t cb_control_16(const uint8_t *p, uint8_t a, uint8_t b) { return cb_plain_control_16(p, a, b); }
#endif

/// The letter that stands behind a backslash for this byte in PostgreSQL's COPY text; 0 when the byte stands for itself.
static inline uint8_t cb_copy_letter(uint8_t byte) {
  switch (byte) {
    case '\b': return 'b';
    case '\t': return 't';
    case '\n': return 'n';
    case '\v': return 'v';
    case '\f': return 'f';
    case '\r': return 'r';
    case '\\': return '\\';
    default: return 0;
  }
}
/// Writes p[0..<n] as COPY text and returns how many bytes that took, at most 2n.
static inline size_t cb_plain_copy_text(uint8_t *out, const uint8_t *p, size_t n) {
  uint8_t *start = out;
  for (size_t i = 0; i < n; i++) {
    uint8_t letter = cb_copy_letter(p[i]);
    if (letter) { *out++ = '\\'; *out++ = letter; } else *out++ = p[i];
  }
  return (size_t)(out - start);
}
/// The same sixteen bytes at a time; `out` has room for 2n + 16 bytes, p is padded by 16.
static inline size_t cb_copy_text(uint8_t *out, const uint8_t *p, size_t n) {
  uint8_t *start = out;
  size_t i = 0;
  while (i < n) {
    uint32_t m = cb_control_16(p + i, '\\', '\\');
    memcpy(out, p + i, 16);
    size_t left = n - i;
    if (left < 16) m &= ((uint32_t)1 << left) - 1;
    if (m == 0) {
      size_t step = left < 16 ? left : 16;
      i += step; out += step;
      continue;
    }
    size_t clean = (size_t)__builtin_ctz(m);
    i += clean; out += clean;
    uint8_t letter = cb_copy_letter(p[i]);
    if (letter) { *out++ = '\\'; *out++ = letter; } else *out++ = p[i];
    i++;
  }
  return (size_t)(out - start);
}

/// What a quoted SQL literal has to mind: an OR of the classes of p[0..<n].
/// 1: quotes, to be doubled; 2: backslashes; 4: control characters but tab and line feed, which clients may change.
static inline uint32_t cb_plain_literal_class(const uint8_t *p, size_t n) {
  uint32_t class = 0;
  for (size_t i = 0; i < n; i++) {
    if (p[i] == '\'') class |= 1;
    else if (p[i] == '\\') class |= 2;
    else if (p[i] < 0x20 && p[i] != '\n' && p[i] != '\t') class |= 4;
  }
  return class;
}
/// The same sixteen bytes at a time; p is padded by 16.
static inline uint32_t cb_literal_class(const uint8_t *p, size_t n) {
  uint32_t class = 0;
  for (size_t i = 0; i < n; i += 16) {
    uint32_t m = cb_control_16(p + i, '\'', '\\');
    if (n - i < 16) m &= ((uint32_t)1 << (n - i)) - 1;
    while (m) {
      uint8_t byte = p[i + (size_t)__builtin_ctz(m)];
      class |= byte == '\'' ? 1u : byte == '\\' ? 2u : byte != '\n' && byte != '\t' ? 4u : 0u;
      m &= m - 1;
    }
  }
  return class;
}

/// Writes p[0..<n] as 2n upper-case hexadecimal digits.
static inline void cb_hex(uint8_t *out, const uint8_t *p, size_t n) {
  static const char digits[16] = "0123456789ABCDEF";
  for (size_t i = 0; i < n; i++) {
    out[2 * i] = (uint8_t)digits[p[i] >> 4];
    out[2 * i + 1] = (uint8_t)digits[p[i] & 15];
  }
}
#endif
