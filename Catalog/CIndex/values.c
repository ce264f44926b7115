#include "cindex.h"
#include <string.h>

static inline int is_digit(uint8_t c) { return (uint8_t)(c - '0') < 10; }
static inline int nibble(uint8_t c) { return is_digit(c) ? c - '0' : (uint8_t)(c - 'a') < 6 ? c - 'a' + 10 : -1; }

int ci_pack_uuid(const uint8_t *p, size_t n, uint8_t *out) {
  if (n != 36 || p[8] != '-' || p[13] != '-' || p[18] != '-' || p[23] != '-') return 0;
  for (int i = 0, o = 0; i < 36; i += 2) {
    if (p[i] == '-') i++;
    int a = nibble(p[i]), b = nibble(p[i + 1]);
    if (a < 0 || b < 0) return 0;
    out[o++] = (uint8_t)(a << 4 | b);
  }
  return 1;
}
void ci_unpack_uuid(const uint8_t *key, uint8_t *out) {
  static const char digits[] = "0123456789abcdef";
  for (int i = 0, o = 0; i < 16; i++) {
    if (o == 8 || o == 13 || o == 18 || o == 23) out[o++] = '-';
    out[o++] = (uint8_t)digits[key[i] >> 4];
    out[o++] = (uint8_t)digits[key[i] & 15];
  }
}

// Days of the civil calendar by Hinnant's method.
static int64_t days_of(int64_t y, int m, int d) {
  y -= m <= 2;
  int64_t era = (y >= 0 ? y : y - 399) / 400;
  int yoe = (int)(y - era * 400), doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}
static int number(const uint8_t *p, int n) {
  int v = 0;
  for (int i = 0; i < n; i++) {
    if (!is_digit(p[i])) return -1;
    v = v * 10 + (p[i] - '0');
  }
  return v;
}
static void put(uint8_t *out, int64_t v, int n) {
  while (n-- > 0) { out[n] = (uint8_t)('0' + v % 10); v /= 10; }
}
static const char *const zones[4] = {"", "Z", "+00", "+00:00"};

int ci_pack_moment(const uint8_t *p, size_t n, int64_t *micros, uint8_t *format) {
  if (n < 19 || n > CI_MOMENT_LIMIT || p[4] != '-' || p[7] != '-' || p[13] != ':' || p[16] != ':') return 0;
  if (p[10] != 'T' && p[10] != ' ') return 0;
  int y = number(p, 4), mo = number(p + 5, 2), d = number(p + 8, 2);
  int h = number(p + 11, 2), mi = number(p + 14, 2), s = number(p + 17, 2);
  if (y < 1 || mo < 1 || mo > 12 || d < 1 || d > 31 || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 59) return 0;
  size_t at = 19;
  int fraction = 0, digits = 0;
  if (at < n && p[at] == '.') {
    for (at++; at < n && digits < 6 && is_digit(p[at]); at++, digits++) fraction = fraction * 10 + (p[at] - '0');
    if (digits == 0) return 0;
    for (int i = digits; i < 6; i++) fraction *= 10;
  }
  int zone = -1;
  for (int i = 0; i < 4; i++)
    if (strlen(zones[i]) == n - at && memcmp(zones[i], p + at, n - at) == 0) zone = i;
  if (zone < 0) return 0;
  *micros = (days_of(y, mo, d) * 86400 + h * 3600 + mi * 60 + s) * 1000000 + fraction;
  *format = (uint8_t)(digits | (p[10] == 'T') << 3 | zone << 4);
  // Days that no month has give another text.
  uint8_t again[CI_MOMENT_LIMIT + 8];
  return ci_unpack_moment(*micros, *format, again) == n && memcmp(again, p, n) == 0;
}
size_t ci_unpack_moment(int64_t micros, uint8_t format, uint8_t *out) {
  int64_t fraction = micros % 1000000, seconds = micros / 1000000;
  if (fraction < 0) { fraction += 1000000; seconds--; }
  int64_t second = seconds % 86400, days = seconds / 86400;
  if (second < 0) { second += 86400; days--; }
  int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
  int doe = (int)(z - era * 146097), yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  int doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153, m = mp < 10 ? mp + 3 : mp - 9;
  put(out, yoe + era * 400 + (m <= 2), 4);
  out[4] = out[7] = '-';
  put(out + 5, m, 2);
  put(out + 8, doy - (153 * mp + 2) / 5 + 1, 2);
  out[10] = format & 8 ? 'T' : ' ';
  put(out + 11, second / 3600, 2);
  put(out + 14, second / 60 % 60, 2);
  put(out + 17, second % 60, 2);
  out[13] = out[16] = ':';
  size_t n = 19;
  int digits = format & 7;
  if (digits > 0 && digits <= 6) {
    out[n++] = '.';
    for (int i = digits; i < 6; i++) fraction /= 10;
    put(out + n, fraction, digits);
    n += (size_t)digits;
  }
  const char *zone = zones[format >> 4 & 3];
  memcpy(out + n, zone, strlen(zone));
  return n + strlen(zone);
}

static int varint(const uint8_t *p, size_t n, size_t *at, uint64_t *v) {
  *v = 0;
  for (int shift = 0; *at < n && shift < 35; shift += 7) {
    uint8_t c = p[(*at)++];
    *v |= (uint64_t)(c & 0x7F) << shift;
    if (c < 0x80) return 1;
  }
  return 0;
}
int ci_block_column(const uint8_t *p, size_t n, size_t *at, size_t rows, ci_field *fields, size_t stride) {
  if (*at >= n) return 0;
  uint8_t kind = p[(*at)++];
  const uint8_t *kinds = 0;
  if (kind == 255) {
    if (n - *at < rows) return 0;
    kinds = p + *at;
    *at += rows;
  }
  uint64_t extra_count, value_count;
  if (!varint(p, n, at, &extra_count) || !varint(p, n, at, &value_count)) return 0;
  if (n - *at < rows || n - *at - rows < extra_count || n - *at - rows - extra_count < value_count) return 0;
  const uint8_t *codes = p + *at;
  size_t extra = *at + rows, extra_end = extra + extra_count, offset = extra_end, end = extra_end + value_count;
  for (size_t row = 0; row < rows; row++) {
    uint8_t code = codes[row];
    uint64_t length = code;
    ci_field field = {(uint32_t)offset, 0, code, kinds ? kinds[row] : kind, 0, 0};
    if (code >= CI_CODE_LEFT_OUT) {
      switch (code) {
      case CI_CODE_LONG: case CI_CODE_LEFT_OUT:
        if (!varint(p, extra_end, &extra, &length)) return 0;
        break;
      case CI_CODE_SECRET: case CI_CODE_UUID: length = 16; break;
      case CI_CODE_MOMENT:
        if (extra == extra_end) return 0;
        field.format = p[extra++];
        length = 8;
        break;
      default: length = 0;
      }
    }
    if (length > end - offset) return 0;
    field.length = (uint32_t)length;
    offset += length;
    fields[row * stride] = field;
  }
  *at = end;
  return extra == extra_end && offset == end;
}
