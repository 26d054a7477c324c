// The convolution of spikes: a row of weights is added for each event that an output sees, as in assembly/events.ts.
//
// The lists of all outputs of a row are made first, filled up to fours with a row of zeros: the loops that add have few ends that
// the processor does not foresee.

#include "events.h"
#include "spikes.h"
#include "statistics.h"

/** One image's events by position, e = x·C + c. `starts`: H·W + 1 places in the list. */
static void eventsByPosition(const uint32_t *bits, int32_t *list, int32_t *starts, int H, int W, int C) {
  const int words = (C + 31) >> 5;
  int32_t *to = list;
  for (int h = 0; h < H; h++)
    for (int x = 0; x < W; x++) {
      *starts++ = (int32_t)(to - list);
      for (int word = 0; word < words; word++, bits++) {
        to = append(to, *bits & 0xffff, x * C + (word << 5));
        if (C - (word << 5) > 16) to = append(to, *bits >> 16, x * C + (word << 5) + 16);
      }
    }
  *starts = (int32_t)(to - list);
}

/** to = (from + delta)·64 for at least `count` numbers; up to sixteen more are written. */
INLINE void copyShifted(const int32_t *from, int32_t *to, ptrdiff_t count, int32_t delta) {
  ptrdiff_t i = 0;
  do
    UNROLL for (int part = 0; part < PARTS; part++, i += LANES)
      *(NumbersAt *)(to + i) = (*(const NumbersAt *)(from + i) + delta) << 6;
  while (i < count);
}

/** What each output of row i sees, in bytes from the filter's first row on; `ends`: where each output's list ends. */
static void rowLists(const int32_t *list, const int32_t *starts, int i, Sizes s, int32_t *to, int32_t **ends) {
  const int side = s.k >> 1, top = s.stride * i - side;
  const int a0 = max(0, -top), a1 = min(s.k, s.H - top);
  const int zero = s.k * s.k * s.Ci * 64;
  for (int j = 0; j < s.OW; j++) {
    const int left = s.stride * j - side, from = max(0, left), end = min(s.W, left + s.k);
    int32_t *at = to;
    for (int a = a0; a < a1; a++) {
      const int32_t *row = starts + (top + a) * s.W;
      const ptrdiff_t count = row[end] - row[from];
      copyShifted(list + row[from], at, count, (a * s.k - left) * s.Ci);
      at += count;
    }
    for (int fill = 0; fill < 3; fill++) at[fill] = zero;
    to += (at - to + 3) & ~3;
    *ends++ = to;
  }
}

/** A row of outputs, sixteen channels or `channels`; w [rows + 1][16], zeros at last. */
static void addRow(const int32_t *list, int32_t *const *ends, const char *w, float *y, int Co, int channels, int OW) {
  for (int j = 0; j < OW; j++, y += Co) {
    Sixteen sum = zeros();
    for (const int32_t *end = ends[j]; list < end; list += 4) {
      const Sixteen a = plus(load((const float *)(w + list[0])), load((const float *)(w + list[1])));
      const Sixteen b = plus(load((const float *)(w + list[2])), load((const float *)(w + list[3])));
      sum = plus(sum, plus(a, b));
    }
    storeSome(y, sum, channels);
  }
}

/** Means over windows of p x p of a map [H, W, C]. */
static void means(const float *x, float *y, int H, int W, int C, int p) {
  const float share = 1.0f / (float)(p * p);
  for (int i = 0; i < H / p; i++)
    for (int j = 0; j < W / p; j++, y += C) {
      memset(y, 0, 4 * (size_t)C);
      for (int a = 0; a < p; a++)
        for (int b = 0; b < p; b++) {
          const float *from = x + ((size_t)(i * p + a) * W + j * p + b) * C;
#pragma GCC ivdep
          for (int c = 0; c < C; c++) y[c] += from[c];
        }
      for (int c = 0; c < C; c++) y[c] *= share;
    }
}

/** w [rows, Co] in blocks of sixteen outputs, [rows + 1][16] each: what there is not is zeros. */
static void blockFilters(const float *w, float *blocks, size_t rows, int Co) {
  for (int o = 0; o < Co; o += 16)
    for (size_t r = 0; r <= rows; r++, blocks += 16) {
      memset(blocks, 0, 64);
      if (r < rows) memcpy(blocks, w + r * Co + o, 4 * (size_t)min(16, Co - o));
    }
}

int spikeConv(const uint32_t *bits, const float *w, float *y, Sizes s, int perGroup, float *mean, float *variance, int pool) {
  const size_t rows = (size_t)s.k * s.k * s.Ci, block = (rows + 1) * 16;
  const size_t positions = (size_t)s.H * s.W, blocks = (s.Co + 15) >> 4, map = (size_t)s.OH * s.OW * s.Co;
  const size_t listed = positions * s.Ci + 32, seen = s.OW * (rows + 3) + 32; // append and copyShifted write beyond the end
  int32_t **ends = room(LISTS, s.OW * sizeof(int32_t *) + 4 * (positions + 1 + listed + seen));
  float *filters = room(FILTERS, 4 * blocks * block);
  double *sums = room(SUMS, 20 * (size_t)s.Co);
  float *whole = pool > 1 ? room(MAP, 4 * map) : NULL;
  if (!ends || !filters || !sums || (pool > 1 && !whole)) return 0;
  int32_t *starts = (int32_t *)(ends + s.OW), *list = starts + positions + 1, *lists = list + listed;
  blockFilters(w, filters, rows, s.Co);
  const size_t image = positions * ((s.Ci + 31) >> 5), step = (size_t)(s.OH / pool) * (s.OW / pool) * s.Co;
  for (int n = 0; n < s.N; n++, bits += image, y += step) {
    float *out = pool > 1 ? whole : y;
    eventsByPosition(bits, list, starts, s.H, s.W, s.Ci);
    for (int i = 0; i < s.OH; i++) {
      rowLists(list, starts, i, s, lists, ends);
      float *row = out + (size_t)i * s.OW * s.Co;
      for (size_t b = 0; b < blocks; b++)
        addRow(lists, ends, (const char *)(filters + b * block), row + 16 * b, s.Co, s.Co - 16 * (int)b, s.OW);
    }
    if (perGroup) imageStatistics(out, n, s.OH * s.OW, s.Co, (Statistics){perGroup, mean, variance, sums});
    if (pool > 1) means(out, y, s.OH, s.OW, s.Co, pool);
  }
  return 1;
}
