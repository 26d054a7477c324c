// Winograd's transforms of whole tiles, as assembly/winogradTiles.ts and winogradLines.ts, for as many channels at a time as `VALUE`
// holds; included once for each width. The work of a tile stays in the first-level cache.

#define JOIN_(name, width) name##width
#define JOIN(name, width) JOIN_(name, width)
#define OF(name) JOIN(name, WIDTH)
#define AT(i) (*(const VALUE_AT *)(from + (i) * step))
#define TO(i) (*(VALUE_AT *)(to + (i) * toStep))

INLINE void OF(dataLine6_)(const float *from, ptrdiff_t step, float *to, ptrdiff_t toStep) {
  const VALUE d0 = AT(0), d1 = AT(1), d2 = AT(2), d3 = AT(3), d4 = AT(4), d5 = AT(5);
  TO(0) = 4 * d0 - 5 * d2 + d4;
  const VALUE a = d4 - 4 * d2, b = d3 - 4 * d1;
  TO(1) = a + b;
  TO(2) = a - b;
  const VALUE c = d4 - d2, e = d3 - d1;
  TO(3) = c + 2 * e;
  TO(4) = c - 2 * e;
  TO(5) = 4 * d1 - 5 * d3 + d5;
}

INLINE void OF(outputLine6_)(const float *from, ptrdiff_t step, float *to, ptrdiff_t toStep) {
  const VALUE m1 = AT(1), m2 = AT(2), m3 = AT(3), m4 = AT(4);
  const VALUE p = m1 + m2, q = m1 - m2, r = m3 + m4, s = m3 - m4;
  TO(0) = AT(0) + p + r;
  TO(1) = q + 2 * s;
  TO(2) = p + 4 * r;
  TO(3) = q + AT(5) + 8 * s;
}

INLINE void OF(dataLine8_)(const float *from, ptrdiff_t step, float *to, ptrdiff_t toStep) {
  const VALUE d1 = AT(1), d2 = AT(2), d3 = AT(3), d4 = AT(4), d5 = AT(5), d6 = AT(6);
  TO(0) = d6 - AT(0) + 5.25f * (d2 - d4);
  TO(7) = AT(7) - d1 + 5.25f * (d3 - d5);
  VALUE even = d2 + d6 - 4.25f * d4, odd = d1 + d5 - 4.25f * d3;
  TO(1) = even + odd;
  TO(2) = even - odd;
  even = d6 + (0.25f * d2 - 1.25f * d4);
  odd = 0.5f * d1 - 2.5f * d3 + 2 * d5;
  TO(3) = even + odd;
  TO(4) = even - odd;
  even = d6 + 4 * (d2 - 1.25f * d4);
  odd = 2 * d1 - 2.5f * d3 + 0.5f * d5;
  TO(5) = even + odd;
  TO(6) = even - odd;
}

INLINE void OF(outputLine8_)(const float *from, ptrdiff_t step, float *to, ptrdiff_t toStep) {
  const VALUE m1 = AT(1), m2 = AT(2), m3 = AT(3), m4 = AT(4), m5 = AT(5), m6 = AT(6);
  const VALUE p = m1 + m2, q = m1 - m2, r = m3 + m4, s = m3 - m4, t = m5 + m6, u = m5 - m6;
  TO(0) = AT(0) + p + (r + t);
  TO(1) = q + 2 * s + 0.5f * u;
  TO(2) = p + 4 * r + 0.25f * t;
  TO(3) = q + AT(7) + 8 * s + 0.125f * u;
}

INLINE void OF(dataLine_)(int n, const float *from, ptrdiff_t step, float *to, ptrdiff_t toStep) {
  if (n == 6) OF(dataLine6_)(from, step, to, toStep);
  else OF(dataLine8_)(from, step, to, toStep);
}

INLINE void OF(outputLine_)(int n, const float *from, ptrdiff_t step, float *to, ptrdiff_t toStep) {
  if (n == 6) OF(outputLine6_)(from, step, to, toStep);
  else OF(outputLine8_)(from, step, to, toStep);
}

/** The tile of x [H, W, C] whose first input is (top, left), WIDTH channels or `channels`, into planes `plane` floats apart. */
INLINE void OF(dataTile_)(
  int n, const float *x, int H, int W, int C, int top, int left, float *to, ptrdiff_t plane, int channels
) {
  float work[8 * 8 * WIDTH] __attribute__((aligned(64))), edge[8 * WIDTH] __attribute__((aligned(64)));
  const int from = max(0, -left), end = min(n, W - left), first = max(0, -top), last = min(n, H - top);
  const int inside = from == 0 && end == n && channels >= WIDTH;
  const size_t some = sizeof(float) * (size_t)min(channels, WIDTH);
  for (int i = 0; i < n; i++) {
    float *line = work + i * n * WIDTH;
    const float *p = x + ((ptrdiff_t)(top + i) * W + left) * C;
    if (i < first || i >= last) memset(line, 0, sizeof(float) * (size_t)(n * WIDTH));
    else if (inside) OF(dataLine_)(n, p, C, line, WIDTH);
    else {
      memset(edge, 0, sizeof edge);
      for (int j = from; j < end; j++) memcpy(edge + j * WIDTH, p + (ptrdiff_t)j * C, some);
      OF(dataLine_)(n, edge, WIDTH, line, WIDTH);
    }
  }
  for (int j = 0; j < n; j++) OF(dataLine_)(n, work + j * WIDTH, n * WIDTH, to + j * plane, n * plane);
}

/** The outputs of a tile, from planes, to (top, left) of y [H, W, C]; `add`: onto what is there. */
INLINE void OF(outputTile_)(
  int n, const float *from, ptrdiff_t plane, float *y, int H, int W, int C, int top, int left, int add, int channels
) {
  float work[4 * 8 * WIDTH] __attribute__((aligned(64))), edge[4 * WIDTH] __attribute__((aligned(64)));
  const int rows = min(4, H - top), columns = min(4, W - left);
  const int inside = columns == 4 && !add && channels >= WIDTH;
  for (int j = 0; j < n; j++) OF(outputLine_)(n, from + j * plane, n * plane, work + j * WIDTH, n * WIDTH);
  for (int i = 0; i < rows; i++) {
    float *p = y + ((ptrdiff_t)(top + i) * W + left) * C;
    const float *line = work + i * n * WIDTH;
    if (inside) {
      OF(outputLine_)(n, line, WIDTH, p, C);
      continue;
    }
    OF(outputLine_)(n, line, WIDTH, edge, WIDTH);
    for (int j = 0; j < columns; j++, p += C)
      for (int o = 0; o < min(channels, WIDTH); o++) p[o] = edge[j * WIDTH + o] + (add ? p[o] : 0);
  }
}

#undef JOIN_
#undef JOIN
#undef OF
#undef AT
#undef TO
