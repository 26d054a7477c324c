// Means over windows of p×p with stride p, of spikes that are bits; and the gradient, dy/p² in each window and 0 beyond them.

import {loadPart, storePart} from "./lanes";

// @ts-ignore: decorator
@inline
function fourBits(m: u32): v128 {
  const chosen = v128.and(i32x4.splat(m), i32x4(1, 2, 4, 8));
  return v128.and(i32x4.ne(chosen, i32x4.splat(0)), f32x4.splat(1));
}

/** y [N, ⌊H/p⌋, ⌊W/p⌋, C] from bits of [N, H, W, C]. */
export function poolBits(bits: usize, y: usize, N: i32, H: i32, W: i32, C: i32, p: i32): void {
  const words = (C + 31) >> 5;
  const h = H / p, w = W / p;
  const area = f32x4.splat(<f32>(p * p));
  for (let n = 0; n < N; n++)
    for (let i = 0; i < h; i++)
      for (let j = 0; j < w; j++, y += <usize>C << 2)
        for (let c = 0; c < C; c += 4) {
          let sum = f32x4.splat(0);
          for (let a = 0; a < p; a++) {
            let at = bits + (<usize>((((n * H + i * p + a) * W + j * p) * words) + (c >> 5)) << 2);
            for (let b = 0; b < p; b++, at += <usize>words << 2) sum = f32x4.add(sum, fourBits(load<u32>(at) >> (c & 31)));
          }
          sum = f32x4.div(sum, area);
          if (C - c >= 4) v128.store(y + (<usize>c << 2), sum);
          else storePart(y + (<usize>c << 2), sum, C - c);
        }
}

/** dx [N, H, W, C] from dy [N, ⌊H/p⌋, ⌊W/p⌋, C]. */
export function poolGradient(dy: usize, dx: usize, N: i32, H: i32, W: i32, C: i32, p: i32): void {
  const h = H / p, w = W / p;
  const row = <usize>C << 2;
  const area = f32x4.splat(<f32>(p * p));
  for (let n = 0; n < N; n++)
    for (let y = 0; y < H; y++)
      for (let x = 0; x < W; x++, dx += row) {
        const i = y / p, j = x / p;
        if (i >= h || j >= w) {
          memory.fill(dx, 0, row);
          continue;
        }
        const from = dy + <usize>((n * h + i) * w + j) * row;
        for (let c = 0; c < C; c += 4) {
          const at = <usize>c << 2;
          if (C - c >= 4) v128.store(dx + at, f32x4.div(v128.load(from + at), area));
          else storePart(dx + at, f32x4.div(loadPart(from + at, C - c), area), C - c);
        }
      }
}
