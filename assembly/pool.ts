// 3x3 mean with stride 1 on [N, H, W, C], zeros around the map and counted: first down, then across. It is its own adjoint,
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
