// Some rows times sixteen columns, in registers: multiplied and added in one instruction.

#pragma once
#include "lanes.h"

#define EIGHT (LANES > 8 ? 8 : LANES)
typedef float Half __attribute__((vector_size(4 * EIGHT)));
typedef float HalfAt __attribute__((vector_size(4 * EIGHT), aligned(4), may_alias));
#define HALVES (8 / EIGHT)
// Rows: twelve sums of eight, where the machine has registers for them.
#if LANES >= 8 || defined(__aarch64__)
#define MOST 6
#else
#define MOST 3
#endif

/** What many products share. Distances are in floats. */
typedef struct {
  int R; // what is summed over
  size_t nextA, nextB; // from one r to the next
  size_t panel; // from eight columns of b to the next eight
  size_t step; // from a row of c to the next
  int add; // onto what c holds
} Products;

/** c [MOST][8·panels] (+)= Σ_r a[i, r]·b[r], rows of a at `offsets`. */
INLINE void product(int panels, Products p, const float *a, const uint32_t *offsets, const float *b, float *c) {
  Half sums[MOST][2][HALVES] = {{{{0}}}};
  if (p.add)
    UNROLL for (int i = 0; i < MOST; i++)
      UNROLL for (int q = 0; q < panels; q++)
        UNROLL for (int h = 0; h < HALVES; h++) sums[i][q][h] = *(const HalfAt *)(c + i * p.step + 8 * q + EIGHT * h);
  const float *rows[MOST];
  UNROLL for (int i = 0; i < MOST; i++) rows[i] = a + offsets[i];
  for (size_t r = 0; r < p.R * p.nextA; r += p.nextA, b += p.nextB)
    UNROLL for (int i = 0; i < MOST; i++)
      UNROLL for (int q = 0; q < panels; q++)
        UNROLL for (int h = 0; h < HALVES; h++)
          sums[i][q][h] += rows[i][r] * *(const HalfAt *)(b + q * p.panel + EIGHT * h);
  UNROLL for (int i = 0; i < MOST; i++)
    UNROLL for (int q = 0; q < panels; q++)
      UNROLL for (int h = 0; h < HALVES; h++) *(HalfAt *)(c + i * p.step + 8 * q + EIGHT * h) = sums[i][q][h];
}
