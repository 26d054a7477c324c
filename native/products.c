// Products of matrices.

#include "products.h"
#include "product.h"

/** `rows` rows of a, i·nextRow from the first, times 8·panels columns; the last rows through a buffer. */
INLINE void multiplyRows(int panels, Products p, const float *a, size_t nextRow, int rows, const float *b, float *c) {
  uint32_t offsets[MOST];
  for (int i = 0; i < MOST; i++) offsets[i] = (uint32_t)(i * nextRow);
  int i = 0;
  for (; i + MOST <= rows; i += MOST) product(panels, p, a + i * nextRow, offsets, b, c + i * p.step);
  if (i == rows) return;
  const int left = rows - i;
  float buffer[MOST * 16] = {0};
  const size_t bytes = sizeof(float) * 8 * (size_t)panels;
  for (int j = 0; j < MOST; j++) offsets[j] = j < left ? offsets[j] : 0;
  if (p.add)
    for (int j = 0; j < left; j++) memcpy(buffer + 16 * j, c + (i + j) * p.step, bytes);
  Products last = p;
  last.step = 16;
  product(panels, last, a + i * nextRow, offsets, b, buffer);
  for (int j = 0; j < left; j++) memcpy(c + (i + j) * p.step, buffer + 16 * j, bytes);
}

/** All columns, a multiple of eight. */
INLINE void multiply(Products p, const float *a, size_t nextRow, int rows, const float *b, float *c, int columns) {
  int s = 0;
  for (; s + 16 <= columns; s += 16, b += 2 * p.panel) multiplyRows(2, p, a, nextRow, rows, b, c + s);
  if (s < columns) multiplyRows(1, p, a, nextRow, rows, b, c + s);
}

void fourierProducts(const float *a, const float *u, float *c, Planes planes, int R, int S, int add) {
  const Products p = {.R = R, .nextA = 1, .nextB = 8, .panel = (size_t)R * 8, .step = (size_t)S, .add = add};
  for (int i = 0; i < planes.planes; i++, a += planes.planeA, u += planes.planeB, c += planes.planeC)
    multiply(p, a, planes.rowA, planes.rows, u, c, S);
}

void fourierFilterProducts(const float *x, const float *d, float *v, Planes planes, int Ci, int Co, int add) {
  const size_t row = (size_t)Co;
  const Products p = {.R = planes.rows, .nextA = planes.rowA, .nextB = row, .panel = 8, .step = row, .add = add};
  for (int i = 0; i < planes.planes; i++, x += planes.planeA, d += planes.planeB, v += planes.planeC)
    multiply(p, x, 1, Ci, d, v, Co);
}

/** to [columns, rows] = from [rows, columns] transposed. */
static void transpose(const float *from, float *to, int rows, int columns) {
  for (int i = 0; i < rows; i += 16)
    for (int j = 0; j < columns; j += 16)
      for (int m = j; m < min(columns, j + 16); m++)
        for (int n = i; n < min(rows, i + 16); n++) to[(size_t)m * rows + n] = from[(size_t)n * columns + m];
}

int matMul(const float *a, const float *b, float *c, int M, int K, int N, int transposeA, int transposeB) {
  const int whole = N & ~7;
  float *panels = room(FILTERS, 4 * (size_t)K * ((N + 7) & ~7));
  float *rows = transposeA ? room(TILES, 4 * (size_t)M * K) : NULL;
  float *last = whole < N ? room(MAP, 32 * (size_t)M) : NULL;
  if (!panels || (transposeA && !rows) || (whole < N && !last)) return 0;
  if (transposeA) transpose(a, rows, K, M);
  for (int s = 0; s < N; s += 8) {
    float *to = panels + (size_t)s * K;
    const int some = min(8, N - s);
    for (int r = 0; r < K; r++, to += 8) {
      for (int q = 0; q < some; q++) to[q] = transposeB ? b[(size_t)(s + q) * K + r] : b[(size_t)r * N + s + q];
      for (int q = some; q < 8; q++) to[q] = 0;
    }
  }
  const float *from = transposeA ? rows : a;
  Products p = {.R = K, .nextA = 1, .nextB = 8, .panel = (size_t)K * 8, .step = (size_t)N};
  multiply(p, from, (size_t)K, M, panels, c, whole);
  if (whole == N) return 1;
  p.step = 8;
  multiplyRows(1, p, from, (size_t)K, M, panels + (size_t)whole * K, last);
  for (int i = 0; i < M; i++) memcpy(c + (size_t)i * N + whole, last + 8 * i, 4 * (size_t)(N - whole));
  return 1;
}
