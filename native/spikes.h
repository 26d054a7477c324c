#pragma once
#include <stdint.h>

typedef struct {
  int N, H, W, Ci, OH, OW, Co, k, stride;
} Sizes;

/**
 * y [N, OH, OW, Co] from the bits of x [N, H, W, Ci] and w [k, k, Ci, Co]. Every `perGroup` images (0: none) have their mean and
 * variance [groups, Co] taken. pool > 1: y is the means of the map over windows. 0: no memory is left.
 */
int spikeConv(const uint32_t *bits, const float *w, float *y, Sizes sizes, int perGroup, float *mean, float *variance, int pool);
/** dw [k, k, Ci, Co] from the bits of x and dy [N, H, W, Co]; stride 1. 0: no memory is left. */
int spikeConvFilterGradient(const uint32_t *bits, const float *dy, float *dw, Sizes sizes);
