// Batch normalisation's passes; the equations are those of assembly/batchNorm.ts.

#include "statistics.h"
#include "lanes.h"

#define ROWS 64 // added in float32; their sums in float64

/** Sixteen channels: s += Σ a, q += Σ a·(x − pivot); squares: a = x − pivot. */
INLINE void moments(const float *a, const float *x, const float *pivot, int N, int C, double *s, double *q, int squares) {
  const Sixteen p = load(pivot);
  for (int first = 0; first < N; first += ROWS) {
    Sixteen sum[2] = {zeros(), zeros()}, dot[2] = {zeros(), zeros()};
    const int rows = min(ROWS, N - first);
    int r = 0;
    for (; r + 1 < rows; r += 2)
      UNROLL for (int i = 0; i < 2; i++, x += C, a += C) {
        const Sixteen b = minus(load(x), p), c = squares ? b : load(a);
        sum[i] = plus(sum[i], c);
        dot[i] = plusProduct(dot[i], c, b);
      }
    if (r < rows) {
      const Sixteen b = minus(load(x), p), c = squares ? b : load(a);
      sum[0] = plus(sum[0], c);
      dot[0] = plusProduct(dot[0], c, b);
      x += C;
      a += C;
    }
    float sums[16], dots[16];
    store(sums, plus(sum[0], sum[1]));
    store(dots, plus(dot[0], dot[1]));
    for (int o = 0; o < 16; o++) s[o] += sums[o], q[o] += dots[o];
  }
}

static void oneChannel(const float *a, const float *x, float pivot, int N, int C, double *s, double *q, int squares) {
  for (int first = 0; first < N; first += ROWS) {
    float sum = 0, dot = 0;
    for (int r = 0; r < min(ROWS, N - first); r++, x += C, a += C) {
      const float b = *x - pivot, c = squares ? b : *a;
      sum += c;
      dot += c * b;
    }
    *s += sum;
    *q += dot;
  }
}

INLINE void addProducts(const float *a, const float *x, const float *pivot, int N, int C, double *sums, int squares) {
  int c = 0;
  for (; c + 16 <= C; c += 16) moments(a + c, x + c, pivot + c, N, C, sums + c, sums + C + c, squares);
  for (; c < C; c++) oneChannel(a + c, x + c, pivot[c], N, C, sums + c, sums + C + c, squares);
}

void addMoments(const float *a, const float *x, const float *pivot, int N, int C, double *sums) {
  addProducts(a, x, pivot, N, C, sums, 0);
}

void imageStatistics(const float *y, int n, int rows, int C, Statistics to) {
  float *pivot = (float *)(to.sums + 2 * C);
  const int i = n % to.perGroup, N = to.perGroup * rows;
  if (i == 0) {
    memset(to.sums, 0, 16 * (size_t)C);
    memcpy(pivot, y, 4 * (size_t)C);
  }
  addProducts(y, y, pivot, rows, C, to.sums, 1);
  if (i < to.perGroup - 1) return;
  const size_t at = (size_t)(n / to.perGroup) * C;
  for (int c = 0; c < C; c++) {
    const double shift = to.sums[c] / N, variance = to.sums[C + c] / N - shift * shift;
    to.mean[at + c] = (float)(pivot[c] + shift);
    to.variance[at + c] = (float)(variance > 0 ? variance : 0);
  }
}

INLINE void apply(const float *x, float *out, const float *f, int N, int C, int adds) {
  for (int r = 0; r < N; r++, x += C, out += C)
#pragma GCC ivdep
    for (int c = 0; c < C; c++) out[c] = (x[c] - f[c]) * f[C + c] + f[2 * C + c] + (adds ? out[c] : 0);
}

void batchNormApply(const float *x, float *out, const float *factors, int N, int C, int adds) {
  if (C == 16 && adds) apply(x, out, factors, N, 16, 1);
  else if (C == 16) apply(x, out, factors, N, 16, 0);
  else if (adds) apply(x, out, factors, N, C, 1);
  else apply(x, out, factors, N, C, 0);
}

INLINE void applyGradient(const float *a, const float *x, float *out, int N, int C, const float *f) {
  for (int r = 0; r < N; r++, a += C, x += C, out += C)
#pragma GCC ivdep
    for (int c = 0; c < C; c++) out[c] = a[c] * f[C + c] + ((x[c] - f[c]) * f[2 * C + c] + f[3 * C + c]);
}

void gradientApply(const float *a, const float *x, float *out, int N, int C, const float *factors) {
  if (C == 16) applyGradient(a, x, out, N, 16, factors);
  else applyGradient(a, x, out, N, C, factors);
}
