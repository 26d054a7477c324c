// Average pooling. 3x3 mean with stride 1 on [N, H, W, C], zeros around the map and counted: first down, then across. It is its own adjoint,
// so the backward pass is the same call.

import {loadPart, storePart} from "./lanes";

/** `scratch`: (W + 2)·C floats, a row of sums between two positions of zeros. */
export function avgPool3(x: usize, y: usize, scratch: usize, N: i32, H: i32, W: i32, C: i32): void {
  const row = <usize>(W * C) << 2;
  const position = <usize>C << 2;
  const sums = scratch + position;
  const whole = row & ~15;
  const rest = <i32>((row & 15) >> 2);
  const nine = f32x4.splat(9);
  memory.fill(scratch, 0, position);
  memory.fill(sums + row, 0, position);
  for (let i = 0; i < N * H; i++, x += row, y += row) {
    const h = i % H;
    const above = h > 0, below = h < H - 1;
    for (let at: usize = 0; at < row; at += 16) {
      if (at < whole) {
        let sum = v128.load(x + at);
        if (above) sum = f32x4.add(v128.load(x + at - row), sum);
        if (below) sum = f32x4.add(sum, v128.load(x + at + row));
        v128.store(sums + at, sum);
      } else {
        let sum = loadPart(x + at, rest);
        if (above) sum = f32x4.add(loadPart(x + at - row, rest), sum);
        if (below) sum = f32x4.add(sum, loadPart(x + at + row, rest));
        storePart(sums + at, sum, rest);
      }
    }
    for (let at: usize = 0; at < whole; at += 16) {
      const sum = f32x4.add(v128.load(scratch + at), v128.load(sums + at));
      v128.store(y + at, f32x4.div(f32x4.add(sum, v128.load(sums + position + at)), nine));
    }
    for (let at = whole; at < row; at += 4) {
      const sum = load<f32>(scratch + at) + load<f32>(sums + at) + load<f32>(sums + position + at);
      store<f32>(y + at, sum / 9);
    }
  }
}

/** Means over windows of p×p with stride p: y [N, ⌊H/p⌋, ⌊W/p⌋, C] from x [N, H, W, C], each column of a window summed first. */
export function avgPool(x: usize, y: usize, N: i32, H: i32, W: i32, C: i32, p: i32): void {
  const h = H / p, w = W / p;
  const position = <usize>C << 2;
  const row = <usize>W * position;
  const area = f32x4.splat(<f32>(p * p));
  const whole = position & ~15;
  const rest = C & 3;
  for (let n = 0; n < N; n++)
    for (let i = 0; i < h; i++)
      for (let j = 0; j < w; j++, y += position) {
        const window = x + <usize>(n * H + i * p) * row + <usize>(j * p) * position;
        for (let at: usize = 0; at < whole; at += 16) {
          let sum = f32x4.splat(0);
          for (let b = 0, from = window + at; b < p; b++, from += position) {
            let column = v128.load(from);
            for (let a = 1, below = from + row; a < p; a++, below += row) column = f32x4.add(column, v128.load(below));
            sum = f32x4.add(sum, column);
          }
          v128.store(y + at, f32x4.div(sum, area));
        }
        if (!rest) continue;
        let sum = f32x4.splat(0);
        for (let b = 0, from = window + whole; b < p; b++, from += position) {
          let column = loadPart(from, rest);
          for (let a = 1, below = from + row; a < p; a++, below += row)
            column = f32x4.add(column, loadPart(below, rest));
          sum = f32x4.add(sum, column);
        }
        storePart(y + whole, f32x4.div(sum, area), rest);
      }
}
