// Spikes as lists of events.

#pragma once
#include "lanes.h"
#ifdef __AVX512F__
#include <immintrin.h>
#endif

/** Appends first + i for each bit i of sixteen; may write sixteen numbers. */
INLINE int32_t *append(int32_t *to, uint32_t bits, int32_t first) {
#ifdef __AVX512F__
  const __m512i all = _mm512_add_epi32(
    _mm512_set1_epi32(first), _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
  );
  _mm512_storeu_si512(to, _mm512_maskz_compress_epi32((__mmask16)bits, all));
  return to + __builtin_popcount(bits);
#else
  for (; bits; bits &= bits - 1) *to++ = first + __builtin_ctz(bits);
  return to;
#endif
}
