// CSV kernels; the rules of cbytes.h hold: plain twins, loads of up to 64 bytes from `p`.
#ifndef CCSV_H
#define CCSV_H
#include "cbytes.h"
#include "ccells.h"

/// Bit i is set when p[i] is a, b, c or d; i in 0..<64.
static inline uint64_t cb_plain_match4_64(const uint8_t *p, uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
  uint64_t m = 0;
  for (int i = 0; i < 64; i++) m |= (uint64_t)(p[i] == a || p[i] == b || p[i] == c || p[i] == d) << i;
  return m;
}
/// Bit i is set when a CSV field holding p[i] needs quotes: delimiter, quote, CR or LF; i in 0..<16.
static inline uint32_t cb_plain_csv_special_16(const uint8_t *p, uint8_t delimiter) {
  uint32_t m = 0;
  for (int i = 0; i < 16; i++) m |= (uint32_t)(p[i] == delimiter || p[i] == '"' || p[i] == '\r' || p[i] == '\n') << i;
  return m;
}

#if defined(__SSE2__)
static inline uint32_t cb__match4(__m128i v, __m128i a, __m128i b, __m128i c, __m128i d) {
  __m128i ab = _mm_or_si128(_mm_cmpeq_epi8(v, a), _mm_cmpeq_epi8(v, b));
  __m128i cd = _mm_or_si128(_mm_cmpeq_epi8(v, c), _mm_cmpeq_epi8(v, d));
  return (uint32_t)_mm_movemask_epi8(_mm_or_si128(ab, cd));
}
static inline uint64_t cb_match4_64(const uint8_t *p, uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
  __m128i va = _mm_set1_epi8((char)a), vb = _mm_set1_epi8((char)b);
  __m128i vc = _mm_set1_epi8((char)c), vd = _mm_set1_epi8((char)d);
  uint64_t m0 = cb__match4(CB_LOAD(p), va, vb, vc, vd), m1 = cb__match4(CB_LOAD(p + 16), va, vb, vc, vd);
  uint64_t m2 = cb__match4(CB_LOAD(p + 32), va, vb, vc, vd), m3 = cb__match4(CB_LOAD(p + 48), va, vb, vc, vd);
  return m0 | (m1 << 16) | (m2 << 32) | (m3 << 48);
}
static inline uint32_t cb_csv_special_16(const uint8_t *p, uint8_t delimiter) {
  return cb__match4(CB_LOAD(p), _mm_set1_epi8((char)delimiter), _mm_set1_epi8('"'), _mm_set1_epi8('\r'),
                    _mm_set1_epi8('\n'));
}
#elif defined(__ARM_NEON)
static inline uint8x16_t cb__match4(uint8x16_t v, uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
  uint8x16_t ab = vorrq_u8(vceqq_u8(v, vdupq_n_u8(a)), vceqq_u8(v, vdupq_n_u8(b)));
  return vorrq_u8(ab, vorrq_u8(vceqq_u8(v, vdupq_n_u8(c)), vceqq_u8(v, vdupq_n_u8(d))));
}
static inline uint64_t cb_match4_64(const uint8_t *p, uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
  return cb__bits(cb__match4(vld1q_u8(p), a, b, c, d), cb__match4(vld1q_u8(p + 16), a, b, c, d),
                  cb__match4(vld1q_u8(p + 32), a, b, c, d), cb__match4(vld1q_u8(p + 48), a, b, c, d));
}
static inline uint32_t cb_csv_special_16(const uint8_t *p, uint8_t delimiter) {
  uint8x16_t z = vdupq_n_u8(0);
  return (uint32_t)cb__bits(cb__match4(vld1q_u8(p), delimiter, '"', '\r', '\n'), z, z, z);
}
#else
static inline uint64_t cb_match4_64(const uint8_t *p, uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
  return cb_plain_match4_64(p, a, b, c, d);
}
static inline uint32_t cb_csv_special_16(const uint8_t *p, uint8_t delimiter) {
  return cb_plain_csv_special_16(p, delimiter);
}
#endif

/// Writes rows of plain cells as lines of CSV: texts, numbers and JSON (in quotes where they need them), booleans, and nulls as
/// nothing, for which `nulls` of the column becomes 1. Ends at the first row that holds something else or may not fit into `room` bytes, of
/// which nothing counts. Returns how many rows were written, `*written` how many bytes; heap is padded by 64.
size_t cb_csv_rows(uint8_t *out, size_t room, size_t *written, const uint8_t *heap, size_t heap_count, const cb_cell *cells,
                   size_t width, size_t rows, uint8_t delimiter, uint8_t *nulls);
#endif
