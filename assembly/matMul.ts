// c [M, S] = a · b, where a is [M, R], or [R, M] transposed, and b is [R, S], or [S, R] transposed.

import {loadPart} from "./lanes";
import {multiplyFour} from "./multiply";
import {copyPart} from "./pointwise";

/** Rows of b at once: their panels, and as much of four rows of a, stay in the first-level cache. */
const DEPTH: i32 = 256;
const ROW: usize = <usize>DEPTH << 2;
const PANEL: usize = <usize>DEPTH << 5;
const CORNER: usize = 128;

/** Bytes of scratch that `matMul` needs. */
export function matMulScratchBytes(M: i32, transposeA: i32): i32 {
  return <i32>(PANEL + CORNER + (transposeA ? <usize>M * ROW : 0));
}

/** `count` ≤ 4 lanes to places `step` bytes apart. */
// @ts-ignore: decorator
@inline
function scatter(lanes: v128, to: usize, step: usize, count: i32): void {
  v128.store32_lane(to, lanes, 0);
  if (count > 1) v128.store32_lane(to + step, lanes, 1);
  if (count > 2) v128.store32_lane(to + 2 * step, lanes, 2);
  if (count > 3) v128.store32_lane(to + 3 * step, lanes, 3);
}

/** `rows` x `columns` at `from`, rows `step` bytes apart, transposed to `to`. */
function transposed(from: usize, step: usize, rows: i32, columns: i32, to: usize, toStep: usize): void {
  for (let c = 0; c < columns; c += 4, from += 16, to += 4 * toStep) {
    const count = min(4, columns - c);
    for (let r = 0, p = from, q = to; r < rows; r++, p += step, q += 4) scatter(loadPart(p, count), q, toStep, count);
  }
}

/** The panel [rows, 8] of b from row r and column s on; zeros beyond its last column. */
function panelOf(b: usize, panel: usize, r: i32, rows: i32, s: i32, R: i32, S: i32, transposeB: bool): void {
  const columns = min(8, S - s);
  if (columns < 8) memory.fill(panel, 0, <usize>rows << 5);
  if (transposeB) {
    transposed(b + (<usize>(s * R + r) << 2), <usize>R << 2, columns, rows, panel, 32);
    return;
  }
  let from = b + (<usize>(r * S + s) << 2);
  const end = panel + (<usize>rows << 5), step = <usize>S << 2;
  if (columns == 8)
    for (; panel < end; panel += 32, from += step) {
      v128.store(panel, v128.load(from, 0), 0);
      v128.store(panel, v128.load(from, 16), 16);
    }
  else for (; panel < end; panel += 32, from += step) memory.copy(panel, from, <usize>columns << 2);
}

export function matMul(
  a: usize, b: usize, c: usize, M: i32, R: i32, S: i32, transposeA: i32, transposeB: i32, scratch: usize,
): void {
  const step = <usize>S << 2;
  const corner = scratch + PANEL, own = corner + CORNER;
  const row = transposeA ? ROW : <usize>R << 2;
  for (let r = 0; r < R; r += DEPTH) {
    const rows = min(DEPTH, R - r);
    let x = a + (<usize>r << 2);
    if (transposeA) {
      transposed(a + (<usize>(r * M) << 2), <usize>M << 2, rows, M, own, ROW);
      x = own;
    }
    for (let s = 0; s < S; s += 8) {
      panelOf(b, scratch, r, rows, s, R, S, <bool>transposeB);
      for (let i = 0; i < M; i += 4) {
        const left = M - i;
        const a0 = x + <usize>i * row;
        const a1 = left > 1 ? a0 + row : a0, a2 = left > 2 ? a1 + row : a0, a3 = left > 3 ? a2 + row : a0;
        const to = c + <usize>i * step + (<usize>s << 2);
        if (left > 3 && s + 8 <= S) multiplyFour(a0, a1, a2, a3, scratch, rows, to, step, r > 0);
        else {
          multiplyFour(a0, a1, a2, a3, scratch, rows, corner, 32, false);
          copyPart(corner, to, step, min(4, left), min(8, S - s), r > 0);
        }
      }
    }
  }
}
