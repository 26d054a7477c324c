// The gradient of a convolution's filters from spikes as lists of events: adds only, as many as there are spikes and weights of each.
//
//   by channel    for each channel its positions; what one weight sums is one list.
//
// Sixteen output channels at a time stay in four registers. What the lists point into, rows of dy for sixteen channels, is a piece
// of the map that stays in the first-level cache.

/** Empty lists for C channels, `capacity` events apart. `ends`: where each list ends. */
function emptyLists(list: usize, ends: usize, capacity: i32, C: i32): void {
  for (let c = 0; c < C; c++) store<u32>(ends + (<usize>c << 2), <u32>list + ((c * capacity) << 2));
}

/** Appends the events of `positions` positions, W a row, each e = first + row·width + x. */
function eventsByChannel(bits: usize, ends: usize, first: i32, H: i32, W: i32, C: i32, width: i32): void {
  const words = (C + 31) >> 5;
  for (let h = 0; h < H; h++, first += width)
    for (let x = 0; x < W; x++)
      for (let word = 0; word < words; word++, bits += 4)
        for (let m = load<u32>(bits); m != 0; m &= m - 1) {
          const end = ends + (<usize>((word << 5) + i32.ctz(m)) << 2);
          const to = load<u32>(end);
          store<u32>(to, first + x);
          store<u32>(end, to + 4);
        }
}

/** dw [k·k·Ci][16] += for each weight the sum over its channel's events of the padded dy [rows][width][16]; stride 1. */
function gatherEvents(
  list: usize, ends: usize, capacity: i32, dy: usize, dw: usize, Ci: i32, k: i32, width: i32,
): void {
  const side = k >> 1;
  for (let c = 0; c < Ci; c++, list += <usize>capacity << 2) {
    const end = <usize>load<u32>(ends + (<usize>c << 2));
    if (end == list) continue;
    for (let a = 0; a < k; a++)
      for (let b = 0; b < k; b++) {
        // Weight (a, b) took the spike at (y, x) to the output at (y + side − a, x + side − b).
        const base = dy + (<usize>((side - a) * width + side - b) << 6);
        const q = dw + (<usize>((a * k + b) * Ci + c) << 6);
        let s0 = v128.load(q, 0), s1 = v128.load(q, 16), s2 = v128.load(q, 32), s3 = v128.load(q, 48);
        let e = list;
        for (; e + 4 < end; e += 8) {
          const p = base + (<usize>load<u32>(e) << 6), q = base + (<usize>load<u32>(e, 4) << 6);
          s0 = f32x4.add(s0, f32x4.add(v128.load(p, 0), v128.load(q, 0))); // in pairs: fewer additions wait for the last
          s1 = f32x4.add(s1, f32x4.add(v128.load(p, 16), v128.load(q, 16)));
          s2 = f32x4.add(s2, f32x4.add(v128.load(p, 32), v128.load(q, 32)));
          s3 = f32x4.add(s3, f32x4.add(v128.load(p, 48), v128.load(q, 48)));
        }
        if (e < end) {
          const p = base + (<usize>load<u32>(e) << 6);
          s0 = f32x4.add(s0, v128.load(p, 0));
          s1 = f32x4.add(s1, v128.load(p, 16));
          s2 = f32x4.add(s2, v128.load(p, 32));
          s3 = f32x4.add(s3, v128.load(p, 48));
        }
        v128.store(q, s0, 0);
        v128.store(q, s1, 16);
        v128.store(q, s2, 32);
        v128.store(q, s3, 48);
      }
  }
}

/** Rows of dy [rows, W, Co], channels [from, from + 16) of them, to the padded [rows][width][16]; what lies between is left. */
function padUnit(dy: usize, to: usize, rows: i32, W: i32, Co: i32, from: i32, width: i32): void {
  const channels = min(16, Co - from);
  dy += <usize>from << 2;
  for (let h = 0; h < rows; h++, to += <usize>(width - W) << 6)
    for (let x = 0; x < W; x++, dy += <usize>Co << 2, to += 64) {
      if (channels == 16) {
        v128.store(to, v128.load(dy, 0), 0);
        v128.store(to, v128.load(dy, 16), 16);
        v128.store(to, v128.load(dy, 32), 32);
        v128.store(to, v128.load(dy, 48), 48);
      } else for (let o: usize = 0; o < <usize>channels << 2; o += 4) store<f32>(to + o, load<f32>(dy + o));
    }
}

/** Rows of the map whose dy, sixteen channels with its margin, stays in the cache. */
const PIECE_BYTES: i32 = 40960;

/**
 * dw, in blocks as `blockFilters` makes them, from the bits of x [N, H, W, Ci] and dy [N, H, W, Co]; stride 1. `scratch`: the
 * padded dy, then Ci ends, then Ci lists of H·W events.
 */
export function filterGradientEvents(
  bits: usize, dy: usize, dw: usize, scratch: usize,
  N: i32, H: i32, W: i32, Ci: i32, OH: i32, OW: i32, Co: i32, k: i32, stride: i32,
): void {
  const side = k >> 1;
  const width = W + 2 * side;
  const piece = min(H, max(1, PIECE_BYTES / (width << 6) - 2 * side));
  const line = <usize>width << 6;
  const padded = scratch;
  const ends = scratch + <usize>(piece + 2 * side) * line;
  const list = ends + (<usize>Ci << 2);
  const capacity = piece * W;
  const bitRow = <usize>(W * ((Ci + 31) >> 5)) << 2;
  const row = <usize>(W * Co) << 2;
  const block = <usize>(k * k * Ci) << 6;
  memory.fill(dw, 0, <usize>((Co + 15) >> 4) * block);
  memory.fill(padded, 0, ends - padded);
  for (let n = 0; n < N; n++, bits += <usize>H * bitRow, dy += <usize>H * row)
    for (let h = 0; h < H; h += piece) {
      const rows = min(piece, H - h);
      const from = max(0, h - side), to = min(H, h + rows + side);
      emptyLists(list, ends, capacity, Ci);
      eventsByChannel(bits + <usize>h * bitRow, ends, side * width + side, rows, W, Ci, width);
      const above = <usize>(from - h + side) * line;
      const below = <usize>(to - h + side) * line;
      for (let o = 0; o < Co; o += 16) {
        memory.fill(padded, 0, above);
        memory.fill(padded + below, 0, <usize>(rows + 2 * side) * line - below);
        padUnit(dy + <usize>from * row, padded + above + (<usize>side << 6), to - from, W, Co, o, width);
        gatherEvents(list, ends, capacity, padded, dw + <usize>(o >> 4) * block, Ci, k, width);
      }
    }
}
