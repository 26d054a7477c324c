// Sum of convolutions by Winograd's minimal filtering: what assembly/winograd.ts says, with products that are multiplied and added in
// one instruction, on more registers.

#include "winograd.h"
#include "product.h"

#define WIDTH LANES
#define VALUE Vector
#define VALUE_AT VectorAt
#include "winogradTile.h"
#undef WIDTH
#undef VALUE
#undef VALUE_AT
#if LANES > 4
#define WIDTH 4
#define VALUE Four
#define VALUE_AT FourAt
#include "winogradTile.h"
#undef WIDTH
#undef VALUE
#undef VALUE_AT
#endif

#define BLOCK_BYTES (512 << 10) // of transformed tiles and their products

#if LANES == 16
#define WIDE(name) name##_16
#elif LANES == 8
#define WIDE(name) name##_8
#else
#define WIDE(name) name##_4
#endif

INLINE void dataTile(int n, const float *x, int H, int W, int C, int top, int left, float *to, ptrdiff_t plane) {
  int c = 0;
  for (; c + LANES <= C; c += LANES) WIDE(dataTile)(n, x + c, H, W, C, top, left, to + c, plane, LANES);
  for (; c < C; c += 4) dataTile_4(n, x + c, H, W, C, top, left, to + c, plane, C - c);
}

INLINE void outputTile(int n, const float *from, ptrdiff_t plane, float *y, int H, int W, int C, int top, int left, int add) {
  int c = 0;
  for (; c + LANES <= C; c += LANES) WIDE(outputTile)(n, from + c, plane, y + c, H, W, C, top, left, add, LANES);
  for (; c < C; c += 4) outputTile_4(n, from + c, plane, y + c, H, W, C, top, left, add, C - c);
}

/** Asks for the rows of x that the tile below will be the first to read. */
INLINE void fetchAhead(const float *x, int H, int W, int C, int top, int left) {
  const size_t bytes = 4 * (size_t)C * min(4, max(0, W - left));
  for (int i = top; i < min(top + 4, H); i++) {
    const char *row = (const char *)(x + ((ptrdiff_t)i * W + left) * C);
    for (size_t at = 0; at < bytes; at += 64) __builtin_prefetch(row + at, 0, 2);
  }
}

/** One plane: tiles at `offsets` times all panels. */
static void multiplyPlane(Products p, const float *data, const uint32_t *offsets, int tiles, const float *u, float *c) {
  size_t s = 0;
  for (; s + 16 <= p.step; s += 16, u += 2 * p.panel)
    for (int t = 0; t < tiles; t += MOST) product(2, p, data, offsets + t, u, c + (size_t)t * p.step + s);
  if (s < p.step)
    for (int t = 0; t < tiles; t += MOST) product(1, p, data, offsets + t, u, c + (size_t)t * p.step + s);
}

/** Floats from one plane to the next: an odd number of lines, or the planes of a tile fall upon each other in the cache. */
INLINE size_t spaced(size_t floats) {
  return ((floats + 127) & ~(size_t)127) + 48;
}

INLINE int run(
  int n, const Edge *edges, int count, const float *u, float *y, int n0, int n1, int H, int W, int S, int k, int add
) {
  const int down = (H + 3) >> 2, across = (W + 3) >> 2, side = k >> 1, S8 = (S + 7) & ~7;
  int R = 0;
  for (int e = 0; e < count; e++) R += (edges[e].C + 3) & ~3;
  const int fitting = max(1, BLOCK_BYTES / (n * n * 4 * (R + S8) * across));
  const int images = fitting < down ? 1 : min(fitting / down, max(1, n1 - n0)), height = min(fitting, down);
  const int most = (images * height * across + MOST + 15) & ~15;
  const size_t plane = spaced((size_t)images * height * across * R);
  const size_t productPlane = spaced((size_t)most * S8);
  uint32_t *offsets = room(TILES, 4 * (most + (size_t)(n * n) * (plane + productPlane)));
  if (!offsets) return 0;
  float *data = (float *)(offsets + most), *products = data + (size_t)(n * n) * plane;
  const Products shared = {
    .R = R, .nextA = 1, .nextB = 8, .panel = (size_t)R * 8, .step = S8,
  };
  for (int first = n0; first < n1; first += images)
    for (int top = 0; top < down; top += height) {
      const int maps = min(images, n1 - first), rows = min(height, down - top);
      for (int e = 0, channel = 0; e < count; channel += (edges[e].C + 3) & ~3, e++) {
        const int C = edges[e].C;
        float *to = data + channel;
        for (int m = first; m < first + maps; m++) {
          const float *map = edges[e].x + (size_t)m * H * W * C;
          for (int i = top; i < top + rows; i++)
            for (int j = 0; j < across; j++, to += R) {
              fetchAhead(map, H, W, C, 4 * i - side + n, 4 * j);
              dataTile(n, map, H, W, C, 4 * i - side, 4 * j - side, to, (ptrdiff_t)plane);
            }
        }
      }
      int tiles = 0;
      for (; tiles < maps * rows * across; tiles++) offsets[tiles] = tiles * R;
      for (int t = tiles; t < tiles + MOST - 1; t++) offsets[t] = 0;
      for (int xi = 0; xi < n * n; xi++)
        multiplyPlane(shared, data + xi * plane, offsets, tiles, u + (size_t)xi * (S8 / 8) * shared.panel, products + xi * productPlane);
      const float *from = products;
      for (int m = first; m < first + maps; m++)
        for (int i = top; i < top + rows; i++)
          for (int j = 0; j < across; j++, from += S8)
            outputTile(n, from, (ptrdiff_t)productPlane, y + (size_t)m * H * W * S, H, W, S, 4 * i, 4 * j, add);
    }
  return 1;
}

int winograd(
  const Edge *edges, int count, const float *u, float *y, int n0, int n1, int H, int W, int S, int k, int add
) {
  if (k == 3) return run(6, edges, count, u, y, n0, n1, H, W, S, k, add);
  return run(8, edges, count, u, y, n0, n1, H, W, S, k, add);
}
