#pragma once

void addMoments(const float *a, const float *x, const float *pivot, int N, int C, double *sums);
void batchNormApply(const float *x, float *out, const float *factors, int N, int C, int adds);
void gradientApply(const float *a, const float *x, float *out, int N, int C, const float *factors);
/** Where the statistics of a convolution's images go: those of assembly/batchNorm.ts. */
typedef struct {
  int perGroup;
  float *mean, *variance;
  double *sums;
} Statistics;
void imageStatistics(const float *y, int n, int rows, int C, Statistics to);
