// The gradient of a convolution's filters, dw [k, k, Cin, Cout], from its input and dy [N, OH, OW, Cout]:
//
//   dw[a, b, c, o] = Σ_{n, i, j} x[n, s·i + a − ⌊k/2⌋, s·j + b − ⌊k/2⌋, c] · dy[n, i, j, o]
//
// On spikes x is a choice: each adds a row of dy, nothing is multiplied, and the work follows their number.

import {multiplyTransposed} from "./multiply";

// @ts-ignore: decorator
@inline
function firstOutput(offset: i32, stride: i32): i32 {
  return offset >= 0 ? 0 : (stride - 1 - offset) / stride;
}

// @ts-ignore: decorator
@inline
function endOutput(offset: i32, stride: i32, size: i32, outputs: i32): i32 {
  const last = size - 1 - offset; // s·j <= last
  return last < 0 ? 0 : min(outputs, last / stride + 1);
}

/** For one row of outputs and one tap: rows of dy added where a spike is. */
// @ts-ignore: decorator
@inline
function addRows(bits: usize, dy: usize, count: i32, wordStep: usize, words: i32, dw: usize, Co: i32): void {
  const row = <usize>Co << 2;
  for (let j = 0; j < count; j++, bits += wordStep, dy += row) {
    for (let word = 0; word < words; word++) {
      const mask = load<u32>(bits + (<usize>word << 2));
      if (mask == 0) continue;
      const to = dw + (<usize>word << 5) * row;
      let o = 0;
      for (; o + 16 <= Co; o += 16) {
        const d = dy + (<usize>o << 2);
        const d0 = v128.load(d, 0), d1 = v128.load(d, 16), d2 = v128.load(d, 32), d3 = v128.load(d, 48);
        for (let m = mask; m != 0; m &= m - 1) {
          const p = to + <usize>i32.ctz(m) * row + (<usize>o << 2);
          v128.store(p, f32x4.add(v128.load(p, 0), d0), 0);
          v128.store(p, f32x4.add(v128.load(p, 16), d1), 16);
          v128.store(p, f32x4.add(v128.load(p, 32), d2), 32);
          v128.store(p, f32x4.add(v128.load(p, 48), d3), 48);
        }
      }
      for (; o + 4 <= Co; o += 4) {
        const d0 = v128.load(dy + (<usize>o << 2));
        for (let m = mask; m != 0; m &= m - 1) {
          const p = to + <usize>i32.ctz(m) * row + (<usize>o << 2);
          v128.store(p, f32x4.add(v128.load(p), d0));
        }
      }
      for (; o < Co; o++) {
        const d0 = load<f32>(dy + (<usize>o << 2));
        for (let m = mask; m != 0; m &= m - 1) {
          const p = to + <usize>i32.ctz(m) * row + (<usize>o << 2);
          store<f32>(p, load<f32>(p) + d0);
        }
      }
    }
  }
}

/** `bits`: x [N, H, W, Ci] as `packSpikes` makes them. */
export function filterGradientSpikes(
  bits: usize, dy: usize, dw: usize,
  N: i32, H: i32, W: i32, Ci: i32, OH: i32, OW: i32, Co: i32, k: i32, stride: i32,
): void {
  const words = (Ci + 31) >> 5;
  const position = <usize>words << 2;
  const row = <usize>Co << 2;
  memory.fill(dw, 0, <usize>(k * k * Ci) * row);
  const side = k >> 1;
  for (let n = 0; n < N; n++)
    for (let i = 0; i < OH; i++)
      for (let a = 0; a < k; a++) {
        const h = stride * i + a - side;
        if (<u32>h >= <u32>H) continue;
        for (let b = 0; b < k; b++) {
          const from = firstOutput(b - side, stride);
          const count = endOutput(b - side, stride, W, OW) - from;
          if (count <= 0) continue;
          addRows(
            bits + <usize>((n * H + h) * W + stride * from + b - side) * position,
            dy + <usize>((n * OH + i) * OW + from) * row,
            count, position * stride, words, dw + <usize>((a * k + b) * Ci) * row, Co,
          );
        }
      }
}

/** All channels of one row of outputs and one tap. */
function multiplyRows(x: usize, dy: usize, count: i32, xStep: usize, dw: usize, Ci: i32, Co: i32): void {
  const row = <usize>Co << 2;
  let o = 0;
  for (; o + 8 <= Co; o += 8) {
    const d = dy + (<usize>o << 2), to = dw + (<usize>o << 2);
    let c = 0;
    for (; c + 4 <= Ci; c += 4) multiplyTransposed(x + (<usize>c << 2), xStep, d, row, count, to + <usize>c * row, true);
    for (; c < Ci; c++) {
      const p = to + <usize>c * row;
      let s0 = v128.load(p, 0), s1 = v128.load(p, 16);
      let px = x + (<usize>c << 2), pd = d;
      for (let j = 0; j < count; j++, px += xStep, pd += row) {
        const value = v128.load32_splat(px);
        s0 = f32x4.add(s0, f32x4.mul(value, v128.load(pd, 0)));
        s1 = f32x4.add(s1, f32x4.mul(value, v128.load(pd, 16)));
      }
      v128.store(p, s0, 0);
      v128.store(p, s1, 16);
    }
  }
  for (; o < Co; o++)
    for (let c = 0; c < Ci; c++) {
      const p = dw + <usize>c * row + (<usize>o << 2);
      let sum = load<f32>(p);
      let px = x + (<usize>c << 2), pd = dy + (<usize>o << 2);
      for (let j = 0; j < count; j++, px += xStep, pd += row) sum += load<f32>(px) * load<f32>(pd);
      store<f32>(p, sum);
    }
}

export function filterGradientDense(
  x: usize, dy: usize, dw: usize,
  N: i32, H: i32, W: i32, Ci: i32, OH: i32, OW: i32, Co: i32, k: i32, stride: i32,
): void {
  const position = <usize>Ci << 2;
  const row = <usize>Co << 2;
  memory.fill(dw, 0, <usize>(k * k * Ci) * row);
  const side = k >> 1;
  for (let n = 0; n < N; n++)
    for (let i = 0; i < OH; i++)
      for (let a = 0; a < k; a++) {
        const h = stride * i + a - side;
        if (<u32>h >= <u32>H) continue;
        for (let b = 0; b < k; b++) {
          const from = firstOutput(b - side, stride);
          const count = endOutput(b - side, stride, W, OW) - from;
          if (count <= 0) continue;
          multiplyRows(
            x + <usize>((n * H + h) * W + stride * from + b - side) * position,
            dy + <usize>((n * OH + i) * OW + from) * row,
            count, position * stride, dw + <usize>((a * k + b) * Ci) * row, Ci, Co,
          );
        }
      }
}
