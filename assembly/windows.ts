// Convolution of spikes by table: the k positions that a filter row sees are one stretch of bits, read a byte at a time; for every
// byte the 256 sums of its weights are made once. No branch, whatever the density of spikes.

import {imageStatistics} from "./batchNorm";
import {avgPool} from "./pool";
import {storeUnit} from "./unit";

/**
 * Bytes from the 256 sums of one byte's weights to those of the next. At 16384 the sums of rare spikes, a few of each, would all
 * compete for the same few lines of the first-level cache.
 */
const SLICE: usize = 16384 + 64 * 5;

/** Bytes of the tables for sixteen outputs of k·k·C weights each. */
export function windowTableBytes(k: i32, C: i32): i32 {
  return ((k * k * C) >> 3) * <i32>SLICE;
}

/** w [k·k·C][16] → table [k·k·C/8][256][16]. */
function windowTable(w: usize, table: usize, C: i32, k: i32): void {
  const groups = (k * k * C) >> 3;
  for (let g = 0; g < groups; g++, table += SLICE, w += 512) {
    for (let o: usize = 0; o < 64; o += 16) v128.store(table + o, f32x4.splat(0));
    for (let m = 1; m < 256; m++) {
      const others = table + (<usize>(m & (m - 1)) << 6);
      const from = w + (<usize>i32.ctz(m) << 6);
      const to = table + (<usize>m << 6);
      for (let o: usize = 0; o < 64; o += 16)
        v128.store(to + o, f32x4.add(v128.load(others + o), v128.load(from + o)));
    }
  }
}

/** One image's bits to C/8 bytes a position, k/2 positions of zeros on both sides of each row. */
function windowBits(bits: usize, rows: usize, H: i32, W: i32, C: i32, k: i32): void {
  const bytes = <usize>C >> 3;
  const position = <usize>((C + 31) >> 5) << 2;
  const side = <usize>(k >> 1) * bytes;
  for (let h = 0; h < H; h++) {
    memory.fill(rows, 0, side);
    rows += side;
    if (bytes == position) {
      memory.copy(rows, bits, <usize>W * bytes);
      rows += <usize>W * bytes;
      bits += <usize>W * bytes;
    } else if (bytes == 2)
      for (let x = 0; x < W; x++, bits += 4, rows += 2) store<u16>(rows, load<u16>(bits));
    else for (let x = 0; x < W; x++, bits += position, rows += bytes) memory.copy(rows, bits, bytes);
    memory.fill(rows, 0, side);
    rows += side;
  }
}

/** One image through sixteen filters: y [H, W, ...], `row` bytes a position, the first `channels` stored. */
function convImage(
  rows: usize, table: usize, y: usize, row: i32, channels: i32, H: i32, W: i32, C: i32, k: i32,
): void {
  const bytes = <usize>C >> 3;
  const side = k >> 1;
  const stretch = <usize>k * bytes;
  const line = <usize>(W + 2 * side) * bytes;
  for (let i = 0; i < H; i++) {
    const a0 = max(0, side - i), a1 = min(k, H + side - i);
    let windows = rows + <usize>(i + a0 - side) * line;
    const tables = table + <usize>a0 * stretch * SLICE;
    for (let j = 0; j < W; j++, y += row, windows += bytes) {
      let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
      let t = tables;
      if (stretch == 2) { // 1×1, sixteen channels: nothing to go through
        const p = t + (<usize>load<u8>(windows) << 6);
        const q = t + (<usize>load<u8>(windows, 1) << 6);
        s0 = f32x4.add(v128.load(p, 0), v128.load(q, SLICE));
        s1 = f32x4.add(v128.load(p, 16), v128.load(q, SLICE + 16));
        s2 = f32x4.add(v128.load(p, 32), v128.load(q, SLICE + 32));
        s3 = f32x4.add(v128.load(p, 48), v128.load(q, SLICE + 48));
      } else for (let a = a0, window = windows; a < a1; a++, window += line) {
        let from = window;
        for (const end = window + (stretch & ~1); from < end; from += 2, t += 2 * SLICE) {
          const p = t + (<usize>load<u8>(from) << 6);
          const q = t + (<usize>load<u8>(from, 1) << 6);
          s0 = f32x4.add(s0, f32x4.add(v128.load(p, 0), v128.load(q, SLICE)));
          s1 = f32x4.add(s1, f32x4.add(v128.load(p, 16), v128.load(q, SLICE + 16)));
          s2 = f32x4.add(s2, f32x4.add(v128.load(p, 32), v128.load(q, SLICE + 32)));
          s3 = f32x4.add(s3, f32x4.add(v128.load(p, 48), v128.load(q, SLICE + 48)));
        }
        if (stretch & 1) {
          const p = t + (<usize>load<u8>(from) << 6);
          s0 = f32x4.add(s0, v128.load(p, 0));
          s1 = f32x4.add(s1, v128.load(p, 16));
          s2 = f32x4.add(s2, v128.load(p, 32));
          s3 = f32x4.add(s3, v128.load(p, 48));
          t += SLICE;
        }
      }
      storeUnit(y, channels, s0, s1, s2, s3);
    }
  }
}

/**
 * As `spikeConvEvents` at stride 1, Ci a multiple of eight. `scratch`: the tables, `windowTableBytes` for sixteen outputs,
 * then one image's bits, H·(W + k)·Ci/8 bytes.
 */
export function spikeConvWindows(
  bits: usize, w: usize, y: usize, scratch: usize,
  N: i32, H: i32, W: i32, Ci: i32, OH: i32, OW: i32, Co: i32, k: i32, stride: i32,
  perGroup: i32, mean: usize, variance: usize, sums: usize, pool: i32, whole: usize,
): void {
  const image = <usize>(H * W * ((Ci + 31) >> 5)) << 2;
  const row = Co << 2;
  const block = <usize>(k * k * Ci) << 6;
  const table = <usize>windowTableBytes(k, Ci);
  const blocks = (Co + 15) >> 4;
  const rows = scratch + <usize>blocks * table;
  for (let b = 0; b < blocks; b++) windowTable(w + <usize>b * block, scratch + <usize>b * table, Ci, k);
  const step = <usize>((H / pool) * (W / pool) * row);
  for (let n = 0; n < N; n++, bits += image, y += step) {
    const to = pool > 1 ? whole : y;
    windowBits(bits, rows, H, W, Ci, k);
    for (let b = 0; b < blocks; b++)
      convImage(rows, scratch + <usize>b * table, to + (<usize>b << 6), row, min(16, Co - (b << 4)), H, W, Ci, k);
    if (perGroup) imageStatistics(to, n, perGroup, H * W, Co, mean, variance, sums);
    if (pool > 1) avgPool(to, y, 1, H, W, Co, pool);
  }
}
