// Convolution of spikes as lists of events: adds only, as many as there are spikes.
//
//   by position   c of every spike of an image, position after position
//   by column     for a row of outputs what its k filter rows see, column after column. What an output sees, k columns, is one
//                 stretch of this list: one end that the processor cannot predict.
//
// Sixteen output channels at a time stay in four registers. Two events are added before their sum is: fewer additions wait for the
// last.

import {imageStatistics} from "./batchNorm";
import {avgPool} from "./pool";
import {storeUnit} from "./unit";

/** Events are copied eight at a time: bytes beyond a list's last event that may be read and written. */
const SLACK: usize = 64;
/** Bytes of lists by column that a piece of rows may need. */
const PIECE_BYTES: i32 = 512 << 10;

/** Rows of outputs whose lists are made at once. */
function pieceRows(OH: i32, W: i32, Ci: i32, k: i32): i32 {
  return min(OH, max(1, PIECE_BYTES / (k * W * Ci * 4)));
}

/** Bytes of scratch that `spikeConvEvents` needs. */
export function eventScratchBytes(H: i32, W: i32, Ci: i32, OH: i32, k: i32): i32 {
  const rows = pieceRows(OH, W, Ci, k);
  return ((H * W + 1 + H * W * Ci + rows * (W + 1 + k * W * Ci)) << 2) + 2 * <i32>SLACK;
}

/** One image's events by position, 64·c each. `starts`: where each position begins, and the end. */
function eventsByPosition(bits: usize, list: usize, starts: usize, positions: i32, words: i32): void {
  let to = list;
  for (let i = 0; i < positions; i++, starts += 4) {
    store<u32>(starts, <u32>to);
    for (let first = 0, end = words << 5; first < end; first += 32, bits += 4)
      for (let m = load<u32>(bits); m != 0; m &= m - 1, to += 4) store<u32>(to, (first + i32.ctz(m)) << 6);
  }
  store<u32>(starts, <u32>to);
}

/**
 * Appends the events of `rows` positions whose starts are `step` bytes apart, with `first` added to those of the first and `size`
 * more from each to the next. Returns where they end.
 */
// @ts-ignore: decorator
@inline
function appendColumn(starts: usize, step: usize, rows: i32, first: i32, size: i32, to: usize): usize {
  for (let a = 0; a < rows; a++, starts += step, first += size) {
    let from = <usize>load<u32>(starts);
    const end = <usize>load<u32>(starts, 4), offset = to - from;
    const base = i32x4.splat(first);
    do {
      v128.store(from + offset, i32x4.add(v128.load(from), base), 0);
      v128.store(from + offset, i32x4.add(v128.load(from, 16), base), 16);
      from += 32;
    } while (from < end);
    to = end + offset;
  }
  return to;
}

/** The lists of output row i, events 64·((x·k + a)·Ci + c) each. `columns`: where each column begins, and the end. */
// @ts-ignore: decorator
@inline
function eventsByColumn(
  starts: usize, columns: usize, to: usize, i: i32, H: i32, W: i32, Ci: i32, k: i32, stride: i32,
): usize {
  const top = stride * i - (k >> 1);
  const a0 = max(0, -top), a1 = min(k, H - top);
  const size = Ci << 6;
  let from = starts + (<usize>((top + a0) * W) << 2);
  for (let x = 0; x < W; x++, from += 4, columns += 4) {
    store<u32>(columns, <u32>to);
    to = appendColumn(from, <usize>W << 2, a1 - a0, (x * k + a0) * size, size, to);
  }
  store<u32>(columns, <u32>to);
  return to;
}

/** One row of outputs through sixteen filters: y [OW, ...], `row` bytes a position, the first `channels` stored. */
function convRow(
  columns: usize, w: usize, y: usize, row: i32, channels: i32, W: i32, OW: i32, Ci: i32, k: i32, stride: i32,
): void {
  const column = (k * Ci) << 6;
  for (let j = 0, left = -(k >> 1); j < OW; j++, left += stride, y += row) {
    const base = w - <usize>(left * column);
    let e = <usize>load<u32>(columns + (<usize>max(0, left) << 2));
    const end = <usize>load<u32>(columns + (<usize>min(W, left + k) << 2));
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    if ((end - e) & 4) {
      const p = base + <usize>load<u32>(e);
      s0 = v128.load(p, 0);
      s1 = v128.load(p, 16);
      s2 = v128.load(p, 32);
      s3 = v128.load(p, 48);
      e += 4;
    }
    for (; e < end; e += 8) {
      const p = base + <usize>load<u32>(e), q = base + <usize>load<u32>(e, 4);
      s0 = f32x4.add(s0, f32x4.add(v128.load(p, 0), v128.load(q, 0)));
      s1 = f32x4.add(s1, f32x4.add(v128.load(p, 16), v128.load(q, 16)));
      s2 = f32x4.add(s2, f32x4.add(v128.load(p, 32), v128.load(q, 32)));
      s3 = f32x4.add(s3, f32x4.add(v128.load(p, 48), v128.load(q, 48)));
    }
    storeUnit(y, channels, s0, s1, s2, s3);
  }
}

/**
 * y [N, OH, OW, Co] from the bits of x [N, H, W, Ci] and the filters as `columnFilters` lays them out. `scratch`:
 * `eventScratchBytes`. Every `perGroup` images (0: none) have their mean and variance [groups, Co] computed on the way; `sums`:
 * 20·Co bytes. pool > 1: the map exists an image at a time, in `whole`, and y is [N, ⌊OH/pool⌋, ⌊OW/pool⌋, Co], its means over
 * windows; the statistics are the map's.
 */
export function spikeConvEvents(
  bits: usize, w: usize, y: usize, scratch: usize,
  N: i32, H: i32, W: i32, Ci: i32, OH: i32, OW: i32, Co: i32, k: i32, stride: i32,
  perGroup: i32, mean: usize, variance: usize, sums: usize, pool: i32, whole: usize,
): void {
  const words = (Ci + 31) >> 5;
  const image = <usize>(H * W * words) << 2;
  const row = Co << 2, line = <usize>(OW * row);
  const piece = pieceRows(OH, W, Ci, k);
  const list = scratch + (<usize>(H * W + 1) << 2);
  const columns = list + (<usize>(H * W * Ci) << 2) + SLACK;
  const index = <usize>(W + 1) << 2;
  const step = <usize>((OH / pool) * (OW / pool) * row);
  for (let n = 0; n < N; n++, bits += image, y += step) {
    const out = pool > 1 ? whole : y;
    eventsByPosition(bits, list, scratch, H * W, words);
    for (let first = 0; first < OH; first += piece) {
      const rows = min(piece, OH - first);
      let to = columns + <usize>piece * index;
      for (let i = 0; i < rows; i++)
        to = eventsByColumn(scratch, columns + <usize>i * index, to, first + i, H, W, Ci, k, stride);
      for (let o = 0, filters = w; o < Co; o += 16, filters += <usize>(k * k * Ci) << 6)
        for (let i = 0; i < rows; i++) {
          const at = out + <usize>(first + i) * line + (<usize>o << 2);
          convRow(columns + <usize>i * index, filters, at, row, min(16, Co - o), W, OW, Ci, k, stride);
        }
    }
    if (perGroup) imageStatistics(out, n, perGroup, OH * OW, Co, mean, variance, sums);
    if (pool > 1) avgPool(out, y, 1, OH, OW, Co, pool);
  }
}
