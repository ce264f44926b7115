// Data of COPY, row by row in text form.
#ifndef CCOPY_H
#define CCOPY_H
#include <stddef.h>
#include <stdint.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// Where a line that is `\.` alone first occurs: offset of the line feed before it; n when there is none.
static inline size_t cb_copy_end(const uint8_t *p, size_t n) {
  size_t i = 0;
#if defined(__SSE2__)
  const __m128i feed = _mm_set1_epi8('\n'), slash = _mm_set1_epi8('\\'), dot = _mm_set1_epi8('.');
  for (; n >= 19 && i <= n - 19; i += 16) {
    __m128i a = _mm_loadu_si128((const __m128i *)(p + i)), b = _mm_loadu_si128((const __m128i *)(p + i + 1));
    __m128i c = _mm_loadu_si128((const __m128i *)(p + i + 2)), d = _mm_loadu_si128((const __m128i *)(p + i + 3));
    __m128i hits = _mm_and_si128(_mm_and_si128(_mm_cmpeq_epi8(a, feed), _mm_cmpeq_epi8(b, slash)),
                                 _mm_and_si128(_mm_cmpeq_epi8(c, dot), _mm_cmpeq_epi8(d, feed)));
    unsigned mask = (unsigned)_mm_movemask_epi8(hits);
    if (mask) return i + (size_t)__builtin_ctz(mask);
  }
#endif
  for (; i + 4 <= n; i++)
    if (p[i] == '\n' && p[i + 1] == '\\' && p[i + 2] == '.' && p[i + 3] == '\n') return i;
  return n;
}
#endif
