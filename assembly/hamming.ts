// Hamming distances between the spike patterns of B images, from bits: d(i, j) = popcount(x_i XOR x_j), n(i) = popcount(x_i).
//
// Rows go through in chunks that stay in the first-level cache while every pair meets there. A byte of a lane counts at
// most 8 for each vector, so 31 vectors fit before it is widened. Pairs are taken two by two: four counts for four loads.

const CHUNK: usize = 31 << 4; // bytes of a row that a byte-wise count bears

/** The sixteen byte-wise counts of a lane, added up. */
// @ts-ignore: decorator
@inline
function total(counts: v128): i32 {
  const sums = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(counts));
  return (
    i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3)
  );
}

// @ts-ignore: decorator
@inline
function differing(a: v128, b: v128): v128 {
  return i8x16.popcnt(v128.xor(a, b));
}

// @ts-ignore: decorator
@inline
function add(at: usize, count: i32): void {
  store<i32>(at, load<i32>(at) + count);
}

/** Adds to distances [B, B], above the diagonal, what `bytes` bytes (a multiple of 16, at most CHUNK) of each row differ by. */
function addChunk(rows: usize, stride: usize, bytes: usize, distances: usize, B: i32): void {
  const line = <usize>B << 2;
  const pairs = B & ~1;
  for (let i = 0; i < pairs; i += 2) {
    const a = rows + <usize>i * stride;
    const out = distances + <usize>i * line;
    let d = i8x16.splat(0);
    for (let k: usize = 0; k < bytes; k += 16)
      d = i8x16.add(d, differing(v128.load(a + k), v128.load(a + stride + k)));
    add(out + (<usize>(i + 1) << 2), total(d));
    for (let j = i + 2; j < pairs; j += 2) {
      let d00 = i8x16.splat(0), d01 = d00, d10 = d00, d11 = d00;
      const b = rows + <usize>j * stride;
      for (let k: usize = 0; k < bytes; k += 16) {
        const a0 = v128.load(a + k), a1 = v128.load(a + stride + k);
        const b0 = v128.load(b + k), b1 = v128.load(b + stride + k);
        d00 = i8x16.add(d00, differing(a0, b0));
        d01 = i8x16.add(d01, differing(a0, b1));
        d10 = i8x16.add(d10, differing(a1, b0));
        d11 = i8x16.add(d11, differing(a1, b1));
      }
      const at = out + (<usize>j << 2);
      add(at, total(d00));
      add(at + 4, total(d01));
      add(at + line, total(d10));
      add(at + line + 4, total(d11));
    }
  }
  if (pairs == B) return;
  const b = rows + <usize>pairs * stride;
  for (let i = 0; i < pairs; i++) {
    let d = i8x16.splat(0);
    const a = rows + <usize>i * stride;
    for (let k: usize = 0; k < bytes; k += 16) d = i8x16.add(d, differing(v128.load(a + k), v128.load(b + k)));
    add(distances + <usize>i * line + (<usize>pairs << 2), total(d));
  }
}

/**
 * Rows of `words` words without the bits that no channel uses, `per` words (1, 2, 4 … 32) in one, padded with zeros to
 * `stride` bytes: `dense`. The number of ones of each row: `counts`.
 */
function condense(bits: usize, dense: usize, counts: usize, B: i32, words: i32, per: i32, stride: usize): void {
  const width = 32 / per;
  for (let i = 0; i < B; i++, dense += stride, counts += 4) {
    let ones = 0;
    memory.fill(dense, 0, stride);
    for (let k = 0, at = dense; k < words; k += per, at += 4) {
      let word: u32 = 0;
      const end = min(per, words - k);
      for (let p = 0; p < end; p++, bits += 4) word |= load<u32>(bits) << (p * width);
      store<u32>(at, word);
      ones += popcnt(word);
    }
    store<i32>(counts, ones);
  }
}

/**
 * `bits` [T, B, words] → distances [T, B, B] and counts [T, B], int32. Each word holds `channels` bits at most (32 or fewer).
 * `scratch`: B rows of the bytes that `words` words need, rounded up to sixteen.
 */
export function hammingDistances(
  bits: usize, distances: usize, counts: usize, scratch: usize, T: i32, B: i32, words: i32, channels: i32,
): void {
  let per = 1;
  while (per < 32 && 2 * per * channels <= 32) per <<= 1;
  const dense = (words + per - 1) / per;
  const stride = ((<usize>dense << 2) + 15) & ~15;
  const square = <usize>(B * B) << 2;
  memory.fill(distances, 0, <usize>T * square);
  for (let t = 0; t < T; t++, distances += square, counts += <usize>B << 2, bits += <usize>(B * words) << 2) {
    condense(bits, scratch, counts, B, words, per, stride);
    for (let from: usize = 0; from < stride; from += CHUNK)
      addChunk(scratch + from, stride, min(CHUNK, stride - from), distances, B);
    for (let i = 1; i < B; i++)
      for (let j = 0; j < i; j++)
        store<i32>(distances + (<usize>(i * B + j) << 2), load<i32>(distances + (<usize>(j * B + i) << 2)));
  }
}
