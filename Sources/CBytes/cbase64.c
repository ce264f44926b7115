#include "cvalues.h"

// ── Base64 ──
// The number of each letter of the standard alphabet; -1: none. Bytes from 128 on are none either.
static const int8_t letter_values[128] = {
  -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
  -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
  -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 62, -1, -1, -1, 63,
  52, 53, 54, 55, 56, 57, 58, 59, 60, 61, -1, -1, -1, -1, -1, -1,
  -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
  15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, -1, -1, -1, -1, -1,
  -1, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
  41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, -1, -1, -1, -1, -1,
};

static inline int32_t letter_value(uint8_t byte) { return byte < 128 ? letter_values[byte] : -1; }

size_t cb_plain_base64_decode(const uint8_t *p, size_t n, uint8_t *out) {
  size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    int32_t a = letter_value(p[i]), b = letter_value(p[i + 1]), c = letter_value(p[i + 2]), d = letter_value(p[i + 3]);
    if ((a | b | c | d) < 0) break;
    uint32_t group = (uint32_t)a << 18 | (uint32_t)b << 12 | (uint32_t)c << 6 | (uint32_t)d;
    out[0] = (uint8_t)(group >> 16);
    out[1] = (uint8_t)(group >> 8);
    out[2] = (uint8_t)group;
    out += 3;
  }
  return i;
}

#if defined(__x86_64__)
#include <immintrin.h>

// After Muła and Lemire, "Faster Base64 Encoding and Decoding Using AVX2 Instructions" (2018): two table look-ups by the halves
// of a byte tell whether it is a letter, a third gives what leads from the letter to its number.
#define TABLE(...) _mm256_broadcastsi128_si256(_mm_setr_epi8(__VA_ARGS__))
__attribute__((target("avx2"))) static size_t decode_avx2(const uint8_t *p, size_t n, uint8_t *out) {
  const __m256i low = TABLE(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1A, 0x1B, 0x1B, 0x1B, 0x1A);
  const __m256i high = TABLE(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10);
  const __m256i roll = TABLE(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
  const __m256i pack = TABLE(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
  const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 7, 7), slash = _mm256_set1_epi8(0x2F);
  size_t i = 0;
  // 32 letters are 24 bytes, of which 32 are written.
  for (; i + 44 <= n; i += 32) {
    __m256i v = _mm256_loadu_si256((const __m256i *)(p + i));
    __m256i upper = _mm256_and_si256(_mm256_srli_epi32(v, 4), slash);
    if (!_mm256_testz_si256(_mm256_shuffle_epi8(low, _mm256_and_si256(v, slash)), _mm256_shuffle_epi8(high, upper))) break;
    v = _mm256_add_epi8(v, _mm256_shuffle_epi8(roll, _mm256_add_epi8(_mm256_cmpeq_epi8(v, slash), upper)));
    v = _mm256_maddubs_epi16(v, _mm256_set1_epi32(0x01400140));
    v = _mm256_madd_epi16(v, _mm256_set1_epi32(0x00011000));
    v = _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(v, pack), lanes);
    _mm256_storeu_si256((__m256i *)(out + i / 4 * 3), v);
  }
  return i;
}
#endif

size_t cb_base64_decode(const uint8_t *p, size_t n, uint8_t *out) {
  size_t i = 0;
#if defined(__x86_64__)
  if (n >= 44 && __builtin_cpu_supports("avx2")) i = decode_avx2(p, n, out);
#endif
  return i + cb_plain_base64_decode(p + i, n - i, out + i / 4 * 3);
}
