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

function storeSome(y: usize, channels: i32, a: v128, b: v128, c: v128, d: v128): void {
  for (let o = 0; o < channels; o += 4, y += 16) {
    const lanes = o == 0 ? a : o == 4 ? b : o == 8 ? c : d;
    if (channels - o >= 4) v128.store(y, lanes);
    else storePart(y, lanes, channels - o);
  }
}
