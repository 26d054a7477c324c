// From lines of one column's frequency to planes, and back: the second half of a two-dimensional transform, and the first of its
// inverse.
//
//   lines    [lines][rows, even][re, im] for one frequency of the rows: a line is a column of four channels
//   planes   [frequencies of the column][re, im, third][lines], a vector a line
//
// The product of complex numbers takes three of real ones, of the real parts, of the imaginary parts and of `third`:
//
//   x·conj(w)   re = p + q   im = p − q − r      r = (x_re − x_im)(w_re + w_im)
//   d·w         re = p − q   im = r − p − q      r = (d_re + d_im)(w_re + w_im)
//
// Where the line's frequency is 0 or n/2 all its rows are real: frequencies up to n/2 are all there is, the others their conjugates.

import {fourierLine, lineBytes} from "./fourierLine";

/** Vectors of a line whose frequency is one of those `frequencies`, to planes from `to` on. */
// @ts-ignore: decorator
@inline
export function storePlanes(values: usize, frequencies: i32, to: usize, plane: usize, minus: bool): void {
  for (let i = 0; i < frequencies; i++, values += 32, to += 3 * plane) {
    const re = v128.load(values, 0), im = v128.load(values, 16);
    v128.store(to, re);
    v128.store(to + plane, im);
    v128.store(to + 2 * plane, minus ? f32x4.sub(re, im) : f32x4.add(re, im));
  }
}

/** `count` lines of `rows` rows to planes. minus = 1: third = re − im, for x; 0: re + im. `work`: three lines. */
export function fourierColumns(
  lines: usize, count: i32, rows: i32, to: usize, plane: usize, frequencies: i32, minus: i32, table: usize, work: usize,
): void {
  const b = work + lineBytes(load<i32>(table));
  const step = <usize>((rows + 1) & ~1) << 5;
  for (let l = 0; l < count; l++, lines += step, to += 16) {
    const values = fourierLine(lines, rows, work, b, table);
    if (minus) storePlanes(values, frequencies, to, plane, true);
    else storePlanes(values, frequencies, to, plane, false);
  }
}

/** Complex products of a line from three real ones each, real and imaginary parts swapped, as an inverse transform reads them. */
// @ts-ignore: decorator
@inline
export function loadProducts(from: usize, plane: usize, frequencies: i32, n: i32, to: usize, conjugated: bool): void {
  const half = frequencies < n;
  for (let i = 0; i < frequencies; i++, from += 3 * plane) {
    const p = v128.load(from), q = v128.load(from + plane), r = v128.load(from + 2 * plane);
    const re = conjugated ? f32x4.add(p, q) : f32x4.sub(p, q);
    const im = conjugated ? f32x4.sub(f32x4.sub(p, q), r) : f32x4.sub(r, f32x4.add(p, q));
    const at = to + (<usize>i << 5);
    v128.store(at, im, 0);
    v128.store(at, re, 16);
    if (half && i > 0 && i < n - i) {
      const mirrored = to + (<usize>(n - i) << 5);
      v128.store(mirrored, f32x4.neg(im), 0);
      v128.store(mirrored, re, 16);
    }
  }
}

/**
 * The inverse, times n: lines from the products in planes, row i from place first + i mod n. conjugated = 1: of x·conj(w); 0: of d·w. add = 1: onto what the lines
 * hold. A line's last row where `rows` is odd holds some number.
 */
export function fourierColumnsBack(
  from: usize, plane: usize, frequencies: i32, conjugated: i32, lines: usize, count: i32, rows: i32, first: i32, add: i32,
  table: usize, work: usize,
): void {
  const n = load<i32>(table);
  const a = work + lineBytes(n), b = a + lineBytes(n);
  const even = (rows + 1) & ~1;
  for (let l = 0; l < count; l++, from += 16) {
    if (conjugated) loadProducts(from, plane, frequencies, n, work, true);
    else loadProducts(from, plane, frequencies, n, work, false);
    const values = fourierLine(work, n, a, b, table);
    let place = first < 0 ? first + n : first;
    for (let i = 0; i < even; i++, lines += 32) {
      const at = values + (<usize>place << 5);
      let re = v128.load(at, 16), im = v128.load(at, 0);
      if (add) {
        re = f32x4.add(re, v128.load(lines, 0));
        im = f32x4.add(im, v128.load(lines, 16));
      }
      v128.store(lines, re, 0);
      v128.store(lines, im, 16);
      place = place + 1 == n ? 0 : place + 1;
    }
  }
}
