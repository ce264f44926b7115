// A 128-bit hash of bytes: fast for values of a few bytes, the same in one go and piece by piece.
//
// The bytes are cut into blocks of 16; the last block holds 1 to 16 bytes (none when there are none) and is filled up with
// zeros. Each block (x, y) goes through two lanes, which see it through different keys:
//     a = fold(x ^ k1, y ^ a)        fold: the two halves of the 128-bit product, xored
//     b = fold(y ^ k2, x ^ b)
// The last block is mixed with the total length, then the lanes with each other. Catalogs keep these values: a change here
// is a change of format. It finds accidents, not forgeries. Little-endian machines only.
#ifndef CHASH_H
#define CHASH_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the hash reads words in little-endian order"
#endif

typedef struct { uint64_t low, high; } cb_hash128;

#define CB_K0 0xa0761d6478bd642fULL
#define CB_K1 0xe7037ed1a0b428dbULL
#define CB_K2 0x8ebc6af09c88c6e3ULL
#define CB_K3 0x589965cc75374cc3ULL

static inline uint64_t cb__fold(uint64_t a, uint64_t b) {
  __uint128_t product = (__uint128_t)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}
static inline uint64_t cb__read64(const uint8_t *p) { uint64_t v; memcpy(&v, p, 8); return v; }

/// Both lanes over a block that is not the last.
static inline void cb__hash_block(uint64_t *a, uint64_t *b, const uint8_t *p) {
  uint64_t x = cb__read64(p), y = cb__read64(p + 8);
  *a = cb__fold(x ^ CB_K1, y ^ *a);
  *b = cb__fold(y ^ CB_K2, x ^ *b);
}
/// Both lanes over the last block, and the result; `n` is the number of all bytes.
static inline cb_hash128 cb__hash_last(uint64_t a, uint64_t b, uint64_t x, uint64_t y, uint64_t n) {
  uint64_t c = cb__fold(x ^ CB_K1 ^ n, y ^ a ^ CB_K2);
  uint64_t d = cb__fold(y ^ CB_K3 ^ n, x ^ b ^ CB_K0);
  cb_hash128 h = {cb__fold(c ^ CB_K2, d ^ CB_K1), cb__fold(d ^ CB_K0 ^ n, c + CB_K3)};
  return h;
}
static inline uint64_t cb__lane_a(uint64_t seed) { return seed ^ CB_K0; }
static inline uint64_t cb__lane_b(uint64_t seed) { return (seed * CB_K2) ^ CB_K3; }

/// Hash of p[0..<n] under a seed; nothing outside is read.
static inline cb_hash128 cb_hash(const uint8_t *p, size_t n, uint64_t seed) {
  uint64_t a = cb__lane_a(seed), b = cb__lane_b(seed);
  size_t left = n;
  for (; left > 16; left -= 16, p += 16) cb__hash_block(&a, &b, p);
  uint8_t last[16] = {0};
  if (left) memcpy(last, p, left);
  return cb__hash_last(a, b, cb__read64(last), cb__read64(last + 8), n);
}
/// The same where 16 bytes behind p[n - 1] may be read, whatever they are.
static inline cb_hash128 cb_hash_padded(const uint8_t *p, size_t n, uint64_t seed) {
  uint64_t a = cb__lane_a(seed), b = cb__lane_b(seed);
  size_t left = n;
  for (; left > 16; left -= 16, p += 16) cb__hash_block(&a, &b, p);
  uint64_t x = cb__read64(p), y = cb__read64(p + 8);
  // Shifts by 64 are undefined, so that an empty half is cut off in two steps.
  size_t cut = left < 8 ? 8 - left : 0;
  x &= (~0ULL >> (cut * 4)) >> (cut * 4);
  cut = left < 8 ? 8 : 16 - left;
  y &= (~0ULL >> (cut * 4)) >> (cut * 4);
  return cb__hash_last(a, b, x, y, n);
}
/// The same as the hash of the 16 bytes of x and y.
static inline cb_hash128 cb_hash_words(uint64_t x, uint64_t y, uint64_t seed) {
  return cb__hash_last(cb__lane_a(seed), cb__lane_b(seed), x, y, 16);
}

/// A hash begun: the bytes come in pieces.
typedef struct {
  uint64_t a, b, count;
  uint8_t held[16];  // 1 to 16 bytes that may be the last block; none only at the start
  uint32_t held_count;
} cb_hash_state;

static inline cb_hash_state cb_hash_start(uint64_t seed) {
  cb_hash_state s = {cb__lane_a(seed), cb__lane_b(seed), 0, {0}, 0};
  return s;
}
static inline void cb_hash_update(cb_hash_state *s, const uint8_t *p, size_t n) {
  s->count += n;
  if (s->held_count + n <= 16) {
    if (n) memcpy(s->held + s->held_count, p, n);
    s->held_count += (uint32_t)n;
    return;
  }
  if (s->held_count) {
    size_t take = 16 - s->held_count;
    memcpy(s->held + s->held_count, p, take);
    cb__hash_block(&s->a, &s->b, s->held);
    p += take; n -= take;
  }
  uint64_t a = s->a, b = s->b;
  for (; n > 16; n -= 16, p += 16) cb__hash_block(&a, &b, p);
  s->a = a; s->b = b;
  memcpy(s->held, p, n);
  s->held_count = (uint32_t)n;
}
/// The hash of all bytes so far.
static inline cb_hash128 cb_hash_result(const cb_hash_state *s) {
  uint8_t last[16] = {0};
  memcpy(last, s->held, s->held_count);
  return cb__hash_last(s->a, s->b, cb__read64(last), cb__read64(last + 8), s->count);
}

/// Mixes two 128-bit values into one; not symmetric.
static inline cb_hash128 cb_hash_pair(cb_hash128 x, cb_hash128 y) {
  const uint64_t k0 = 0x2d358dccaa6c78a5ULL, k1 = 0x8bb84b93962eacc9ULL, k2 = 0x4b33a62ed433d4a3ULL, k3 = 0x4d5a2da51de1aa47ULL;
  uint64_t a = cb__fold(x.low ^ k0, y.low ^ k1), b = cb__fold(x.high ^ k2, y.high ^ k3);
  cb_hash128 h = {cb__fold(a ^ k3, x.high + y.low) + b, cb__fold(b ^ k1, x.low + y.high + k0) + a};
  return h;
}
/// Sum modulo 2^128: the order of terms does not matter.
static inline cb_hash128 cb_hash_add(cb_hash128 x, cb_hash128 y) {
  cb_hash128 h;
  h.low = x.low + y.low;
  h.high = x.high + y.high + (h.low < x.low);
  return h;
}
#endif
