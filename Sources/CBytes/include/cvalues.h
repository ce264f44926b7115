// Values in text: numbers, dates, UUIDs, eight digits at a time.
#ifndef CVALUES_H
#define CVALUES_H
#include "cbytes.h"
#include "chash.h"

#define CB__ZEROS 0x3030303030303030ULL
/// The number of eight digits, the first in the lowest byte, that were xored with `0`; `*wrong` becomes other than zero when one
/// is none.
static inline uint64_t cb__eight_digits(uint64_t w, uint64_t *wrong) {
  const uint64_t high = 0xF0F0F0F0F0F0F0F0ULL;
  *wrong |= (w | (w + 0x0606060606060606ULL)) & high;
  w = w * 10 + (w >> 8);
  return (((w & 0x000000FF000000FFULL) * 0x000F424000000064ULL) + (((w >> 16) & 0x000000FF000000FFULL) * 0x0000271000000001ULL)) >> 32;
}
/// Reads p[0..<n] as a whole number without sign of at most 16 digits, 16 bytes being readable; 0 when it is none.
static inline int cb_small_number(const uint8_t *p, size_t n, uint64_t *value) {
  uint64_t wrong = 0;
  // The digits go to the top of the word, zeros before them: the first digit has the lowest address.
  if (n - 1 < 8) {
    *value = cb__eight_digits((cb__read64(p) ^ CB__ZEROS) << (64 - 8 * n), &wrong);
    return wrong == 0;
  }
  if (n - 9 >= 8) return 0;
  uint64_t head = cb__eight_digits((cb__read64(p) ^ CB__ZEROS) << (128 - 8 * n), &wrong);
  *value = head * 100000000 + cb__eight_digits(cb__read64(p + n - 8) ^ CB__ZEROS, &wrong);
  return wrong == 0;
}
/// Reads p[0..<n] as digits with a point among them, at most 16 before it and 18 in all, 32 bytes being readable; 0 when it
/// is none. The number is value / 10^scale, with no zero at the end of the fraction.
static inline int cb_small_decimal(const uint8_t *p, size_t n, uint64_t *value, uint32_t *scale) {
  if (n - 3 > 16) return 0;
  static const uint64_t powers[19] = {
      1ULL, 10ULL, 100ULL, 1000ULL, 10000ULL, 100000ULL, 1000000ULL, 10000000ULL, 100000000ULL, 1000000000ULL,
      10000000000ULL, 100000000000ULL, 1000000000000ULL, 10000000000000ULL, 100000000000000ULL, 1000000000000000ULL,
      10000000000000000ULL, 100000000000000000ULL, 1000000000000000000ULL};
  size_t point = (size_t)__builtin_ctz(~cb_digits_16(p) | 0x10000);
  uint64_t whole, fraction;
  if (point == 0 || point + 1 >= n || p[point] != '.' || !cb_small_number(p, point, &whole) || !cb_small_number(p + point + 1, n - point - 1, &fraction)) return 0;
  uint32_t places = (uint32_t)(n - point - 1);
  uint64_t total = whole * powers[places] + fraction;
  while (places > 0 && total % 10 == 0) { total /= 10; places--; }
  *value = total;
  *scale = places;
  return 1;
}
/// Reads p[0..<n] as a UUID of 32 hexadecimal digits, with dashes after 8, 12, 16 and 20 of them when n is 36; 0 otherwise.
int cb_uuid(const uint8_t *p, size_t n, uint64_t *high, uint64_t *low);

/// The eight bytes at p as digits, 0 where `pattern` has a separator instead of the digit 0; `*wrong` becomes other than
/// zero when they are not of that pattern.
static inline uint64_t cb__digits(const uint8_t *p, const char *pattern, uint64_t *wrong) {
  uint64_t expected = cb__read64((const uint8_t *)pattern), zeros = 0x3030303030303030ULL;
  uint64_t separators = expected ^ zeros;  // other than zero in their bytes
  separators |= separators >> 4;
  separators = (separators | separators >> 2);
  separators = ((separators | separators >> 1) & 0x0101010101010101ULL) * 9;
  uint64_t x = cb__read64(p) ^ expected;
  // Digits are at most 9: plus 6 they stay below 16. Separators are 0: plus 15 they do.
  *wrong |= (x | (x + 0x0606060606060606ULL + separators)) & 0xF0F0F0F0F0F0F0F0ULL;
  return x;
}
static inline uint32_t cb__two(uint64_t digits, int at) {
  return (uint32_t)(digits >> (8 * at) & 15) * 10 + (uint32_t)(digits >> (8 * at + 8) & 15);
}
typedef struct { uint32_t year, month; } cb_date_fields;
/// Reads `YYYY-MM-`; 0 when it is not of that form.
static inline int cb_read_date(const uint8_t *p, cb_date_fields *fields) {
  uint64_t wrong = 0, d = cb__digits(p, "0000-00-", &wrong);
  fields->year = cb__two(d, 0) * 100 + cb__two(d, 2);
  fields->month = cb__two(d, 5);
  return wrong == 0;
}
/// Seconds since midnight of `HH:MM:SS`; -1 when it is no time of day.
static inline int32_t cb_read_clock(const uint8_t *p) {
  uint64_t wrong = 0, d = cb__digits(p, "00:00:00", &wrong);
  uint32_t hour = cb__two(d, 0), minute = cb__two(d, 3), second = cb__two(d, 6);
  if (wrong || hour > 23 || minute > 59 || second > 59) return -1;
  return (int32_t)(hour * 3600 + minute * 60 + second);
}
/// Days from 1970-01-01 to a date of the Gregorian calendar; 0 when the years 1 to 9999 have no such date.
static inline int cb_days(uint32_t year, uint32_t month, uint32_t day, int32_t *days) {
  if (year - 1 > 9998 || month - 1 > 11 || day == 0) return 0;
  int is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  if (day > (month == 2 ? 28u + (uint32_t)is_leap : 30 + ((month + month / 8) & 1))) return 0;
  // Years begin in March here, so that the leap day comes last.
  uint32_t y = month > 2 ? year : year - 1, day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  *days = (int32_t)(y * 365 + y / 4 - y / 100 + y / 400 + day_of_year) - 719468;
  return 1;
}
/// What `cb_read_moment` found.
enum { CB_MOMENT_NONE = 0, CB_MOMENT_DATE, CB_MOMENT_TIMESTAMP, CB_MOMENT_TIMESTAMPTZ };
static inline int cb__three_digits(const uint8_t *p, uint32_t *value) {
  uint8_t a = (uint8_t)(p[0] - '0'), b = (uint8_t)(p[1] - '0'), c = (uint8_t)(p[2] - '0');
  *value = a * 100u + b * 10u + c;
  return a < 10 && b < 10 && c < 10;
}
/// Reads p[0..<n], 32 bytes being readable, as a date or as date and time in their most frequent spellings: between them `T`
/// or a space, a fraction of a second of no, three or six digits, no zone or a `Z`. `*microseconds`: since 1970.
static inline __attribute__((always_inline)) int cb_read_moment(const uint8_t *p, size_t n, int64_t *microseconds) {
  cb_date_fields fields;
  int32_t days, seconds;
  if (n < 10 || n > 27 || !cb_read_date(p, &fields)) return CB_MOMENT_NONE;
  uint8_t tens = (uint8_t)(p[8] - '0'), ones = (uint8_t)(p[9] - '0');
  if (tens > 9 || ones > 9 || !cb_days(fields.year, fields.month, tens * 10u + ones, &days)) return CB_MOMENT_NONE;
  *microseconds = (int64_t)days * 86400000000LL;
  if (n == 10) return CB_MOMENT_DATE;
  if (n < 19 || ((p[10] | 0x20) != 't' && p[10] != ' ') || (seconds = cb_read_clock(p + 11)) < 0) return CB_MOMENT_NONE;
  *microseconds += (int64_t)seconds * 1000000;
  size_t at = 19;
  uint32_t digits;
  if (n >= 23 && p[19] == '.') {
    if (!cb__three_digits(p + 20, &digits)) return CB_MOMENT_NONE;
    *microseconds += digits * 1000;
    at = 23;
    if (n >= 26 && cb__three_digits(p + 23, &digits)) {
      *microseconds += digits;
      at = 26;
    }
  }
  if (at == n) return CB_MOMENT_TIMESTAMP;
  return at + 1 == n && (p[at] | 0x20) == 'z' ? CB_MOMENT_TIMESTAMPTZ : CB_MOMENT_NONE;
}
/// Number of leading bytes of p[0..<n] that are letters of standard base64; nothing outside is read.
static inline size_t cb_plain_base64_letters(const uint8_t *p, size_t n) {
  size_t i = 0;
  while (i < n) {
    uint8_t letter = (uint8_t)((p[i] | 0x20) - 'a'), digit = (uint8_t)(p[i] - '0');
    if (letter > 25 && digit > 9 && p[i] != '+' && p[i] != '/') break;
    i++;
  }
  return i;
}
static inline size_t cb_base64_letters(const uint8_t *p, size_t n) {
  size_t i = 0;
#if defined(__SSE2__)
  for (; i + 16 <= n; i += 16) {
    __m128i v = _mm_loadu_si128((const __m128i *)(p + i));
    __m128i letter = _mm_sub_epi8(_mm_or_si128(v, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
    __m128i digit = _mm_sub_epi8(v, _mm_set1_epi8('0'));
    __m128i is = _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8(25)), letter),
                              _mm_cmpeq_epi8(_mm_min_epu8(digit, _mm_set1_epi8(9)), digit));
    is = _mm_or_si128(is, _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('+')), _mm_cmpeq_epi8(v, _mm_set1_epi8('/'))));
    uint32_t mask = (uint32_t)_mm_movemask_epi8(is);
    if (mask != 0xFFFF) return i + (size_t)__builtin_ctz(~mask);
  }
#endif
  return i + cb_plain_base64_letters(p + i, n - i);
}
/// Undoes whole groups of four letters of standard base64 from p[0..<n], up to the first that holds another byte: the number of
/// letters taken, a multiple of four. `out` has room for n / 4 * 3 bytes; `plain` does without wide registers.
size_t cb_base64_decode(const uint8_t *p, size_t n, uint8_t *out);
size_t cb_plain_base64_decode(const uint8_t *p, size_t n, uint8_t *out);
/// Undoes base 32 in small letters without i, l, o and u, most significant bits first: the number of bytes written to `out`,
/// which has room for n * 5 / 8; 0 for other letters and for bits behind the last byte that are not zero.
static inline size_t cb_base32(const uint8_t *p, size_t n, uint8_t *out) {
  static const uint8_t values[256] = {
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 10, 11, 12, 13, 14, 15, 16, 17, 255, 18, 19, 255, 20, 21, 255,
    22, 23, 24, 25, 26, 255, 27, 28, 29, 30, 31, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  };
  uint64_t bits = 0;
  uint8_t bad = 0;
  size_t count = 0;
  int held = 0;
  for (size_t i = 0; i < n; i++) {
    const uint8_t value = values[p[i]];
    bad |= value;
    bits = bits << 5 | (value & 31);
    held += 5;
    if (held >= 40) {
      for (int k = 4; k >= 0; k--) out[count++] = (uint8_t)(bits >> (8 * k));
      bits = 0;
      held = 0;
    }
  }
  while (held >= 8) {
    held -= 8;
    out[count++] = (uint8_t)(bits >> held);
  }
  return (bad & 0x80) || (bits & ((1u << held) - 1)) ? 0 : count;
}

#endif
