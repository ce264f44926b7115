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
  if (count == 1 && w->row_count > 8) {
    append_varint(&w->lists, 1 << 2);
    append_varint(&w->lists, rows[0]);
    return;
  }
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

// ── merging ──────────────────────────────────────────────────────────────────
void ci_cursor_free(ci_cursor *c) {
  ci_bytes_free(&c->terms);
  ci_bytes_free(&c->lists);
  ci_bytes_free(&c->longs);
}
static void put_bytes(ci_bytes *b, const uint8_t *p, size_t n) {
  b->count = 0;
  uint8_t *to = room(b, n);
  if (n) memcpy(to, p, n);
}
void ci_cursor_page(ci_cursor *c, int kind, uint32_t count, const uint8_t *terms, size_t term_bytes, const uint8_t *lists,
                    size_t list_bytes) {
  c->kind = (uint8_t)kind;
  c->left = count;
  put_bytes(&c->terms, terms, term_bytes);
  put_bytes(&c->lists, lists, list_bytes);
  c->term_at = c->list_at = 0;
}
void ci_cursor_long(ci_cursor *c, const uint8_t *p, size_t n) {
  put_bytes(&c->longs, p, n);
  c->has_long = 1;
}
/// Finds the next term of a page; 0 when there is none where one has to be.
static int next_term(ci_cursor *c) {
  size_t left = c->terms.count - c->term_at;
  const uint8_t *p = c->terms.bytes + c->term_at;
  if (c->kind >= CI_UUID) {
    size_t width = c->kind == CI_UUID ? 16 : 8;
    if (left < width) return 0;
    c->term_end = c->term_at + width;
  } else {
    const uint8_t *end = left ? memchr(p, '\n', left) : NULL;
    if (!end) return 0;
    c->term_end = (size_t)(end - c->terms.bytes);
  }
  if (!ci_list_read(c->lists.bytes, c->lists.count, &c->list_at, c->row_count, &c->list)) return 0;
  c->has_term = 1;
  c->has_long = 0;
  c->left--;
  return 1;
}
static int compare_cursors(const ci_cursor *x, const ci_cursor *y) {
  if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
  size_t m = x->term_end - x->term_at, n = y->term_end - y->term_at;
  int order = memcmp(x->terms.bytes + x->term_at, y->terms.bytes + y->term_at, m < n ? m : n);
  return order ? order : (m > n) - (m < n);
}
ci_merge_need ci_merge(ci_cursor *cursors, size_t n, ci_writer *w, const uint64_t *removed, uint32_t *rows, size_t *which) {
  for (;;) {
    ci_cursor *least = NULL;
    for (size_t i = 0; i < n; i++) {
      ci_cursor *c = &cursors[i];
      *which = i;
      if (c->is_over) continue;
      if (!c->has_term) {
        if (c->left == 0) return CI_MERGE_PAGE;
        if (!next_term(c)) return CI_MERGE_DAMAGED;
      }
      if (c->list.form == 2 && !c->has_long) return CI_MERGE_LONG;
      if (!least || compare_cursors(c, least) < 0) least = c;
    }
    if (!least) return CI_MERGE_DONE;
    if (!ci_writer_fits(w, least->kind)) return CI_MERGE_FLUSH;
    // The term stays where it is until the next page of its cursor.
    const uint8_t *term = least->terms.bytes + least->term_at;
    size_t length = least->term_end - least->term_at, count = 0;
    int kind = least->kind;
    for (size_t i = (size_t)(least - cursors); i < n; i++) {
      ci_cursor *c = &cursors[i];
      if (c->is_over || (c != least && compare_cursors(c, least) != 0)) continue;
      const uint8_t *p = c->list.form == 2 ? c->longs.bytes : c->lists.bytes + c->list.offset;
      size_t bytes = c->list.form == 2 ? c->longs.count : c->list.length;
      if (!ci_list_rows(p, bytes, &c->list, c->row_count, c->shift, rows + count)) return CI_MERGE_DAMAGED;
      count += c->list.rows;
      c->has_term = 2;
    }
    for (size_t i = 0; i < n; i++) {
      ci_cursor *c = &cursors[i];
      if (c->has_term != 2) continue;
      c->has_term = 0;
      c->term_at = c->term_end + (c->kind < CI_UUID);
    }
    if (removed) {
      size_t kept = 0;
      for (size_t i = 0; i < count; i++)
        if (!(removed[rows[i] >> 6] >> (rows[i] & 63) & 1)) rows[kept++] = rows[i];
      count = kept;
    }
    if (count) ci_writer_add(w, kind, term, length, rows, count);
  }
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
  free(b->terms);
  free(b->pairs);
  free(b->row_ends);
  ci_tokens_free(&b->tokens);
  free(b->order);
  free(b->list_starts);
  free(b->rows);
  free(b->sorting[0]);
  free(b->sorting[1]);
  memset(b, 0, sizeof *b);
}
void ci_builder_clear(ci_builder *b) {
  memset(b->slots, 0, (b->slot_mask + 1) * sizeof *b->slots);
  b->term_count = b->row_count = 0;
  b->arena.count = b->pair_count = 0;
}
/// Memory of at least so many bytes, whatever they are.
static void *reserve(void *p, size_t *capacity, size_t bytes) {
  if (bytes <= *capacity && p) return p;
  free(p);
  *capacity = bytes + bytes / 8;
  return grow(NULL, *capacity);
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
    b->terms = grow(b->terms, b->term_capacity * sizeof *b->terms);
  }
  uint32_t id = b->term_count++;
  b->terms[id] = (ci_term){(uint32_t)b->arena.count, (uint8_t)n, (uint8_t)kind};
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
  const ci_term *t = &b->terms[id];
  const uint8_t *p = b->arena.bytes + t->start;
  uint64_t key = t->kind;
  for (size_t i = 0; i < 7; i++) key = key << 8 | (i < t->length ? p[i] : 0);
  return key;
}
static int compare_terms(const void *x, const void *y, void *context) {
  const ci_builder *b = context;
  const ci_term *s = &b->terms[((const sort_item *)x)->id], *t = &b->terms[((const sort_item *)y)->id];
  size_t m = s->length, n = t->length;
  int order = memcmp(b->arena.bytes + s->start, b->arena.bytes + t->start, m < n ? m : n);
  return order ? order : (m > n) - (m < n);
}
static void sort_terms(ci_builder *b) {
  size_t n = b->term_count;
  sort_item *items = b->sorting[0] = reserve(b->sorting[0], &b->sorting_capacity[0], n * sizeof *items);
  sort_item *other = b->sorting[1] = reserve(b->sorting[1], &b->sorting_capacity[1], n * sizeof *other);
  // Six digits of eleven bits, counted in one go.
  enum { DIGITS = 6, BITS = 11, SIZE = 1 << BITS };
  static const uint64_t low = SIZE - 1;
  uint32_t (*counts)[SIZE] = calloc(DIGITS, sizeof *counts);
  if (!counts) abort();
  for (uint32_t i = 0; i < n; i++) {
    uint64_t key = sort_key(b, i);
    items[i] = (sort_item){key, i};
    for (int d = 0; d < DIGITS; d++) counts[d][key >> (d * BITS) & low]++;
  }
  for (int d = 0; d < DIGITS; d++) {
    uint32_t sum = 0, *at = counts[d];
    for (int i = 0; i < SIZE; i++) {
      uint32_t count = at[i];
      at[i] = sum;
      sum += count;
    }
    for (size_t i = 0; i < n; i++) other[at[items[i].key >> (d * BITS) & low]++] = items[i];
    sort_item *swap = items;
    items = other;
    other = swap;
  }
  free(counts);
  for (size_t i = 0, j; i < n; i = j) {
    for (j = i + 1; j < n && items[j].key == items[i].key; j++) {}
    if (j - i > 1) qsort_r(items + i, j - i, sizeof *items, compare_terms, b);
  }
  b->order = reserve(b->order, &b->order_capacity, n * sizeof *b->order);
  for (size_t i = 0; i < n; i++) b->order[i] = items[i].id;
}
void ci_builder_sort(ci_builder *b) {
  sort_terms(b);
  uint32_t n = b->term_count, *starts = b->list_starts;
  starts = b->list_starts = reserve(starts, &b->list_capacity, ((size_t)n + 2) * sizeof *starts);
  memset(starts, 0, ((size_t)n + 2) * sizeof *starts);
  for (size_t i = 0; i < b->pair_count; i++) starts[b->pairs[i] + 2]++;
  for (uint32_t i = 0; i < n; i++) starts[i + 2] += starts[i + 1];
  // starts[i + 1] is where the next row of term i goes, and ends as the end of its rows.
  b->rows = reserve(b->rows, &b->rows_capacity, b->pair_count * sizeof *b->rows);
  // What is written to is fetched in two steps ahead of time.
  enum { NEAR = 12, FAR = 32 };
  size_t at = 0, near_end = b->pair_count > NEAR ? b->pair_count - NEAR : 0, far_end = b->pair_count > FAR ? b->pair_count - FAR : 0;
  for (uint32_t row = 0; row < b->row_count; row++) {
    for (; at < b->row_ends[row]; at++) {
      if (at < far_end) __builtin_prefetch(&starts[b->pairs[at + FAR] + 1], 1);
      if (at < near_end) __builtin_prefetch(&b->rows[starts[b->pairs[at + NEAR] + 1]], 1);
      b->rows[starts[b->pairs[at] + 1]++] = row;
    }
  }
}
int ci_builder_fill(ci_builder *b, ci_writer *w, uint32_t *at) {
  ci_writer_next(w);
  w->row_count = b->row_count;
  for (; *at < b->term_count; (*at)++) {
    uint32_t id = b->order[*at], left = b->term_count - *at;
    const ci_term *t = &b->terms[id];
    if (left > 24) {
      __builtin_prefetch(&b->terms[b->order[*at + 24]]);
      __builtin_prefetch(&b->list_starts[b->order[*at + 24]]);
      uint32_t near = b->order[*at + 12];
      __builtin_prefetch(b->arena.bytes + b->terms[near].start);
      __builtin_prefetch(b->rows + b->list_starts[near]);
    }
    if (!ci_writer_fits(w, t->kind)) break;
    ci_writer_add(w, t->kind, b->arena.bytes + t->start, t->length, b->rows + b->list_starts[id],
                  b->list_starts[id + 1] - b->list_starts[id]);
  }
  return w->count != 0;
}
