// From spikes to planes, one frequency of the rows at a time: a row's transform is a sum of looked-up ones, of eight places each.
//
//   lines    [images][C/4][H][⌈W/8⌉][4] bytes, bit i of byte b the spike at place 8b + i, channels filled up as in fourierRows.ts
//   tables   [⌈W/8⌉][256] complex numbers: what the spikes of a byte give to frequency j

import {storePlanes} from "./fourierColumns";
import {fourierLine, lineBytes, rootAt} from "./fourierLine";
import {groupsOf} from "./fourierRows";

/** Bits of `words` words, one word a place, of the eight places from `bits` on of which `there` exist: channel c's byte to c's place. */
// @ts-ignore: decorator
@inline
function storeBytes(bits: usize, column: usize, there: i32, channels: i32, to: usize, group: usize): void {
  let low = i32x4.splat(0), high = low;
  low = v128.load32_lane(bits, low, 0);
  if (there > 1) low = v128.load32_lane(bits + column, low, 1);
  if (there > 2) low = v128.load32_lane(bits + 2 * column, low, 2);
  if (there > 3) low = v128.load32_lane(bits + 3 * column, low, 3);
  bits += 4 * column;
  if (there > 4) high = v128.load32_lane(bits, high, 0);
  if (there > 5) high = v128.load32_lane(bits + column, high, 1);
  if (there > 6) high = v128.load32_lane(bits + 2 * column, high, 2);
  if (there > 7) high = v128.load32_lane(bits + 3 * column, high, 3);
  for (let c = 0; c < channels; c += 4, to += group)
    for (let i = 0; i < 4; i++) {
      const shift = 31 - c - i;
      const byte = i32x4.bitmask(i32x4.shl(low, shift)) | (i32x4.bitmask(i32x4.shl(high, shift)) << 4);
      store<u8>(to + <usize>i, <u8>byte);
    }
}

/** Bits of spikes [images, H, W, C], as `packSpikes` makes them, to lines. */
export function spikeLines(bits: usize, images: i32, H: i32, W: i32, C: i32, to: usize): void {
  const column = <usize>((C + 31) >> 5) << 2, bytes = (W + 7) >> 3;
  const group = <usize>(H * bytes) << 2, channels = 4 * groupsOf(C);
  for (let m = 0; m < images; m++, to += <usize>(channels >> 2) * group)
    for (let h = 0; h < H; h++)
      for (let w = 0; w < W; w += 8) {
        const place = to + (<usize>(h * bytes + (w >> 3)) << 2);
        for (let c = 0; c < channels; c += 32)
          storeBytes(bits + (<usize>c >> 3), column, W - w, min(32, channels - c), place + <usize>(c >> 2) * group, group);
        bits += <usize>min(8, W - w) * column;
      }
}

/** The tables of frequency j for rows of W places. */
export function spikeTables(W: i32, j: i32, table: usize, to: usize): void {
  for (let w = 0; w < W; w += 8, to += 2048) {
    store<f64>(to, 0);
    for (let byte: u32 = 1; byte < 256; byte++) {
      const rest = to + (<usize>(byte & (byte - 1)) << 3), at = to + (<usize>byte << 3);
      const root = rootAt(table, j * (w + <i32>ctz(byte)));
      store<f32>(at, load<f32>(rest) + load<f32>(root), 0);
      store<f32>(at, load<f32>(rest, 4) + load<f32>(root, 4), 4);
    }
  }
}

/** Two channels' numbers of a byte each. */
// @ts-ignore: decorator
@inline
function look(tables: usize, first: u32, second: u32): v128 {
  return v128.load64_lane(tables + (<usize>second << 3), v128.load64_zero(tables + (<usize>first << 3)), 1);
}

/** `count` lines of `rows` rows of so many bytes to planes, as `fourierColumns`. `work`: three lines. */
export function fourierSpikeColumns(
  lines: usize, count: i32, rows: i32, bytes: i32, to: usize, plane: usize, frequencies: i32, minus: i32,
  tables: usize, table: usize, work: usize,
): void {
  const b = work + lineBytes(load<i32>(table)), x = b + lineBytes(load<i32>(table));
  const end = x + (<usize>rows << 5), last = tables + (<usize>bytes << 11);
  for (let l = 0; l < count; l++, to += 16) {
    for (let at = x; at < end; at += 32) {
      let p = f32x4.splat(0), q = p;
      for (let t = tables; t < last; t += 2048, lines += 4) {
        const four = load<u32>(lines);
        p = f32x4.add(p, look(t, four & 255, (four >> 8) & 255));
        q = f32x4.add(q, look(t, (four >> 16) & 255, four >> 24));
      }
      v128.store(at, v128.shuffle<f32>(p, q, 0, 2, 4, 6), 0);
      v128.store(at, v128.shuffle<f32>(p, q, 1, 3, 5, 7), 16);
    }
    const values = fourierLine(x, rows, work, b, table);
    if (minus) storePlanes(values, frequencies, to, plane, true);
    else storePlanes(values, frequencies, to, plane, false);
  }
}
