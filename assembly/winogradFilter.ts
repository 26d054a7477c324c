// Filters in Winograd's domain, in panels: u [n²][⌈S/8⌉][R][8] from w [k, k, Ci, Co], R channels reduced, S made.

import {loadPart} from "./lanes";
import {filterLine} from "./winogradLines";

/** Inputs n of a tile's side. */
// @ts-ignore: decorator
@inline
export function tileSize(k: i32): i32 {
  return k == 3 ? 6 : 8;
}

// @ts-ignore: decorator
@inline
export function four(x: i32): i32 {
  return (x + 3) & ~3;
}

// @ts-ignore: decorator
@inline
export function eight(x: i32): i32 {
  return (x + 7) & ~7;
}

/** Bytes of the transformed filters of edges with R channels in all (each edge's rounded up to a multiple of four). */
export function winogradFilterBytes(k: i32, R: i32, S: i32): i32 {
  const n = tileSize(k);
  return n * n * R * eight(S) * 4;
}

/** G g Gᵀ of four channels: r x r taps at `taps`, n x n values to `values`; `middle`: n·r vectors. */
// @ts-ignore: decorator
@inline
function transform(n: i32, taps: usize, middle: usize, values: usize): void {
  const row = <usize>(n - 3) << 4;
  for (let b: usize = 0; b < row; b += 16) filterLine(n, taps + b, row, middle + b, row);
  for (let i = 0; i < n; i++) filterLine(n, middle + <usize>i * row, 16, values + (<usize>(i * n) << 4), 16);
}

// @ts-ignore: decorator
@inline
function filters(
  n: i32, w: usize, u: usize, k: i32, Ci: i32, Co: i32, rotated: bool, first: i32, R: i32, scratch: usize,
): void {
  const S = rotated ? Ci : Co, reduced = rotated ? Co : Ci;
  const panels = eight(S) >> 3;
  const plane = <usize>(panels * R) << 5;
  const taps = scratch, middle = taps + 512, values = middle + 1024;
  for (let s = 0; s < eight(S); s += rotated ? 1 : 4)
    for (let c = 0; c < four(reduced); c += rotated ? 4 : 1) {
      const inside = s < S && c < reduced;
      const count = inside ? min(4, rotated ? reduced - c : S - s) : 0;
      const channel = rotated ? s * Co + c : c * Co + s;
      for (let tap = 0; tap < k * k; tap++) {
        const at = w + (<usize>((rotated ? k * k - 1 - tap : tap) * Ci * Co + channel) << 2);
        let value = f32x4.splat(0);
        if (count) value = count == 4 ? v128.load(at) : loadPart(at, count);
        v128.store(taps + (<usize>tap << 4), value);
      }
      transform(n, taps, middle, values);
      let to = u + (<usize>((s >> 3) * R + first + c) << 5) + (<usize>(s & 7) << 2);
      for (let at = values, end = values + (<usize>(n * n) << 4); at < end; at += 16, to += plane) {
        const value = v128.load(at);
        if (rotated) {
          v128.store32_lane(to, value, 0, 0);
          v128.store32_lane(to, value, 1, 32);
          v128.store32_lane(to, value, 2, 64);
          v128.store32_lane(to, value, 3, 96);
        } else v128.store(to, value);
      }
    }
}

/**
 * One edge's filter into u, its reduction from row `first` on. `scratch`: 3 KiB.
 *
 * rotated = 1: for the gradient of the input, by 180°, from Co channels to S = Ci. rotated = 0: as it is, from Ci to S = Co.
 */
export function winogradFilter(
  w: usize, u: usize, k: i32, Ci: i32, Co: i32, rotated: i32, first: i32, R: i32, scratch: usize,
): void {
  if (k == 3) filters(6, w, u, k, Ci, Co, <bool>rotated, first, R, scratch);
  else filters(8, w, u, k, Ci, Co, <bool>rotated, first, R, scratch);
}
