// Products of planes: one small product of matrices a plane.

import {multiplyFour} from "./multiply";

/** c[p] [rows][S] (+)= a[p] [rows][R] · u[p], in panels [S/8][R][8]; rows a multiple of four. Steps of planes and rows in bytes. */
export function fourierProducts(
  a: usize, planeA: usize, rowA: usize, u: usize, planeU: usize, c: usize, planeC: usize,
  planes: i32, rows: i32, R: i32, S: i32, add: i32,
): void {
  const rowC = <usize>S << 2, panel = <usize>R << 5;
  for (let p = 0; p < planes; p++, a += planeA, u += planeU, c += planeC) {
    let b = u;
    for (let s: usize = 0; s < rowC; s += 32, b += panel) {
      let from = a, to = c + s;
      for (let t = 0; t < rows; t += 4, from += 4 * rowA, to += 4 * rowC)
        multiplyFour(from, from + rowA, from + 2 * rowA, from + 3 * rowA, b, R, to, rowC, <bool>add);
    }
  }
}

/** Four columns of x times eight of d, summed over `rows` rows. */
// @ts-ignore: decorator
@inline
function tile(x: usize, rowX: usize, d: usize, rowD: usize, rows: i32, to: usize): void {
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
  for (let i = 0; i < rows; i++, x += rowX, d += rowD) {
    const y0 = v128.load(d, 0), y1 = v128.load(d, 16);
    let s = v128.load32_splat(x, 0);
    a0 = f32x4.add(a0, f32x4.mul(s, y0));
    a1 = f32x4.add(a1, f32x4.mul(s, y1));
    s = v128.load32_splat(x, 4);
    b0 = f32x4.add(b0, f32x4.mul(s, y0));
    b1 = f32x4.add(b1, f32x4.mul(s, y1));
    s = v128.load32_splat(x, 8);
    c0 = f32x4.add(c0, f32x4.mul(s, y0));
    c1 = f32x4.add(c1, f32x4.mul(s, y1));
    s = v128.load32_splat(x, 12);
    d0 = f32x4.add(d0, f32x4.mul(s, y0));
    d1 = f32x4.add(d1, f32x4.mul(s, y1));
  }
  v128.store(to, a0, 0);
  v128.store(to, a1, 16);
  to += rowD;
  v128.store(to, b0, 0);
  v128.store(to, b1, 16);
  to += rowD;
  v128.store(to, c0, 0);
  v128.store(to, c1, 16);
  to += rowD;
  v128.store(to, d0, 0);
  v128.store(to, d1, 16);
}

/** v[p] [Ci][Co] = x[p]ᵀ [Ci][rows] · d[p] [rows][Co], Ci a multiple of four and Co of eight. Steps of planes in bytes. */
export function fourierFilterProducts(
  x: usize, planeX: usize, rowX: usize, d: usize, planeD: usize, v: usize, planeV: usize,
  planes: i32, rows: i32, Ci: i32, Co: i32,
): void {
  const rowD = <usize>Co << 2;
  for (let p = 0; p < planes; p++, x += planeX, d += planeD, v += planeV)
    for (let o: usize = 0; o < rowD; o += 32)
      for (let c = 0; c < Ci; c += 4) tile(x + (<usize>c << 2), rowX, d + o, rowD, rows, v + <usize>c * rowD + o);
}
