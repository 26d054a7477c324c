// The gradient of a convolution's filters from spikes: a row of dy is added for each event of a channel and each tap of the filter,
// as in assembly/events.ts. Several taps go together: an event is read once for all of them.

#include "events.h"
#include "spikes.h"

/** Appends the events of H rows of positions to the lists of their channels, e = first + row·width + x. */
static void eventsByChannel(const uint32_t *bits, int32_t **ends, int first, int H, int W, int C, int width) {
  const int words = (C + 31) >> 5;
  for (int h = 0; h < H; h++, first += width, bits += W * words)
    for (int word = 0; word < words; word++)
      for (int x = 0; x < W; x += 16) {
        const int some = min(16, W - x);
        int32_t **end = ends + (word << 5);
        uint32_t masks[16] __attribute__((aligned(64))) = {0};
        for (int i = 0; i < some; i++) masks[i] = bits[(x + i) * words + word];
#ifdef __AVX512F__
        const __m512i all = _mm512_load_si512(masks);
        for (int c = 0; c < min(32, C - (word << 5)); c++)
          end[c] = append(end[c], _mm512_test_epi32_mask(all, _mm512_set1_epi32((int)(1u << c))), first + x);
#else
        for (int i = 0; i < some; i++)
          for (uint32_t m = masks[i]; m; m &= m - 1) *end[__builtin_ctz(m)]++ = first + x + i;
#endif
      }
}

/** A x B taps of one channel, those of dy's rows `line` floats apart; dw's taps are `tap` floats apart, its rows `row`. */
INLINE void addTaps(int A, int B, const int32_t *list, const int32_t *end, const float *dy, int line, float *dw, int tap, int row) {
  Sixteen sums[9];
  UNROLL for (int i = 0; i < A * B; i++) sums[i] = load(dw + i / B * row + i % B * tap);
  for (const int32_t *e = list; e < end; e++) {
    const float *from = dy + ((ptrdiff_t)*e << 4);
    UNROLL for (int i = 0; i < A * B; i++) sums[i] = plus(sums[i], load(from - i / B * line - i % B * 16));
  }
  UNROLL for (int i = 0; i < A * B; i++) store(dw + i / B * row + i % B * tap, sums[i]);
}

/** All taps of one channel. Weight (a, b) took the spike at (y, x) to the output at (y + ⌊k/2⌋ − a, x + ⌊k/2⌋ − b). */
static void addChannel(const int32_t *list, const int32_t *end, const float *dy, int line, float *dw, int k, int tap) {
  const int side = k >> 1, row = k * tap;
  dy += side * (line + 16);
  if (k == 3 && LANES == 16) {
    addTaps(3, 3, list, end, dy, line, dw, tap, row);
    return;
  }
  for (int a = 0; a < k; a++, dy -= line, dw += row) {
    int b = 0;
    if (LANES == 16)
      for (; b + 5 <= k; b += 5) addTaps(1, 5, list, end, dy - 16 * b, line, dw + b * tap, tap, row);
    for (; b + 3 <= k; b += 3) addTaps(1, 3, list, end, dy - 16 * b, line, dw + b * tap, tap, row);
    for (; b < k; b++) addTaps(1, 1, list, end, dy - 16 * b, line, dw + b * tap, tap, row);
  }
}

/** Rows of dy [rows, W, Co], up to sixteen channels of them, into rows of `width` positions of sixteen. */
static void copyUnit(const float *dy, float *to, int rows, int W, int Co, int channels, int width) {
  for (int h = 0; h < rows; h++, to += 16 * (width - W))
    for (int x = 0; x < W; x++, dy += Co, to += 16)
      if (channels >= 16) store(to, load(dy));
      else memcpy(to, dy, 4 * (size_t)channels);
}

#define PIECE_BYTES 24576 // of the map's rows, sixteen channels with their margin: they stay in the first-level cache

/** dw [rows, Co] from its blocks of sixteen, [rows][16] each. */
static void unblock(const float *blocks, float *dw, size_t rows, int Co) {
  for (int o = 0; o < Co; o += 16)
    for (size_t r = 0; r < rows; r++, blocks += 16) memcpy(dw + r * Co + o, blocks, 4 * (size_t)min(16, Co - o));
}

int spikeConvFilterGradient(const uint32_t *bits, const float *dy, float *dw, Sizes s) {
  const int side = s.k >> 1, width = s.W + 2 * side, line = 16 * width, words = (s.Ci + 31) >> 5;
  const int piece = min(s.H, max(1, PIECE_BYTES / (4 * line) - 2 * side));
  const size_t size = (size_t)(piece + 2 * side) * line, capacity = (size_t)piece * s.W + 16;
  const size_t block = (size_t)s.k * s.k * s.Ci * 16;
  float *padded = room(PADDED, 4 * size);
  int32_t **ends = room(LISTS, s.Ci * sizeof(int32_t *) + 4 * s.Ci * capacity);
  float *blocks = room(FILTERS, 4 * block * ((s.Co + 15) >> 4));
  if (!padded || !ends || !blocks) return 0;
  int32_t *lists = (int32_t *)(ends + s.Ci);
  memset(blocks, 0, 4 * block * ((s.Co + 15) >> 4));
  memset(padded, 0, 4 * size);
  for (int n = 0; n < s.N; n++, bits += (size_t)s.H * s.W * words, dy += (size_t)s.H * s.W * s.Co)
    for (int h = 0; h < s.H; h += piece) {
      const int rows = min(piece, s.H - h), from = max(0, h - side), to = min(s.H, h + rows + side);
      float *first = padded + (from - h + side) * line, *last = padded + (to - h + side) * line;
      for (int c = 0; c < s.Ci; c++) ends[c] = lists + c * capacity;
      eventsByChannel(bits + (size_t)h * s.W * words, ends, side * width + side, rows, s.W, s.Ci, width);
      for (int o = 0; o < s.Co; o += 16) {
        memset(padded, 0, (size_t)((char *)first - (char *)padded));
        memset(last, 0, (size_t)((char *)(padded + (rows + 2 * side) * line) - (char *)last));
        copyUnit(dy + (size_t)from * s.W * s.Co + o, first + 16 * side, to - from, s.W, s.Co, s.Co - o, width);
        float *out = blocks + (size_t)(o >> 4) * block;
        for (int c = 0; c < s.Ci; c++)
          if (ends[c] > lists + c * capacity)
            addChannel(lists + c * capacity, ends[c], padded, line, out + 16 * c, s.k, 16 * s.Ci);
      }
    }
  unblock(blocks, dw, (size_t)s.k * s.k * s.Ci, s.Co);
  return 1;
}
