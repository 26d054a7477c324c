// Vectors as wide as the machine's, and what all kernels need.

#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__AVX512F__)
#define LANES 16
#elif defined(__AVX__)
#define LANES 8
#else
#define LANES 4
#endif

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 16")

/** Values in registers, and the same in memory, where they lie at any multiple of four bytes. */
typedef float Vector __attribute__((vector_size(4 * LANES)));
typedef float VectorAt __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef float Four __attribute__((vector_size(16)));
typedef float FourAt __attribute__((vector_size(16), aligned(4), may_alias));
typedef int32_t Numbers __attribute__((vector_size(4 * LANES)));
typedef int32_t NumbersAt __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

/** Sixteen channels: what most loops keep in registers. */
#define PARTS (16 / LANES)
typedef struct {
  Vector part[PARTS];
} Sixteen;

INLINE Sixteen zeros(void) {
  return (Sixteen){{{0}}};
}

INLINE Sixteen load(const float *from) {
  Sixteen x;
  UNROLL for (int i = 0; i < PARTS; i++) x.part[i] = *(const VectorAt *)(from + i * LANES);
  return x;
}

INLINE void store(float *to, Sixteen x) {
  UNROLL for (int i = 0; i < PARTS; i++) *(VectorAt *)(to + i * LANES) = x.part[i];
}

/** The first `count` of them. */
INLINE void storeSome(float *to, Sixteen x, int count) {
  if (count >= 16) store(to, x);
  else {
    float all[16];
    store(all, x);
    memcpy(to, all, 4 * (size_t)count);
  }
}

INLINE Sixteen plus(Sixteen a, Sixteen b) {
  UNROLL for (int i = 0; i < PARTS; i++) a.part[i] += b.part[i];
  return a;
}

INLINE Sixteen minus(Sixteen a, Sixteen b) {
  UNROLL for (int i = 0; i < PARTS; i++) a.part[i] -= b.part[i];
  return a;
}

/** a + b·c. */
INLINE Sixteen plusProduct(Sixteen a, Sixteen b, Sixteen c) {
  UNROLL for (int i = 0; i < PARTS; i++) a.part[i] += b.part[i] * c.part[i];
  return a;
}

INLINE int min(int a, int b) {
  return a < b ? a : b;
}

INLINE int max(int a, int b) {
  return a > b ? a : b;
}

/** A thread's room of at least that many bytes, one for each `which`; it grows and stays. NULL: no memory is left. */
enum { LISTS, FILTERS, PADDED, TILES, SUMS, MAP, ROOMS };
void *room(int which, size_t bytes);
