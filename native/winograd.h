#pragma once
#include <stdint.h>

/** An input of the sum: x [N, H, W, C]. */
typedef struct {
  const float *x;
  int C;
} Edge;

/** As winograd of assembly/winograd.ts, of up to MOST_EDGES edges. 0: no memory is left. */
#define MOST_EDGES 64
int winograd(
  const Edge *edges, int count, const float *u, float *y, int n0, int n1, int H, int W, int S, int k, int add
);
