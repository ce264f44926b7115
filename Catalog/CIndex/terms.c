#define _GNU_SOURCE
#include "cindex.h"
#include "chash.h"
#include <stdlib.h>
#include <string.h>

static void *grow(void *p, size_t bytes) {
  p = realloc(p, bytes ? bytes : 1);
  if (!p) abort();
  return p;
}
static uint8_t *room(ci_bytes *b, size_t n) {
  if (b->count + n > b->capacity) {
    b->capacity = (b->count + n) * 2 + 64;
    b->bytes = grow(b->bytes, b->capacity);
  }
  uint8_t *p = b->bytes + b->count;
  b->count += n;
  return p;
}
void ci_bytes_free(ci_bytes *b) {
  free(b->bytes);
  memset(b, 0, sizeof *b);
}
static inline size_t put_varint(uint8_t *p, uint64_t v) {
  size_t n = 0;
  while (v >= 0x80) { p[n++] = (uint8_t)(v | 0x80); v >>= 7; }
  p[n++] = (uint8_t)v;
  return n;
}
static inline void append_varint(ci_bytes *b, uint64_t v) {
  uint8_t *p = room(b, 10);
  b->count -= 10 - put_varint(p, v);
}
static inline int get_varint(const uint8_t *p, size_t n, size_t *at, uint64_t *v) {
  uint64_t value = 0;
  for (int shift = 0; *at < n && shift < 63; shift += 7) {
    uint8_t c = p[(*at)++];
    value |= (uint64_t)(c & 0x7F) << shift;
    if (c < 0x80) { *v = value; return 1; }
  }
  return 0;
}

// ── writing pages ────────────────────────────────────────────────────────────
void ci_writer_free(ci_writer *w) {
  ci_bytes_free(&w->terms);
  ci_bytes_free(&w->lists);
  ci_bytes_free(&w->longs);
  ci_bytes_free(&w->scratch);
}
static size_t gaps(uint8_t *out, const uint32_t *rows, size_t count) {
  size_t n = 0;
  uint32_t last = 0;
  for (size_t i = 0; i < count; i++) {
    n += put_varint(out + n, rows[i] - last);
    last = rows[i];
  }
  return n;
}
void ci_writer_add(ci_writer *w, int kind, const uint8_t *term, size_t length, const uint32_t *rows, size_t count) {
  w->kind = (uint8_t)kind;
  w->count++;
  uint8_t *to = room(&w->terms, length);
  memcpy(to, term, length);
  if (kind < CI_UUID) *room(&w->terms, 1) = '\n';
  if (count == w->row_count) { append_varint(&w->lists, (uint64_t)count << 2 | 3); return; }
  size_t bitmap = ((size_t)w->row_count + 7) / 8, size;
  w->scratch.count = 0;
  int is_bitmap = count > w->row_count / 8;
  uint8_t *p = room(&w->scratch, is_bitmap ? bitmap : count * 5);
  if (is_bitmap) {
    memset(p, 0, bitmap);
    for (size_t i = 0; i < count; i++) p[rows[i] >> 3] |= (uint8_t)(1 << (rows[i] & 7));
    size = bitmap;
  } else {
    size = gaps(p, rows, count);
  }
  if (size <= CI_INLINE_LIMIT) {
    append_varint(&w->lists, (uint64_t)count << 2 | (uint64_t)is_bitmap);
    memcpy(room(&w->lists, size), p, size);
    return;
  }
  append_varint(&w->lists, (uint64_t)count << 2 | 2);
  append_varint(&w->lists, w->long_start + w->longs.count);
  append_varint(&w->lists, (uint64_t)size << 1 | (uint64_t)is_bitmap);
  memcpy(room(&w->longs, size), p, size);
}
void ci_writer_next(ci_writer *w) { w->count = 0; w->terms.count = w->lists.count = 0; }
void ci_writer_drop_longs(ci_writer *w, size_t count) {
  w->longs.count -= count;
  w->long_start += count;
  memmove(w->longs.bytes, w->longs.bytes + count, w->longs.count);
}

// ── reading pages ────────────────────────────────────────────────────────────
int ci_list_read(const uint8_t *p, size_t n, size_t *at, uint32_t row_count, ci_list *list) {
  uint64_t head, v;
  if (!get_varint(p, n, at, &head) || head >> 2 > row_count || head >> 2 == 0) return 0;
  list->rows = (uint32_t)(head >> 2);
  list->form = head & 3;
  list->is_bitmap = list->form == 1;
  list->offset = *at;
  list->length = 0;
  switch (list->form) {
    case 3: return list->rows == row_count;
    case 0:
      for (uint32_t i = 0; i < list->rows; i++) if (!get_varint(p, n, at, &v)) return 0;
      break;
    case 1: *at += ((size_t)row_count + 7) / 8; break;
    default:
      if (!get_varint(p, n, at, &list->offset) || !get_varint(p, n, at, &v) || v >> 1 > 1 << 30) return 0;
      list->length = (uint32_t)(v >> 1);
      list->is_bitmap = v & 1;
      return 1;
  }
  if (*at > n) return 0;
  list->length = (uint32_t)(*at - list->offset);
  return 1;
}
int ci_list_rows(const uint8_t *p, size_t n, const ci_list *list, uint32_t row_count, uint32_t shift, uint32_t *rows) {
  uint32_t done = 0;
  if (list->form == 3) {
    for (; done < row_count; done++) rows[done] = done + shift;
    return 1;
  }
  if (list->is_bitmap) {
    if (n < ((size_t)row_count + 7) / 8) return 0;
    for (uint32_t i = 0; i < row_count; i++) {
      if (!(p[i >> 3] >> (i & 7) & 1)) continue;
      if (done == list->rows) return 0;
      rows[done++] = i + shift;
    }
    return done == list->rows;
  }
  size_t at = 0;
  uint64_t row = 0, gap;
  for (; done < list->rows; done++) {
    if (!get_varint(p, n, &at, &gap) || (row += gap) >= row_count) return 0;
    rows[done] = (uint32_t)row + shift;
  }
  return 1;
}
int ci_list_mark(const uint8_t *p, size_t n, const ci_list *list, uint32_t row_count, uint64_t *bits,
                 uint64_t bit_count, uint64_t shift) {
  if (shift + row_count > bit_count) return 0;
  if (list->form == 3) {
    for (uint64_t i = shift; i < shift + row_count; i++) bits[i >> 6] |= 1ULL << (i & 63);
    return 1;
  }
  if (list->is_bitmap) {
    if (n < ((size_t)row_count + 7) / 8) return 0;
    for (uint32_t i = 0; i < row_count; i++)
      if (p[i >> 3] >> (i & 7) & 1) bits[(i + shift) >> 6] |= 1ULL << ((i + shift) & 63);
    return 1;
  }
  size_t at = 0;
  uint64_t row = 0, gap;
  for (uint32_t i = 0; i < list->rows; i++) {
    if (!get_varint(p, n, &at, &gap) || (row += gap) >= row_count) return 0;
    bits[(row + shift) >> 6] |= 1ULL << ((row + shift) & 63);
  }
  return 1;
}
int ci_find_term(const uint8_t *p, size_t n, const uint8_t *needle, size_t m, int starts, int ends, size_t *at,
                 uint32_t *index) {
  size_t from = *at;
  while (from < n) {
    const uint8_t *hit = m ? memmem(p + from, n - from, needle, m) : p + from;
    if (!hit) return 0;
    size_t o = (size_t)(hit - p);
    // `*at` is the beginning of term number *index: count the terms up to the hit.
    for (const uint8_t *q = p + *at; (q = memchr(q, '\n', (size_t)(hit - q))) != NULL; q++) {
      (*index)++;
      *at = (size_t)(q - p) + 1;
    }
    if ((!starts || o == *at) && (!ends || (o + m < n && p[o + m] == '\n'))) return 1;
    from = o + 1;
  }
  return 0;
}
size_t ci_find_uuid(const uint8_t *keys, size_t n, size_t from, const ci_uuid_pattern *patterns, size_t count) {
  for (size_t i = from; i < n; i++) {
    uint64_t k[2];
    memcpy(k, keys + i * 16, 16);
    for (size_t j = 0; j < count; j++) {
      const ci_uuid_pattern *q = &patterns[j];
      if ((((k[0] & q->mask[0]) ^ q->value[0]) | ((k[1] & q->mask[1]) ^ q->value[1])) == 0) return i;
    }
  }
  return n;
}

// ── building ─────────────────────────────────────────────────────────────────
// The rest of a slot: number of the term + 1 in 24 bits, row seen last in 20, more of the hash in 20.
#define ROW_SHIFT 24
#define HASH_SHIFT 44

void ci_builder_start(ci_builder *b, uint64_t seed) {
  memset(b, 0, sizeof *b);
  b->seed = seed;
  b->slot_mask = (1 << 16) - 1;
  b->slots = calloc(b->slot_mask + 1, sizeof *b->slots);
  if (!b->slots) abort();
}
void ci_builder_free(ci_builder *b) {
  free(b->slots);
  ci_bytes_free(&b->arena);
  free(b->starts);
  free(b->lengths);
  free(b->kinds);
  free(b->pairs);
  free(b->row_ends);
  ci_tokens_free(&b->tokens);
  free(b->order);
  free(b->list_starts);
  free(b->rows);
  memset(b, 0, sizeof *b);
}
static void enlarge(ci_builder *b) {
  size_t mask = b->slot_mask * 2 + 1;
  ci_slot *slots = calloc(mask + 1, sizeof *slots);
  if (!slots) abort();
  for (size_t i = 0; i <= b->slot_mask; i++) {
    if (!b->slots[i].rest) continue;
    size_t at = b->slots[i].hash & mask;
    while (slots[at].rest) at = (at + 1) & mask;
    slots[at] = b->slots[i];
  }
  free(b->slots);
  b->slots = slots;
  b->slot_mask = mask;
}
static uint32_t new_term(ci_builder *b, const uint8_t *p, size_t n, int kind) {
  if (b->term_count == b->term_capacity) {
    b->term_capacity = b->term_capacity ? b->term_capacity * 2 : 1 << 14;
    b->starts = grow(b->starts, b->term_capacity * sizeof *b->starts);
    b->lengths = grow(b->lengths, b->term_capacity);
    b->kinds = grow(b->kinds, b->term_capacity);
  }
  uint32_t id = b->term_count++;
  b->starts[id] = (uint32_t)b->arena.count;
  b->lengths[id] = (uint8_t)n;
  b->kinds[id] = (uint8_t)kind;
  memcpy(room(&b->arena, n), p, n);
  return id;
}
static inline void add_pair(ci_builder *b, uint32_t id) {
  if (b->pair_count == b->pair_capacity) {
    b->pair_capacity = b->pair_capacity ? b->pair_capacity * 2 : 1 << 16;
    b->pairs = grow(b->pairs, b->pair_capacity * sizeof *b->pairs);
  }
  b->pairs[b->pair_count++] = id;
}
static void insert(ci_builder *b, cb_hash128 h, const uint8_t *p, size_t n, int kind, uint32_t row) {
  size_t at = h.low & b->slot_mask;
  uint64_t more = h.high >> HASH_SHIFT << HASH_SHIFT, seen = more | (uint64_t)row << ROW_SHIFT;
  for (;; at = (at + 1) & b->slot_mask) {
    ci_slot *s = &b->slots[at];
    if (!s->rest) {
      uint32_t id = new_term(b, p, n, kind);
      s->hash = h.low;
      s->rest = seen | (id + 1);
      add_pair(b, id);
      if (b->term_count * 5ULL > b->slot_mask * 3ULL) enlarge(b);
      return;
    }
    if (s->hash != h.low || s->rest >> HASH_SHIFT << HASH_SHIFT != more) continue;
    uint32_t id = (uint32_t)(s->rest & ((1 << ROW_SHIFT) - 1));
    if (s->rest == (seen | id)) return;
    s->rest = seen | id;
    add_pair(b, id - 1);
    return;
  }
}
static inline cb_hash128 hash_of(const ci_builder *b, const uint8_t *p, size_t n, int kind) {
  return cb_hash_padded(p, n, b->seed + (uint64_t)kind * 0x9E3779B97F4A7C15ULL);
}
int ci_builder_add(ci_builder *b, const uint8_t *p, size_t n) {
  ci_tokenize(&b->tokens, p, n);
  if (b->row_count == b->row_capacity) {
    b->row_capacity = b->row_capacity ? b->row_capacity * 2 : 1 << 12;
    b->row_ends = grow(b->row_ends, b->row_capacity * sizeof *b->row_ends);
  }
  uint32_t row = b->row_count++;
  enum { AHEAD = 16 };
  cb_hash128 hashes[AHEAD];
  const ci_tokens *t = &b->tokens;
  // Hashes run ahead of the table, so that its lines are on their way.
  for (size_t first = 0; first < t->count; first += AHEAD) {
    size_t count = t->count - first < AHEAD ? t->count - first : AHEAD;
    for (size_t i = 0; i < count; i++) {
      const ci_token *k = &t->tokens[first + i];
      hashes[i] = hash_of(b, (k->is_extra ? t->extra : p) + k->offset, k->length, k->kind);
      __builtin_prefetch(&b->slots[hashes[i].low & b->slot_mask]);
    }
    for (size_t i = 0; i < count; i++) {
      const ci_token *k = &t->tokens[first + i];
      insert(b, hashes[i], (k->is_extra ? t->extra : p) + k->offset, k->length, k->kind, row);
    }
  }
  b->row_ends[row] = (uint32_t)b->pair_count;
  return t->has_long_run;
}
void ci_builder_add_hash(ci_builder *b, uint64_t hash) {
  uint8_t key[32] = {0};
  memcpy(key, &hash, 8);
  insert(b, hash_of(b, key, 8, CI_HASH), key, 8, CI_HASH, b->row_count - 1);
  b->row_ends[b->row_count - 1] = (uint32_t)b->pair_count;
}

/// Class and first bytes of a term, as a number that ascends with them.
typedef struct { uint64_t key; uint32_t id; } sort_item;
static uint64_t sort_key(const ci_builder *b, uint32_t id) {
  uint64_t key = b->kinds[id];
  const uint8_t *p = b->arena.bytes + b->starts[id];
  for (size_t i = 0; i < 7; i++) key = key << 8 | (i < b->lengths[id] ? p[i] : 0);
  return key;
}
static int compare_terms(const void *x, const void *y, void *context) {
  const ci_builder *b = context;
  uint32_t i = ((const sort_item *)x)->id, j = ((const sort_item *)y)->id;
  size_t m = b->lengths[i], n = b->lengths[j];
  int order = memcmp(b->arena.bytes + b->starts[i], b->arena.bytes + b->starts[j], m < n ? m : n);
  return order ? order : (m > n) - (m < n);
}
static void sort_terms(ci_builder *b) {
  size_t n = b->term_count;
  sort_item *items = grow(NULL, n * sizeof *items), *other = grow(NULL, n * sizeof *other);
  for (uint32_t i = 0; i < n; i++) items[i] = (sort_item){sort_key(b, i), i};
  for (int shift = 0; shift < 64; shift += 8) {
    size_t counts[257] = {0};
    for (size_t i = 0; i < n; i++) counts[(items[i].key >> shift & 255) + 1]++;
    for (int i = 0; i < 256; i++) counts[i + 1] += counts[i];
    for (size_t i = 0; i < n; i++) other[counts[items[i].key >> shift & 255]++] = items[i];
    sort_item *swap = items;
    items = other;
    other = swap;
  }
  for (size_t i = 0, j; i < n; i = j) {
    for (j = i + 1; j < n && items[j].key == items[i].key; j++) {}
    if (j - i > 1) qsort_r(items + i, j - i, sizeof *items, compare_terms, b);
  }
  b->order = grow(NULL, n * sizeof *b->order);
  for (size_t i = 0; i < n; i++) b->order[i] = items[i].id;
  free(items);
  free(other);
}
void ci_builder_sort(ci_builder *b) {
  sort_terms(b);
  uint32_t n = b->term_count, *starts = grow(NULL, ((size_t)n + 2) * sizeof *starts);
  memset(starts, 0, ((size_t)n + 2) * sizeof *starts);
  for (size_t i = 0; i < b->pair_count; i++) starts[b->pairs[i] + 2]++;
  for (uint32_t i = 0; i < n; i++) starts[i + 2] += starts[i + 1];
  // starts[i + 1] is where the next row of term i goes, and ends as the end of its rows.
  b->rows = grow(NULL, b->pair_count * sizeof *b->rows);
  size_t at = 0;
  for (uint32_t row = 0; row < b->row_count; row++)
    for (; at < b->row_ends[row]; at++) b->rows[starts[b->pairs[at] + 1]++] = row;
  b->list_starts = starts;
  free(b->pairs);
  b->pairs = NULL;
}
int ci_builder_fill(ci_builder *b, ci_writer *w, uint32_t *at) {
  ci_writer_next(w);
  w->row_count = b->row_count;
  for (; *at < b->term_count; (*at)++) {
    uint32_t id = b->order[*at];
    if (!ci_writer_fits(w, b->kinds[id])) break;
    ci_writer_add(w, b->kinds[id], b->arena.bytes + b->starts[id], b->lengths[id], b->rows + b->list_starts[id],
                  b->list_starts[id + 1] - b->list_starts[id]);
  }
  return w->count != 0;
}
