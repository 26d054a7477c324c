#pragma once
#include <stddef.h>

/** As fourierProducts and fourierFilterProducts of assembly/fourierProducts.ts; steps of planes and rows in floats. */
typedef struct {
  size_t planeA, rowA, planeB, planeC;
  int planes, rows;
} Planes;
void fourierProducts(const float *a, const float *u, float *c, Planes planes, int R, int S, int add);
void fourierFilterProducts(const float *x, const float *d, float *v, Planes planes, int Ci, int Co, int add);

/** c [M, N] = a [M, K] · b [K, N]; a or b may lie transposed. 0: no memory is left. */
int matMul(const float *a, const float *b, float *c, int M, int K, int N, int transposeA, int transposeB);
