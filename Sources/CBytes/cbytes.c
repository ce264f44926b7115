#include "cbytes.h"
#include "ccsv.h"
#include "chash.h"
#include "cjson.h"
#include "csql.h"
#include "csystem.h"
#include "cvalues.h"

// Eight hexadecimal digits as a number, the first the highest; `*wrong` becomes other than zero when one is none.
static inline uint64_t hex8(uint64_t w, uint64_t *wrong) {
  const uint64_t ones = 0x0101010101010101ULL;
  uint64_t letter = (w >> 6) & ones;  // 1 in the bytes 0x40…0x7F and 0xC0…0xFF
  uint64_t low = w & 0x0F * ones;
  // Digits are 0x30 and up to 9; letters are 0x40 or 0x60 and 1 to 6.
  *wrong |= (w & (0xF0 * ones ^ letter * 0x20)) ^ (0x30 * ones + letter * 0x10);
  *wrong |= (low + 0x06 * ones + letter * 3) & 0xF0 * ones;
  *wrong |= ((low + letter * 0x0F) & 0x10 * ones) ^ (letter << 4);
  uint64_t v = low + letter * 9;
  v = (v << 4 | v >> 8) & 0x00FF00FF00FF00FFULL;
  v = (v | v >> 8) & 0x0000FFFF0000FFFFULL;
  return __builtin_bswap32((uint32_t)(v | v >> 16));
}
static inline uint64_t read32(const uint8_t *p) { uint32_t v; memcpy(&v, p, 4); return v; }

int cb_uuid(const uint8_t *p, size_t n, uint64_t *high, uint64_t *low) {
  uint64_t wrong = 0, parts[4];
  if (n == 36) {
    wrong = (uint64_t)((p[8] ^ '-') | (p[13] ^ '-') | (p[18] ^ '-') | (p[23] ^ '-'));
    parts[0] = hex8(cb__read64(p), &wrong);
    parts[1] = hex8(read32(p + 9) | read32(p + 14) << 32, &wrong);
    parts[2] = hex8(read32(p + 19) | read32(p + 24) << 32, &wrong);
    parts[3] = hex8(cb__read64(p + 28), &wrong);
  } else if (n == 32) {
    for (int i = 0; i < 4; i++) parts[i] = hex8(cb__read64(p + 8 * i), &wrong);
  } else {
    return 0;
  }
  *high = parts[0] << 32 | parts[1];
  *low = parts[2] << 32 | parts[3];
  return wrong == 0;
}

// ── UTF-8 ──
// After Keiser and Lemire, "Validating UTF-8 in less than one instruction per byte" (2021): three table look-ups, by the
// halves of a byte and the upper half of the next, give for each pair of neighbours the set of errors they are part of.
#if defined(__x86_64__)
#include <immintrin.h>

enum {
  TOO_SHORT = 1 << 0,   // 11______ 0_______, 11______ 11______
  TOO_LONG = 1 << 1,    // 0_______ 10______
  OVERLONG_3 = 1 << 2,  // 11100000 100_____
  TOO_LARGE = 1 << 3,   // 11110100 1001____ and beyond
  SURROGATE = 1 << 4,   // 11101101 101_____
  OVERLONG_2 = 1 << 5,  // 1100000_ 10______
  TOO_LARGE_1000 = 1 << 6, OVERLONG_4 = 1 << 6,  // 11110101 1000____ and beyond, 11110000 1000____
  TWO_CONTS = 1 << 7,   // 10______ 10______
  CARRY = TOO_SHORT | TOO_LONG | TWO_CONTS,
};
#define TABLE(...) _mm256_broadcastsi128_si256(_mm_setr_epi8(__VA_ARGS__))
#define C(x) ((char)(x))

// The block shifted by `n` bytes, the last of the block before in front.
#define BEFORE(block, previous, n) \
  _mm256_alignr_epi8(block, _mm256_permute2x128_si256(previous, block, 0x21), 16 - (n))

__attribute__((target("avx2"))) static size_t valid_prefix_avx2(const uint8_t *p, size_t n) {
  const __m256i first_high = TABLE(
      TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, C(TWO_CONTS), C(TWO_CONTS),
      C(TWO_CONTS), C(TWO_CONTS), TOO_SHORT | OVERLONG_2, TOO_SHORT, TOO_SHORT | OVERLONG_3 | SURROGATE,
      TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4);
  const __m256i first_low = TABLE(
      C(CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4), C(CARRY | OVERLONG_2), C(CARRY), C(CARRY), C(CARRY | TOO_LARGE),
      C(CARRY | TOO_LARGE | TOO_LARGE_1000), C(CARRY | TOO_LARGE | TOO_LARGE_1000), C(CARRY | TOO_LARGE | TOO_LARGE_1000),
      C(CARRY | TOO_LARGE | TOO_LARGE_1000), C(CARRY | TOO_LARGE | TOO_LARGE_1000), C(CARRY | TOO_LARGE | TOO_LARGE_1000),
      C(CARRY | TOO_LARGE | TOO_LARGE_1000), C(CARRY | TOO_LARGE | TOO_LARGE_1000),
      C(CARRY | TOO_LARGE | TOO_LARGE_1000 | SURROGATE), C(CARRY | TOO_LARGE | TOO_LARGE_1000),
      C(CARRY | TOO_LARGE | TOO_LARGE_1000));
  const __m256i second_high = TABLE(
      TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
      C(TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4),
      C(TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE), C(TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE),
      C(TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE), TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT);
  const __m256i low_half = _mm256_set1_epi8(0x0F), top_bit = _mm256_set1_epi8(C(0x80));
  __m256i previous = _mm256_setzero_si256();
  size_t i = 0;
  int was_ascii = 1;
  for (; i + 32 <= n; i += 32) {
    __m256i block = _mm256_loadu_si256((const __m256i *)(p + i));
    int is_ascii = _mm256_movemask_epi8(block) == 0, both = is_ascii & was_ascii;
    was_ascii = is_ascii;
    if (both) { previous = block; continue; }
    __m256i one = BEFORE(block, previous, 1), two = BEFORE(block, previous, 2), three = BEFORE(block, previous, 3);
    __m256i errors = _mm256_and_si256(
        _mm256_and_si256(
            _mm256_shuffle_epi8(first_high, _mm256_and_si256(_mm256_srli_epi16(one, 4), low_half)),
            _mm256_shuffle_epi8(first_low, _mm256_and_si256(one, low_half))),
        _mm256_shuffle_epi8(second_high, _mm256_and_si256(_mm256_srli_epi16(block, 4), low_half)));
    // Two continuations in a row are right where a sequence of three or four bytes began two or three bytes before.
    __m256i third = _mm256_subs_epu8(two, _mm256_set1_epi8(0xE0 - 0x80));
    __m256i fourth = _mm256_subs_epu8(three, _mm256_set1_epi8(0xF0 - 0x80));
    errors = _mm256_xor_si256(errors, _mm256_and_si256(_mm256_or_si256(third, fourth), top_bit));
    if (!_mm256_testz_si256(errors, errors)) break;
    previous = block;
  }
  // Everything before i is right but for a sequence that i may cut in two: the rest goes the plain way from its start.
  for (size_t back = 1; back <= 3 && back <= i; back++) {
    if (p[i - back] < 0x80) break;
    if (p[i - back] >= 0xC0) {
      i -= back;
      break;
    }
  }
  return i + cb_plain_utf8_valid_prefix(p + i, n - i);
}

size_t cb_utf8_valid_prefix_wide(const uint8_t *p, size_t n) {
  return n >= 32 && __builtin_cpu_supports("avx2") ? valid_prefix_avx2(p, n) : cb_plain_utf8_valid_prefix(p, n);
}
#else
size_t cb_utf8_valid_prefix_wide(const uint8_t *p, size_t n) { return cb_plain_utf8_valid_prefix(p, n); }
#endif
