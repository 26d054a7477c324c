// Sum of 1x1 convolutions: y[i, s] (+)= Σ_e Σ_r x_e[i, r] · g_e[r, s], a product of matrices for each edge.

import {loadPart, storePart} from "./lanes";
import {multiplyFour} from "./multiply";

const BLOCK: i32 = 64; // positions whose outputs stay in the cache between edges

/** w [Ci, Co] into panels u [⌈S/8⌉, R, 8]; rotated = 1: from R = Co channels to S = Ci, for the gradient of the input. */
export function pointwiseFilter(w: usize, u: usize, Ci: i32, Co: i32, rotated: i32): void {
  const S = rotated ? Ci : Co, R = rotated ? Co : Ci;
  for (let s = 0; s < S + 7 >> 3 << 3; s++)
    for (let r = 0; r < R; r++) {
      const at = rotated ? s * Co + r : r * Co + s;
      store<f32>(u + <usize>(((s >> 3) * R + r) * 8 + (s & 7)) * 4, s < S ? load<f32>(w + (<usize>at << 2)) : 0);
    }
}

/** `rows` ≤ 4 rows and `columns` ≤ 8 from c, which is [4, 8], to y. */
export function copyPart(c: usize, y: usize, step: usize, rows: i32, columns: i32, add: bool): void {
  for (let i = 0; i < rows; i++, c += 32, y += step)
    for (let s = 0; s < columns; s += 4) {
      const at = <usize>s << 2, count = min(4, columns - s);
      let value = v128.load(c + at);
      if (add) value = f32x4.add(value, loadPart4(y + at, count));
      if (count == 4) v128.store(y + at, value);
      else storePart(y + at, value, count);
    }
}

// @ts-ignore: decorator
@inline
function loadPart4(p: usize, count: i32): v128 {
  return count == 4 ? v128.load(p) : loadPart(p, count);
}

/**
 * Positions from … to − 1 of y [positions, S]. `edges`: for each, the address of its x [positions, C], C, and the address of its
 * panels, as int32; add = 1: onto what y holds. `scratch`: 128 bytes.
 */
export function pointwise(
  edges: usize, count: i32, y: usize, from: i32, to: i32, S: i32, add: i32, scratch: usize,
): void {
  const step = <usize>S << 2;
  for (let first = from; first < to; first += BLOCK) {
    const end = min(first + BLOCK, to);
    for (let e = 0; e < count; e++) {
      const x = load<usize>(edges + <usize>e * 12, 0), R = load<i32>(edges + <usize>e * 12, 4);
      let u = load<usize>(edges + <usize>e * 12, 8);
      const more = e > 0 || add != 0;
      const row = <usize>R << 2;
      for (let s = 0; s < S; s += 8, u += <usize>R << 5)
        for (let i = first; i < end; i += 4) {
          const rows = min(4, end - i);
          const a0 = x + <usize>i * row;
          const a1 = rows > 1 ? a0 + row : a0, a2 = rows > 2 ? a1 + row : a0, a3 = rows > 3 ? a2 + row : a0;
          const at = y + <usize>i * step + (<usize>s << 2);
          if (rows == 4 && s + 8 <= S) multiplyFour(a0, a1, a2, a3, u, R, at, step, more);
          else {
            multiplyFour(a0, a1, a2, a3, u, R, scratch, 32, false);
            copyPart(scratch, at, step, rows, min(8, S - s), more);
          }
        }
    }
  }
}
