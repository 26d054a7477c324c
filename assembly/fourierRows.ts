// From maps to lines, and back: the first half of a two-dimensional transform of real values, and the second of its
// inverse.
//
//   lines   [n/2 + 1 frequencies of the rows, `jump` bytes apart][lines][rows, even][re, im], a line four channels
//
// Two rows are the real and the imaginary part of one line x + iy; what comes of it is told apart by symmetry:
//
//   2X[j] = Z[j] + conj Z[n − j]      2Y[j] = −i(Z[j] − conj Z[n − j])
//
// The factor 2 stays in the lines. Channels are filled with zeros to a multiple of eight.

import {imageStatistics} from "./batchNorm";
import {fourierLine, lineBytes} from "./fourierLine";
import {loadPart, storePart} from "./lanes";
import {avgPool} from "./pool";

// @ts-ignore: decorator
@inline
export function groupsOf(C: i32): i32 {
  return ((C + 7) >> 3) << 1;
}

/** The transform of two rows in one, to lines. */
// @ts-ignore: decorator
@inline
function storePair(values: usize, n: i32, to: usize, jump: usize): void {
  const zero = f32x4.splat(0);
  v128.store(to, f32x4.add(v128.load(values, 0), v128.load(values, 0)), 0);
  v128.store(to, zero, 16);
  v128.store(to, f32x4.add(v128.load(values, 16), v128.load(values, 16)), 32);
  v128.store(to, zero, 48);
  to += jump;
  let p = values + 32, q = values + (<usize>(n - 1) << 5);
  for (; p <= q; p += 32, q -= 32, to += jump) {
    const pr = v128.load(p, 0), pi = v128.load(p, 16), qr = v128.load(q, 0), qi = v128.load(q, 16);
    v128.store(to, f32x4.add(pr, qr), 0);
    v128.store(to, f32x4.sub(pi, qi), 16);
    v128.store(to, f32x4.add(pi, qi), 32);
    v128.store(to, f32x4.sub(qr, pr), 48);
  }
}

/** Two rows' lines as one, real and imaginary parts swapped, as an inverse transform reads them. */
// @ts-ignore: decorator
@inline
function loadPair(from: usize, jump: usize, n: i32, to: usize): void {
  v128.store(to, v128.load(from, 32), 0);
  v128.store(to, v128.load(from, 0), 16);
  from += jump;
  let p = to + 32, q = to + (<usize>(n - 1) << 5);
  for (; p < q; p += 32, q -= 32, from += jump) {
    const xr = v128.load(from, 0), xi = v128.load(from, 16), yr = v128.load(from, 32), yi = v128.load(from, 48);
    v128.store(p, f32x4.add(yr, xi), 0);
    v128.store(p, f32x4.sub(xr, yi), 16);
    v128.store(q, f32x4.sub(yr, xi), 0);
    v128.store(q, f32x4.add(xr, yi), 16);
  }
  v128.store(p, v128.load(from, 32), 0);
  v128.store(p, v128.load(from, 0), 16);
}

/** Images of x [N, H, W, C] to lines [frequencies][images][C/4][H]. `work`: three lines. */
export function fourierRows(
  x: usize, images: i32, H: i32, W: i32, C: i32, lines: usize, jump: usize, table: usize, work: usize,
): void {
  const n = load<i32>(table);
  const a = work + lineBytes(n), b = a + lineBytes(n);
  const groups = groupsOf(C);
  const column = <usize>C << 2, row = <usize>W * column;
  const line = <usize>((H + 1) & ~1) << 5;
  for (let m = 0; m < images; m++, x += <usize>H * row, lines += <usize>groups * line)
    for (let h = 0; h < H; h += 2)
      for (let g = 0; g < groups; g++) {
        const count = C - 4 * g;
        const second = h + 1 < H;
        let p = x + <usize>h * row + (<usize>g << 4), at = work;
        for (let w = 0; w < W; w++, p += column, at += 32) {
          let re = f32x4.splat(0), im = re;
          if (count > 0) {
            re = loadPart(p, count);
            if (second) im = loadPart(p + row, count);
          }
          v128.store(at, re, 0);
          v128.store(at, im, 16);
        }
        storePair(fourierLine(work, W, a, b, table), n, lines + <usize>g * line + (<usize>h << 5), jump);
      }
}

/** One image: the inverse of its lines, times n·scale, to y [H, W, C], column w from place first + w; `add`: onto what it holds. */
function imageBack(
  lines: usize, jump: usize, y: usize, H: i32, W: i32, C: i32, first: i32, scale: f32, add: bool, table: usize, work: usize,
): void {
  const n = load<i32>(table);
  const a = work + lineBytes(n), b = a + lineBytes(n);
  const column = <usize>C << 2, row = <usize>W * column;
  const line = <usize>((H + 1) & ~1) << 5;
  const factor = f32x4.splat(scale);
  const start = first < 0 ? first + n : first;
  for (let h = 0; h < H; h += 2)
    for (let g = 0; 4 * g < C; g++) {
      loadPair(lines + <usize>g * line + (<usize>h << 5), jump, n, work);
      const count = C - 4 * g;
      const second = h + 1 < H;
      const values = fourierLine(work, n, a, b, table), end = values + (<usize>n << 5);
      let at = values + (<usize>start << 5), p = y + <usize>h * row + (<usize>g << 4);
      for (let w = 0; w < W; w++, p += column) {
        let re = f32x4.mul(v128.load(at, 16), factor), im = f32x4.mul(v128.load(at, 0), factor);
        if (add) {
          re = f32x4.add(re, loadPart(p, count));
          if (second) im = f32x4.add(im, loadPart(p + row, count));
        }
        storePart(p, re, count);
        if (second) storePart(p + row, im, count);
        at += 32;
        if (at == end) at = values;
      }
    }
}

/** The inverse, times n: lines to images of y [N, H, W, C], each value times `scale`. add = 1: onto what y holds. */
export function fourierRowsBack(
  lines: usize, jump: usize, y: usize, images: i32, H: i32, W: i32, C: i32, first: i32, scale: f32, add: i32, table: usize, work: usize,
): void {
  const image = <usize>(groupsOf(C) * ((H + 1) & ~1)) << 5, map = <usize>(H * W * C) << 2;
  for (let m = 0; m < images; m++, lines += image, y += map)
    imageBack(lines, jump, y, H, W, C, first, scale, <bool>add, table, work);
}

/**
 * The same for images `image0` … of a forward pass. Every `perGroup` images (0: none) have their mean and variance [groups, C] computed
 * on the way; `sums`: 20·C bytes. pool > 1: a map exists an image at a time, in `whole`, and y is [N, ⌊H/pool⌋, ⌊W/pool⌋, C], its
 * means over windows; the statistics are the map's.
 */
export function fourierForwardBack(
  lines: usize, jump: usize, y: usize, image0: i32, images: i32, H: i32, W: i32, C: i32, first: i32, scale: f32, table: usize, work: usize,
  perGroup: i32, mean: usize, variance: usize, sums: usize, pool: i32, whole: usize,
): void {
  const image = <usize>(groupsOf(C) * ((H + 1) & ~1)) << 5, map = <usize>((H / pool) * (W / pool) * C) << 2;
  for (let m = 0; m < images; m++, lines += image, y += map) {
    const out = pool > 1 ? whole : y;
    imageBack(lines, jump, out, H, W, C, first, scale, false, table, work);
    if (perGroup) imageStatistics(out, image0 + m, perGroup, H * W, C, mean, variance, sums);
    if (pool > 1) avgPool(out, y, 1, H, W, C, pool);
  }
}
