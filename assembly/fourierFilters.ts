// From filters to planes, one frequency of the rows at a time, and back for their gradients.
//
//   panels   [lines][k, k], a vector four channels; of a filter [⌈S/8⌉][R][2] lines, of a gradient [Ci][C/4]
//
// The few taps of a filter's row are summed as the definition says, at every frequency: that is no more work than a transform, and
// what is kept is the filter itself. The first tap is the origin.

import {loadProducts, storePlanes} from "./fourierColumns";
import {fourierLine, lineBytes, rootAt} from "./fourierLine";
import {groupsOf} from "./fourierRows";
import {loadPart, storePart} from "./lanes";

/** Four channels from s on of tap `tap` and reduced channel r of w [k·k, Ci, Co]. */
// @ts-ignore: decorator
@inline
function filterVector(w: usize, tap: i32, r: i32, s: i32, Ci: i32, Co: i32, rotated: bool): v128 {
  if (!rotated) return loadPart(w + (<usize>((tap * Ci + r) * Co + s) << 2), Co - s);
  let value = f32x4.splat(0);
  const p = w + (<usize>((tap * Ci + s) * Co + r) << 2), step = <usize>Co << 2, count = Ci - s;
  value = v128.load32_lane(p, value, 0);
  if (count > 1) value = v128.load32_lane(p + step, value, 1);
  if (count > 2) value = v128.load32_lane(p + 2 * step, value, 2);
  if (count > 3) value = v128.load32_lane(p + 3 * step, value, 3);
  return value;
}

/** Filters w [k, k, Ci, Co] to panels. rotated = 0: R = Ci are reduced, S = Co made; 1: the other way, for the gradient of the input. */
export function fourierPanels(w: usize, k: i32, Ci: i32, Co: i32, rotated: i32, panels: usize): void {
  const R = rotated ? Co : Ci, S = rotated ? Ci : Co, taps = k * k;
  for (let s8 = 0; s8 < S; s8 += 8)
    for (let r = 0; r < R; r++)
      for (let s = s8; s < s8 + 8; s += 4)
        for (let tap = 0; tap < taps; tap++, panels += 16)
          v128.store(panels, s < S ? filterVector(w, tap, r, s, Ci, Co, <bool>rotated) : f32x4.splat(0));
}

/** The roots of frequency j at `count` places from `first` on, times `scale`, a vector each of cosines and of sines. */
// @ts-ignore: decorator
@inline
function storeRoots(table: usize, j: i32, first: i32, count: i32, scale: f32, to: usize): void {
  for (let b = 0; b < count; b++, to += 32) {
    const root = rootAt(table, j * (first + b + load<i32>(table)));
    v128.store(to, f32x4.splat(scale * load<f32>(root, 0)), 0);
    v128.store(to, f32x4.splat(scale * load<f32>(root, 4)), 16);
  }
}

/**
 * Frequency j of the rows of panels of `count` lines, and from there to planes as `fourierColumns`, third = re + im. `rowTable`: of the
 * rows' transform. `work`: four lines, of max(n, k) numbers. Taps that no image reaches fall where nothing is read.
 */
export function fourierFilterColumns(
  panels: usize, count: i32, k: i32, j: i32, to: usize, plane: usize, frequencies: i32, rowTable: usize, table: usize, work: usize,
): void {
  const bytes = lineBytes(max(load<i32>(table), k));
  const b = work + bytes, rows = b + bytes, roots = rows + bytes;
  storeRoots(rowTable, j, 0, k, 1, roots);
  const row = <usize>k << 4, end = roots + (<usize>k << 5);
  for (let l = 0; l < count; l++, to += 16) {
    let at = rows;
    for (const last = panels + <usize>k * row; panels < last; at += 32) {
      let re = f32x4.splat(0), im = re;
      for (let root = roots; root < end; root += 32, panels += 16) {
        const value = v128.load(panels);
        re = f32x4.add(re, f32x4.mul(value, v128.load(root, 0)));
        im = f32x4.add(im, f32x4.mul(value, v128.load(root, 16)));
      }
      v128.store(at, re, 0);
      v128.store(at, im, 16);
    }
    storePlanes(fourierLine(rows, k, work, b, table), frequencies, to, plane, false);
  }
}

/**
 * What frequency j of the rows, and n − j, give to the gradient of filters, from products x·conj(w) in planes, times n of both lengths
 * and `scale`. add = 1: onto what the panels hold.
 */
export function fourierFilterColumnsBack(
  from: usize, plane: usize, frequencies: i32, panels: usize, count: i32, k: i32, j: i32, scale: f32, add: i32,
  rowTable: usize, table: usize, work: usize,
): void {
  const n = load<i32>(table), bytes = lineBytes(max(n, k));
  const a = work + bytes, b = a + bytes, roots = b + bytes;
  const half = k >> 1, row = <usize>k << 4;
  storeRoots(rowTable, j, -half, k, j > 0 && 2 * j < load<i32>(rowTable) ? 2 * scale : scale, roots);
  const zero = f32x4.splat(0);
  for (let l = 0; l < count; l++, from += 16) {
    loadProducts(from, plane, frequencies, n, work, true);
    const values = fourierLine(work, n, a, b, table);
    for (let i = -half; i <= half; i++) {
      const at = values + (<usize>(i < 0 ? i + n : i) << 5);
      const re = v128.load(at, 16), im = v128.load(at, 0);
      for (let root = roots, end = panels + row; panels < end; root += 32, panels += 16) {
        const term = f32x4.add(f32x4.mul(re, v128.load(root, 0)), f32x4.mul(im, v128.load(root, 16)));
        v128.store(panels, f32x4.add(add ? v128.load(panels) : zero, term));
      }
    }
  }
}

/** Panels of a gradient to dw [k, k, Ci, Co]. */
export function fourierUnpanel(panels: usize, dw: usize, k: i32, Ci: i32, Co: i32): void {
  const groups = groupsOf(Co), taps = k * k, step = <usize>(Ci * Co) << 2;
  for (let c = 0; c < Ci; c++)
    for (let g = 0; g < groups; g++) {
      let to = dw + (<usize>(c * Co + 4 * g) << 2);
      for (let tap = 0; tap < taps; tap++, panels += 16, to += step)
        if (4 * g < Co) storePart(to, v128.load(panels), Co - 4 * g);
    }
}
