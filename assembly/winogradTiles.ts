// Winograd's transforms of whole tiles: n x n inputs to n² values, and n² values to 4 x 4 outputs, all channels.
//
// Value ξ = n·i + j of every tile lies in plane ξ: [n²][tiles][channels].

import {loadPart, storePart} from "./lanes";
import {dataLine, outputLine} from "./winogradLines";

/** Four channels of n inputs of a row, zeros where a column is outside from … to − 1. */
// @ts-ignore: decorator
@inline
function gather(p: usize, step: usize, n: i32, from: i32, to: i32, channels: i32, out: usize): void {
  for (let j = 0; j < n; j++) {
    const at = p + <usize>j * step;
    let value = f32x4.splat(0);
    if (j >= from && j < to) value = channels >= 4 ? v128.load(at) : loadPart(at, channels);
    v128.store(out + (<usize>j << 4), value);
  }
}

/**
 * The tile of x [H, W, C] whose first input is (top, left), into planes from `to` on. `work`: 2·n²·16 bytes.
 */
// @ts-ignore: decorator
@inline
export function dataTile(
  n: i32, x: usize, H: i32, W: i32, C: i32, top: i32, left: i32, to: usize, plane: usize, work: usize, factors: usize,
): void {
  const step = <usize>C << 2;
  const row = <usize>W * step;
  const line = <usize>n << 4;
  const from = max(0, -left), end = min(n, W - left);
  const first = max(0, -top), last = min(n, H - top);
  const inside = from == 0 && end == n;
  const edge = work + <usize>n * line;
  for (let i = 0; i < n; i++) if (i < first || i >= last) memory.fill(work + <usize>i * line, 0, line);
  for (let c = 0; c < C; c += 4, to += 16) {
    let p = x + <usize>(((top + first) * W + left) * C + c) * 4;
    for (let i = first; i < last; i++, p += row) {
      const out = work + <usize>i * line;
      if (inside && c + 4 <= C) dataLine(n, p, step, out, 16, factors);
      else {
        gather(p, step, n, from, end, C - c, edge);
        dataLine(n, edge, 16, out, 16, factors);
      }
    }
    for (let j = 0; j < n; j++)
      dataLine(n, work + (<usize>j << 4), line, to + <usize>j * plane, <usize>n * plane, factors);
  }
}

/** The outputs of a tile, from planes from `from` on, to (top, left) of y [H, W, C]; `add`: onto what is there. */
// @ts-ignore: decorator
@inline
export function outputTile(
  n: i32, from: usize, plane: usize, y: usize, H: i32, W: i32, C: i32, top: i32, left: i32, add: bool,
  work: usize, factors: usize,
): void {
  const step = <usize>C << 2;
  const rows = min(4, H - top), columns = min(4, W - left);
  const line = <usize>n << 4;
  const edge = work + <usize>n * line;
  const inside = columns == 4 && !add;
  for (let c = 0; c < C; c += 4, from += 16) {
    for (let j = 0; j < n; j++) {
      const at = from + <usize>j * plane, to = work + (<usize>j << 4);
      outputLine(n, at, <usize>n * plane, to, line, factors);
    }
    let p = y + <usize>((top * W + left) * C + c) * 4;
    for (let i = 0; i < rows; i++, p += <usize>W * step) {
      const at = work + <usize>i * line;
      if (inside && c + 4 <= C) {
        outputLine(n, at, 16, p, step, factors);
        continue;
      }
      outputLine(n, at, 16, edge, 16, factors);
      let q = p;
      for (let j = 0; j < columns; j++, q += step) {
        let value = v128.load(edge + (<usize>j << 4));
        if (c + 4 <= C) {
          if (add) value = f32x4.add(value, v128.load(q));
          v128.store(q, value);
        } else {
          if (add) value = f32x4.add(value, loadPart(q, C - c));
          storePart(q, value, C - c);
        }
      }
    }
  }
}
