#define _GNU_SOURCE
#include "cindex.h"
#include "chash.h"
#include <stdlib.h>
#include <string.h>

// ── identities ───────────────────────────────────────────────────────────────
#define KEY_MASK 0xFFFFFFFFFFFFULL

void ci_identities(const uint64_t *rows, const uint64_t *keys, size_t n, const uint64_t table[2], const uint64_t *seed,
                   ci_identity *out) {
  cb_hash128 t = {table[0], table[1]}, s = {0, 0};
  if (seed) s = (cb_hash128){seed[0], seed[1]};
  for (size_t i = 0; i < n; i++) {
    cb_hash128 row = cb_hash_pair((cb_hash128){rows[2 * i], rows[2 * i + 1]}, t);
    if (seed) row = cb_hash_pair(row, s);
    uint64_t key = row.high;
    if (keys) key = cb_hash_pair((cb_hash128){keys[2 * i], keys[2 * i + 1]}, t).low;
    out[i].low = (key & KEY_MASK) | row.low << 48;
    out[i].high = (uint32_t)(row.low >> 16);
  }
}

static inline uint64_t read64(const uint8_t *p) { uint64_t v; memcpy(&v, p, 8); return v; }
static inline uint32_t read32(const uint8_t *p) { uint32_t v; memcpy(&v, p, 4); return v; }

void ci_identity_read(const uint8_t *p, size_t n, ci_identity *out) {
  for (size_t i = 0; i < n; i++, p += CI_IDENTITY_BYTES) {
    out[i].low = read64(p);
    out[i].high = read32(p + 8);
  }
}

// ── rows that are known ──────────────────────────────────────────────────────
// Slots stand in the order of their hashes but for those that were pushed on, so that the table grows where it is.
enum { SLACK = 256 };

static inline size_t home(const ci_known *k, uint64_t low, uint32_t high) {
  uint64_t hash = cb__fold(low ^ k->seed, high ^ (k->seed >> 32) ^ CB_K1);
  return (size_t)(((__uint128_t)hash * k->homes) >> 64);
}

static ci_slot16 *slots_of(size_t room) {
  ci_slot16 *slots = calloc(room, sizeof *slots);
  if (!slots) abort();
  return slots;
}
/// The first free slot for a hash; `room` when there is none.
static inline size_t free_slot(const ci_known *k, const ci_slot16 *slots, ci_slot16 row) {
  size_t at = home(k, row.low, row.high);
  while (at < k->room && slots[at].mark) at++;
  return at;
}

/// Puts all rows into a table of their own.
static void move(ci_known *k, size_t old_room) {
  for (;;) {
    ci_slot16 *slots = slots_of(k->room);
    size_t i = 0;
    for (; i < old_room; i++) {
      if (!k->slots[i].mark) continue;
      size_t at = free_slot(k, slots, k->slots[i]);
      if (at == k->room) break;
      slots[at] = k->slots[i];
    }
    if (i == old_room) {
      free(k->slots);
      k->slots = slots;
      return;
    }
    // Only where hundreds of rows belong to the last slots.
    free(slots);
    k->homes += k->homes / 4 + SLACK;
    k->room = k->homes + SLACK;
  }
}

static void resize(ci_known *k, size_t homes) {
  size_t old = k->room, room = homes + SLACK, end = room;
  ci_slot16 *slots = realloc(k->slots, room * sizeof *slots);
  if (!slots) abort();
  memset(slots + old, 0, (room - old) * sizeof *slots);
  k->slots = slots;
  k->homes = homes;
  k->room = room;
  // All to the end, in their order, and from there to their places, which come before.
  for (size_t i = old; i-- > 0;) {
    if (!slots[i].mark) continue;
    ci_slot16 row = slots[i];
    slots[i].mark = 0;
    slots[--end] = row;
  }
  for (size_t i = end; i < room; i++) {
    ci_slot16 row = slots[i];
    if (home(k, row.low, row.high) > i) return move(k, room);
    slots[i].mark = 0;
    slots[free_slot(k, slots, row)] = row;
  }
}

void ci_known_start(ci_known *k, size_t capacity, uint64_t seed) {
  memset(k, 0, sizeof *k);
  k->seed = seed;
  k->homes = capacity + capacity / 2 + 64;
  k->room = k->homes + SLACK;
  k->slots = slots_of(k->room);
}
void ci_known_free(ci_known *k) {
  free(k->slots);
  memset(k, 0, sizeof *k);
}
static void reserve(ci_known *k, size_t more) {
  size_t needed = k->count + more;
  if (needed * 4 <= k->homes * 3) return;
  size_t larger = k->homes + k->homes / 3;
  resize(k, needed * 3 / 2 > larger ? needed * 3 / 2 : larger);
}

/// The slot of an identity, or the free one where it belongs.
static inline ci_slot16 *find(ci_known *k, uint64_t low, uint32_t high) {
  for (;;) {
    size_t at = home(k, low, high);
    for (; at < k->room; at++) {
      ci_slot16 *slot = k->slots + at;
      if (!slot->mark || (slot->low == low && slot->high == high)) return slot;
    }
    resize(k, k->homes + k->homes / 4 + SLACK);
  }
}
static inline void take(ci_known *k, ci_slot16 *slot, uint64_t low, uint32_t high, uint32_t mark) {
  slot->low = low;
  slot->high = high;
  slot->mark = mark;
  k->count++;
}

enum { AHEAD = 16 };

void ci_known_fill(ci_known *k, const uint8_t *p, size_t n, uint32_t first, const uint64_t *wanted) {
  reserve(k, n);
  for (size_t i = 0; i < n; i++) {
    if (i + AHEAD < n) {
      const uint8_t *next = p + (i + AHEAD) * CI_IDENTITY_BYTES;
      __builtin_prefetch(k->slots + home(k, read64(next), read32(next + 8)));
    }
    size_t row = first + i;
    if (!(wanted[row >> 6] >> (row & 63) & 1)) continue;
    uint64_t low = read64(p + i * CI_IDENTITY_BYTES);
    uint32_t high = read32(p + i * CI_IDENTITY_BYTES + 8);
    ci_slot16 *slot = find(k, low, high);
    if (!slot->mark) take(k, slot, low, high, first + (uint32_t)i + 2);
  }
}

size_t ci_known_meet(ci_known *k, const ci_identity *rows, size_t n, uint64_t *seen, uint32_t *others) {
  size_t count = 0;
  reserve(k, n);
  for (size_t i = 0; i < n; i++) {
    if (i + AHEAD < n) __builtin_prefetch(k->slots + home(k, rows[i + AHEAD].low, rows[i + AHEAD].high));
    ci_slot16 *slot = find(k, rows[i].low, rows[i].high);
    if (!slot->mark) {
      take(k, slot, rows[i].low, rows[i].high, 1);
      others[count++] = (uint32_t)i << 1;
      continue;
    }
    uint32_t row = slot->mark - 2;
    if (slot->mark > 1 && !(seen[row >> 6] >> (row & 63) & 1)) seen[row >> 6] |= 1ULL << (row & 63);
    else others[count++] = (uint32_t)i << 1 | 1;
  }
  return count;
}

uint32_t ci_known_count(ci_known *k, ci_identity row) {
  reserve(k, 1);
  ci_slot16 *slot = find(k, row.low, row.high);
  if (!slot->mark) take(k, slot, row.low, row.high, 0);
  return ++slot->mark;
}

// ── rows that were named ─────────────────────────────────────────────────────
int ci_gaps_read(const uint8_t *p, size_t n, uint64_t limit, uint32_t *rows, size_t count) {
  uint64_t row = 0;
  size_t at = 0;
  for (size_t i = 0; i < count; i++) {
    uint64_t gap = 0;
    int shift = 0;
    do {
      if (at == n || shift > 28) return 0;
      gap |= (uint64_t)(p[at] & 0x7F) << shift;
      shift += 7;
    } while (p[at++] & 0x80);
    row += gap;
    if (row >= limit || (gap == 0 && i > 0)) return 0;
    rows[i] = (uint32_t)row;
  }
  return at == n;
}

// ── rows paired ──────────────────────────────────────────────────────────────
static inline size_t bucket_of(uint64_t x, size_t mask) { return (size_t)(cb__fold(x ^ CB_K0, CB_K2) & mask); }

void ci_pair(const ci_named *old, size_t old_count, const ci_named *new, size_t new_count, uint32_t *partners,
             uint8_t *states) {
  size_t mask = 63;
  while (mask < new_count) mask = mask * 2 + 1;
  uint32_t *heads = malloc((mask + 1) * 4), *next = malloc((new_count + 1) * 4);
  if (!heads || !next) abort();
  // What was away for a while comes back as another version with the same identity: no difference.
  memset(heads, 0xFF, (mask + 1) * 4);
  memset(states, 0, new_count);
  for (size_t i = new_count; i-- > 0;) {
    size_t b = bucket_of(new[i].low ^ (uint64_t)new[i].high << 32, mask);
    next[i] = heads[b];
    heads[b] = (uint32_t)i;
  }
  for (size_t i = 0; i < old_count; i++) {
    partners[i] = CI_NO_PARTNER;
    uint32_t j = heads[bucket_of(old[i].low ^ (uint64_t)old[i].high << 32, mask)];
    while (j != UINT32_MAX && (new[j].low != old[i].low || new[j].high != old[i].high || states[j])) j = next[j];
    if (j == UINT32_MAX) continue;
    states[j] = 1;
    partners[i] = CI_SAME;
  }
  // The others are told by their keys; taken ones leave their chain.
  memset(heads, 0xFF, (mask + 1) * 4);
  for (size_t i = new_count; i-- > 0;) {
    if (states[i] || !new[i].has_key) continue;
    size_t b = bucket_of(new[i].low & KEY_MASK, mask);
    next[i] = heads[b];
    heads[b] = (uint32_t)i;
  }
  for (size_t i = 0; i < old_count; i++) {
    if (partners[i] != CI_NO_PARTNER || !old[i].has_key) continue;
    uint64_t key = old[i].low & KEY_MASK;
    uint32_t *link = &heads[bucket_of(key, mask)];
    while (*link != UINT32_MAX && (new[*link].low & KEY_MASK) != key) link = &next[*link];
    if (*link == UINT32_MAX) continue;
    partners[i] = *link;
    states[*link] = 1;
    *link = next[*link];
  }
  free(heads);
  free(next);
}

// ── keys ─────────────────────────────────────────────────────────────────────
static int compare(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

void ci_sort(uint64_t *values, size_t n, int low_bit, int high_bit) {
  if (n < 512) { qsort(values, n, 8, compare); return; }
  uint64_t *other = malloc(n * 8), *from = values, *to = other;
  size_t *starts = malloc(2048 * sizeof *starts);
  if (!other || !starts) abort();
  for (int bit = low_bit; bit < high_bit; bit += 11) {
    memset(starts, 0, 2048 * sizeof *starts);
    for (size_t i = 0; i < n; i++) starts[from[i] >> bit & 2047]++;
    size_t sum = 0;
    for (int d = 0; d < 2048; d++) { size_t c = starts[d]; starts[d] = sum; sum += c; }
    for (size_t i = 0; i < n; i++) to[starts[from[i] >> bit & 2047]++] = from[i];
    uint64_t *swap = from; from = to; to = swap;
  }
  if (from != values) memcpy(values, from, n * 8);
  free(other);
  free(starts);
}
