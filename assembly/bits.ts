// Spikes as bits: each position's channels in ⌈C/32⌉ words, channel c in bit c mod 32 of word ⌊c/32⌋.

/** x [positions, C] of zeros and ones → bits; returns the number of ones. */
export function packSpikes(x: usize, bits: usize, positions: i32, C: i32): f64 {
  const zero = f32x4.splat(0);
  const words = (C + 31) >> 5;
  let ones: i64 = 0;
  if (C == 16) {
    for (let i = 0; i < positions; i++, x += 64, bits += 4) {
      const low = i16x8.narrow_i32x4_s(f32x4.gt(v128.load(x, 0), zero), f32x4.gt(v128.load(x, 16), zero));
      const high = i16x8.narrow_i32x4_s(f32x4.gt(v128.load(x, 32), zero), f32x4.gt(v128.load(x, 48), zero));
      const mask = <u32>i8x16.bitmask(i8x16.narrow_i16x8_s(low, high));
      store<u32>(bits, mask);
      ones += popcnt(mask);
    }
    return <f64>ones;
  }
  for (let i = 0; i < positions; i++) {
    for (let word = 0; word < words; word++, bits += 4) {
      const count = min(32, C - (word << 5));
      const whole = count & ~3;
      let mask: u32 = 0;
      for (let j = 0; j < whole; j += 4, x += 16) mask |= <u32>i32x4.bitmask(f32x4.gt(v128.load(x), zero)) << j;
      for (let j = whole; j < count; j++, x += 4) mask |= <u32>(load<f32>(x) > 0) << j;
      store<u32>(bits, mask);
      ones += popcnt(mask);
    }
  }
  return <f64>ones;
}
