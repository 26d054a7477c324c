// Average pooling. 3x3 mean with stride 1 on [N, H, W, C], zeros around the map and counted: first down, then across. It is its own adjoint,
// so the backward pass is the same call.

import {loadPart, storePart} from "./lanes";

/** sums = x and the rows above and below it, where there are such; `row` bytes. */
// @ts-ignore: decorator
@inline
function addDown(x: usize, sums: usize, row: usize, above: bool, below: bool): void {
  const whole = row & ~15;
  for (let at: usize = 0; at < whole; at += 16) {
    let sum = v128.load(x + at);
    if (above) sum = f32x4.add(v128.load(x + at - row), sum);
    if (below) sum = f32x4.add(sum, v128.load(x + at + row));
    v128.store(sums + at, sum);
  }
  for (let at = whole; at < row; at += 4) {
    let sum = load<f32>(x + at);
    if (above) sum = load<f32>(x + at - row) + sum;
    if (below) sum = sum + load<f32>(x + at + row);
    store<f32>(sums + at, sum);
  }
}

/** `scratch`: (W + 2)·C floats, a row of sums between two positions of zeros. */
export function avgPool3(x: usize, y: usize, scratch: usize, N: i32, H: i32, W: i32, C: i32): void {
  const row = <usize>(W * C) << 2;
  const position = <usize>C << 2;
  const sums = scratch + position;
  const whole = row & ~15;
  const ninth: f32 = <f32>1 / <f32>9;
  const share = f32x4.splat(ninth);
  memory.fill(scratch, 0, position);
  memory.fill(sums + row, 0, position);
  for (let n = 0; n < N; n++)
    for (let h = 0; h < H; h++, x += row, y += row) {
      if (H == 1) addDown(x, sums, row, false, false);
      else if (h == 0) addDown(x, sums, row, false, true);
      else if (h == H - 1) addDown(x, sums, row, true, false);
      else addDown(x, sums, row, true, true);
      for (let at: usize = 0; at < whole; at += 16) {
        const sum = f32x4.add(v128.load(scratch + at), v128.load(sums + at));
        v128.store(y + at, f32x4.mul(f32x4.add(sum, v128.load(sums + position + at)), share));
      }
      for (let at = whole; at < row; at += 4) {
        const sum = load<f32>(scratch + at) + load<f32>(sums + at) + load<f32>(sums + position + at);
        store<f32>(y + at, sum * ninth);
      }
    }
}

/** out (+)= the sums of `p` neighbouring positions of a row, times `scale`, for `w` of them; `adds` to what is there. */
// @ts-ignore: decorator
@inline
function addAcross(x: usize, out: usize, w: i32, position: usize, p: i32, adds: bool, scale: v128): void {
  const whole = position & ~15;
  const rest = <i32>((position & 15) >> 2);
  const last = x + <usize>p * position;
  const stride = <usize>p * position;
  for (let j = 0, end = last; j < w; j++, x += stride, end += stride, out += position) {
    for (let at: usize = 0; at < whole; at += 16) {
      let sum = v128.load(x + at);
      for (let from = x + at + position; from < end; from += position) sum = f32x4.add(sum, v128.load(from));
      v128.store(out + at, f32x4.mul(adds ? f32x4.add(v128.load(out + at), sum) : sum, scale));
    }
    if (!rest) continue;
    let sum = loadPart(x + whole, rest);
    for (let from = x + whole + position; from < end; from += position) sum = f32x4.add(sum, loadPart(from, rest));
    storePart(out + whole, f32x4.mul(adds ? f32x4.add(loadPart(out + whole, rest), sum) : sum, scale), rest);
  }
}

/**
 * Means over windows of p×p with stride p: y [N, ⌊H/p⌋, ⌊W/p⌋, C] from x [N, H, W, C]. Row after row of x is read once, its
 * sums added to the row of y: memory in order, since rows a page apart read side by side are slow.
 */
export function avgPool(x: usize, y: usize, N: i32, H: i32, W: i32, C: i32, p: i32): void {
  const h = H / p, w = W / p;
  const position = <usize>C << 2;
  const row = <usize>W * position;
  const one = f32x4.splat(1), share = f32x4.splat(<f32>1 / <f32>(p * p));
  for (let n = 0; n < N; n++)
    for (let i = 0; i < h; i++, y += <usize>w * position)
      for (let a = 0; a < p; a++) {
        const from = x + <usize>(n * H + i * p + a) * row;
        addAcross(from, y, w, position, p, a > 0, a == p - 1 ? share : one);
      }
}
