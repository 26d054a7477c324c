// Sixteen channels in four registers, stored where there may be fewer.

import {storePart} from "./lanes";

// @ts-ignore: decorator
@inline
export function storeUnit(y: usize, channels: i32, a: v128, b: v128, c: v128, d: v128): void {
  if (channels == 16) {
    v128.store(y, a, 0);
    v128.store(y, b, 16);
    v128.store(y, c, 32);
    v128.store(y, d, 48);
  } else storeSome(y, channels, a, b, c, d);
}

// @ts-ignore: decorator
@inline
export function addUnit(y: usize, channels: i32, a: v128, b: v128, c: v128, d: v128): void {
  if (channels == 16) {
    v128.store(y, f32x4.add(v128.load(y, 0), a), 0);
    v128.store(y, f32x4.add(v128.load(y, 16), b), 16);
    v128.store(y, f32x4.add(v128.load(y, 32), c), 32);
    v128.store(y, f32x4.add(v128.load(y, 48), d), 48);
  } else addSome(y, channels, a, b, c, d);
}

function storeSome(y: usize, channels: i32, a: v128, b: v128, c: v128, d: v128): void {
  for (let o = 0; o < channels; o += 4, y += 16) {
    const lanes = o == 0 ? a : o == 4 ? b : o == 8 ? c : d;
    if (channels - o >= 4) v128.store(y, lanes);
    else storePart(y, lanes, channels - o);
  }
}

function addSome(y: usize, channels: i32, a: v128, b: v128, c: v128, d: v128): void {
  for (let o = 0; o < channels; o++, y += 4) {
    const lanes = o < 4 ? a : o < 8 ? b : o < 12 ? c : d;
    const lane = o & 3;
    const value = lane == 0 ? f32x4.extract_lane(lanes, 0) : lane == 1 ? f32x4.extract_lane(lanes, 1)
      : lane == 2 ? f32x4.extract_lane(lanes, 2) : f32x4.extract_lane(lanes, 3);
    store<f32>(y, load<f32>(y) + value);
  }
}
