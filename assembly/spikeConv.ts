// Convolution of spikes: y[n, i, j, :] is the sum of the filter rows that its spikes choose. Adds only.
//
//   events   a filter row for each spike: the work follows the spikes
//   table    for every four channels the sixteen sums of their filter rows, made once: a look-up for four channels,
//            spikes or not, without a branch

/** `bits`: x [N, H, W, Ci] as `packSpikes` makes them; w [k, k, Ci, Co], y [N, OH, OW, Co], Co a multiple of 32. */
export function spikeConvEvents(
  bits: usize, w: usize, y: usize,
  N: i32, H: i32, W: i32, Ci: i32, OH: i32, OW: i32, Co: i32, k: i32, stride: i32,
): void {
  const words = (Ci + 31) >> 5;
  const row = <usize>Co << 2;
  const side = k >> 1;
  for (let n = 0; n < N; n++)
    for (let i = 0; i < OH; i++) {
      const top = stride * i - side;
      const a0 = max(0, -top), a1 = min(k, H - top);
      for (let j = 0; j < OW; j++, y += row) {
        const left = stride * j - side;
        const b0 = max(0, -left), b1 = min(k, W - left);
        for (let o = 0; o < Co; o += 32) {
          let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
          for (let a = a0; a < a1; a++) {
            let at = bits + (<usize>(((n * H + top + a) * W + left + b0) * words) << 2);
            let from = w + <usize>((a * k + b0) * Ci) * row + (<usize>o << 2);
            for (let b = b0; b < b1; b++, from += <usize>Ci * row)
              for (let word = 0; word < words; word++, at += 4) {
                const base = from + (<usize>word << 5) * row;
                for (let m = load<u32>(at); m != 0; m &= m - 1) {
                  const p = base + <usize>i32.ctz(m) * row;
                  s0 = f32x4.add(s0, v128.load(p, 0));
                  s1 = f32x4.add(s1, v128.load(p, 16));
                  s2 = f32x4.add(s2, v128.load(p, 32));
                  s3 = f32x4.add(s3, v128.load(p, 48));
                  s4 = f32x4.add(s4, v128.load(p, 64));
                  s5 = f32x4.add(s5, v128.load(p, 80));
                  s6 = f32x4.add(s6, v128.load(p, 96));
                  s7 = f32x4.add(s7, v128.load(p, 112));
                }
              }
          }
          const q = y + (<usize>o << 2);
          v128.store(q, s0, 0);
          v128.store(q, s1, 16);
          v128.store(q, s2, 32);
          v128.store(q, s3, 48);
          v128.store(q, s4, 64);
          v128.store(q, s5, 80);
          v128.store(q, s6, 96);
          v128.store(q, s7, 112);
        }
      }
    }
}

/** Sums of filter rows: table [k·k, Ci/4, 16, Co] from w [k·k, Ci, Co]; Ci and Co multiples of four. */
export function spikeConvTable(w: usize, table: usize, taps: i32, Ci: i32, Co: i32): void {
  const row = <usize>Co << 2;
  const groups = (taps * Ci) >> 2;
  for (let g = 0; g < groups; g++, table += row << 4, w += row << 2)
    for (let o: usize = 0; o < row; o += 16) {
      v128.store(table + o, f32x4.splat(0));
      for (let m = 1; m < 16; m++) {
        const others = v128.load(table + <usize>(m & (m - 1)) * row + o);
        v128.store(table + <usize>m * row + o, f32x4.add(others, v128.load(w + <usize>i32.ctz(m) * row + o)));
      }
    }
}

/** As `spikeConvEvents`, by the table; Ci a multiple of eight, Co of sixteen. */
export function spikeConvLookup(
  bits: usize, table: usize, y: usize,
  N: i32, H: i32, W: i32, Ci: i32, OH: i32, OW: i32, Co: i32, k: i32, stride: i32,
): void {
  const words = (Ci + 31) >> 5;
  const row = <usize>Co << 2;
  const side = k >> 1;
  const bytes = Ci >> 3;
  const tap = (<usize>Ci << 2) * row;
  for (let n = 0; n < N; n++)
    for (let i = 0; i < OH; i++) {
      const top = stride * i - side;
      const a0 = max(0, -top), a1 = min(k, H - top);
      for (let j = 0; j < OW; j++, y += row) {
        const left = stride * j - side;
        const b0 = max(0, -left), b1 = min(k, W - left);
        for (let o: usize = 0; o < row; o += 64) {
          let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
          for (let a = a0; a < a1; a++) {
            let at = bits + (<usize>(((n * H + top + a) * W + left + b0) * words) << 2);
            let from = table + <usize>(a * k + b0) * tap + o;
            for (let b = b0; b < b1; b++, from += tap, at += <usize>words << 2) {
              let base = from;
              for (let byte = 0; byte < bytes; byte++, base += row << 5) {
                const m = <u32>load<u8>(at + <usize>byte);
                const p = base + <usize>(m & 15) * row;
                const q = base + (row << 4) + <usize>(m >> 4) * row;
                s0 = f32x4.add(s0, f32x4.add(v128.load(p, 0), v128.load(q, 0)));
                s1 = f32x4.add(s1, f32x4.add(v128.load(p, 16), v128.load(q, 16)));
                s2 = f32x4.add(s2, f32x4.add(v128.load(p, 32), v128.load(q, 32)));
                s3 = f32x4.add(s3, f32x4.add(v128.load(p, 48), v128.load(q, 48)));
              }
            }
          }
          v128.store(y + o, s0, 0);
          v128.store(y + o, s1, 16);
          v128.store(y + o, s2, 32);
          v128.store(y + o, s3, 48);
        }
      }
    }
}
