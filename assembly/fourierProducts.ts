// Products of planes: one small product of matrices a plane.

import {multiplyFour, multiplyTransposed} from "./multiply";

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

/** v[p] [Ci][Co] (+)= x[p]ᵀ [Ci][rows] · d[p] [rows][Co], Ci a multiple of four and Co of eight. Steps of planes in bytes. */
export function fourierFilterProducts(
  x: usize, planeX: usize, rowX: usize, d: usize, planeD: usize, v: usize, planeV: usize,
  planes: i32, rows: i32, Ci: i32, Co: i32, add: i32,
): void {
  const rowD = <usize>Co << 2;
  for (let p = 0; p < planes; p++, x += planeX, d += planeD, v += planeV)
    for (let o: usize = 0; o < rowD; o += 32)
      for (let c = 0; c < Ci; c += 4)
        multiplyTransposed(x + (<usize>c << 2), rowX, d + o, rowD, rows, v + <usize>c * rowD + o, <bool>add);
}
