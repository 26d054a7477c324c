// Batch normalisation with statistics for each of G groups, x [G, N, C], in passes that callers put together.
//
//   forward    y  = (x − μ)·k + β,   k = γ/√(σ² + ε)
//   backward   dβ = Σ dy     dγ = Σ dy·(x − μ)/√(σ² + ε)
//              dx = k·(dy − Σdy/N − (x − μ)·Σ(dy·(x − μ))/(N·(σ² + ε)))
//
// Both need two sums for each channel: Σa and Σa·b, with a = b = x − p forwards, p the group's first row (so that Σ(x − p)² loses
// nothing where the mean is large), a = dy and b = x − μ backwards. 64 rows are added in float32, those sums in float64.

import {loadPart, storePart} from "./lanes";

const ROWS: i32 = 64;

/** Adds four float32 sums to float64 sums, the first `count`. */
// @ts-ignore: decorator
@inline
function flush(to: usize, lanes: v128, count: i32): void {
  store<f64>(to, load<f64>(to) + <f64>f32x4.extract_lane(lanes, 0));
  if (count > 1) store<f64>(to, load<f64>(to, 8) + <f64>f32x4.extract_lane(lanes, 1), 8);
  if (count > 2) store<f64>(to, load<f64>(to, 16) + <f64>f32x4.extract_lane(lanes, 2), 16);
  if (count > 3) store<f64>(to, load<f64>(to, 24) + <f64>f32x4.extract_lane(lanes, 3), 24);
}

// @ts-ignore: decorator
@inline
function addProducts(a: usize, x: usize, pivot: usize, N: i32, C: i32, sums: usize, squares: bool): void {
  const row = <usize>C << 2;
  const gap = a - x;
  const zero = f32x4.splat(0);
  for (let first = 0; first < N; first += ROWS) {
    const start = x + <usize>first * row;
    const length = <usize>min(ROWS, N - first) * row;
    let c = 0;
    for (; c + 8 <= C; c += 8) {
      // Two rows at once: no sum waits for the one before it, and all stay in registers.
      const at = <usize>c << 2;
      const p0 = v128.load(pivot + at, 0), p1 = v128.load(pivot + at, 16);
      let s0 = zero, s1 = zero, q0 = zero, q1 = zero, t0 = zero, t1 = zero, r0 = zero, r1 = zero;
      let p = start + at;
      const end = p + length;
      for (; p + row < end; p += 2 * row) {
        const b0 = f32x4.sub(v128.load(p, 0), p0), b1 = f32x4.sub(v128.load(p, 16), p1);
        const d0 = f32x4.sub(v128.load(p + row, 0), p0), d1 = f32x4.sub(v128.load(p + row, 16), p1);
        const a0 = squares ? b0 : v128.load(p + gap, 0), a1 = squares ? b1 : v128.load(p + gap, 16);
        const e0 = squares ? d0 : v128.load(p + row + gap, 0), e1 = squares ? d1 : v128.load(p + row + gap, 16);
        s0 = f32x4.add(s0, a0);
        s1 = f32x4.add(s1, a1);
        t0 = f32x4.add(t0, e0);
        t1 = f32x4.add(t1, e1);
        q0 = f32x4.add(q0, f32x4.mul(a0, b0));
        q1 = f32x4.add(q1, f32x4.mul(a1, b1));
        r0 = f32x4.add(r0, f32x4.mul(e0, d0));
        r1 = f32x4.add(r1, f32x4.mul(e1, d1));
      }
      if (p < end) {
        const b0 = f32x4.sub(v128.load(p, 0), p0), b1 = f32x4.sub(v128.load(p, 16), p1);
        const a0 = squares ? b0 : v128.load(p + gap, 0), a1 = squares ? b1 : v128.load(p + gap, 16);
        s0 = f32x4.add(s0, a0);
        s1 = f32x4.add(s1, a1);
        q0 = f32x4.add(q0, f32x4.mul(a0, b0));
        q1 = f32x4.add(q1, f32x4.mul(a1, b1));
      }
      const s = sums + (at << 1), q = s + (row << 1);
      flush(s, f32x4.add(s0, t0), 4);
      flush(s + 32, f32x4.add(s1, t1), 4);
      flush(q, f32x4.add(q0, r0), 4);
      flush(q + 32, f32x4.add(q1, r1), 4);
    }
    for (; c < C; c += 4) {
      const at = <usize>c << 2;
      const count = min(4, C - c);
      const p0 = loadPart(pivot + at, count);
      let s0 = zero, q0 = zero;
      for (let p = start + at, end = p + length; p < end; p += row) {
        const b0 = f32x4.sub(loadPart(p, count), p0);
        const a0 = squares ? b0 : loadPart(p + gap, count);
        s0 = f32x4.add(s0, a0);
        q0 = f32x4.add(q0, f32x4.mul(a0, b0));
      }
      flush(sums + (at << 1), s0, count);
      flush(sums + (at << 1) + (row << 1), q0, count);
    }
  }
}

/** sums[c] += Σ a, sums[C + c] += Σ a·b over N rows, float64, b = x − pivot. */
export function addMoments(a: usize, x: usize, pivot: usize, N: i32, C: i32, sums: usize): void {
  addProducts(a, x, pivot, N, C, sums, false);
}

/** The same with a = b. */
function addSquares(x: usize, pivot: usize, N: i32, C: i32, sums: usize): void {
  addProducts(x, x, pivot, N, C, sums, true);
}

/** Mean and (biased) variance [C] of N rows from their moments about `pivot`. */
export function momentsToStatistics(sums: usize, pivot: usize, mean: usize, variance: usize, N: i32, C: i32): void {
  const row = <usize>C << 2;
  for (let i: usize = 0; i < row; i += 4) {
    const shift = load<f64>(sums + 2 * i) / <f64>N;
    const square = load<f64>(sums + 2 * row + 2 * i) / <f64>N;
    store<f32>(mean + i, <f32>(<f64>load<f32>(pivot + i) + shift));
    store<f32>(variance + i, <f32>max(square - shift * shift, 0.0));
  }
}

/** Mean and variance [G, C] of x [G, N, C]. `scratch`: 16·C bytes. */
export function batchNormStatistics(x: usize, mean: usize, variance: usize, scratch: usize, G: i32, N: i32, C: i32): void {
  const row = <usize>C << 2;
  for (let g = 0; g < G; g++, x += <usize>N * row, mean += row, variance += row) {
    memory.fill(scratch, 0, row << 2);
    addSquares(x, x, N, C, scratch);
    momentsToStatistics(scratch, x, mean, variance, N, C);
  }
}

/**
 * Image n of N, `rows` rows at y that are still in the cache, for the statistics of its group; `perGroup` images are one. `sums`:
 * 20·C bytes, the last of which hold the pivot, the first row of the group.
 */
export function imageStatistics(
  y: usize, n: i32, perGroup: i32, rows: i32, C: i32, mean: usize, variance: usize, sums: usize,
): void {
  const row = <usize>C << 2;
  const i = n % perGroup;
  const pivot = sums + (row << 2);
  if (i == 0) {
    memory.fill(sums, 0, row << 2);
    memory.copy(pivot, y, row);
  }
  addSquares(y, pivot, rows, C, sums);
  const at = <usize>(n / perGroup) * row;
  if (i == perGroup - 1) momentsToStatistics(sums, pivot, mean + at, variance + at, perGroup * rows, C);
}

/** factors [G, 3, C]: μ, k, β of each group. */
export function batchNormFactors(
  gamma: usize, beta: usize, mean: usize, variance: usize, factors: usize, G: i32, C: i32, epsilon: f64,
): void {
  const row = <usize>C << 2;
  for (let g = 0; g < G; g++, mean += row, variance += row, factors += 3 * row)
    for (let i: usize = 0; i < row; i += 4) {
      store<f32>(factors + i, load<f32>(mean + i));
      store<f32>(factors + row + i, <f32>(<f64>load<f32>(gamma + i) / sqrt(<f64>load<f32>(variance + i) + epsilon)));
      store<f32>(factors + 2 * row + i, load<f32>(beta + i));
    }
}

// @ts-ignore: decorator
@inline
function scaled(x: v128, m: v128, k: v128, b: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.sub(x, m), k), b);
}

/** Rows of sixteen channels, whose factors stay in registers. */
// @ts-ignore: decorator
@inline
function applySixteen(x: usize, out: usize, factors: usize, N: i32, adds: bool): void {
  const m0 = v128.load(factors, 0), m1 = v128.load(factors, 16), m2 = v128.load(factors, 32), m3 = v128.load(factors, 48);
  const k0 = v128.load(factors, 64), k1 = v128.load(factors, 80), k2 = v128.load(factors, 96), k3 = v128.load(factors, 112);
  const b = factors + 128;
  for (const end = x + (<usize>N << 6); x < end; x += 64, out += 64) {
    let y0 = scaled(v128.load(x, 0), m0, k0, v128.load(b, 0));
    let y1 = scaled(v128.load(x, 16), m1, k1, v128.load(b, 16));
    let y2 = scaled(v128.load(x, 32), m2, k2, v128.load(b, 32));
    let y3 = scaled(v128.load(x, 48), m3, k3, v128.load(b, 48));
    if (adds) {
      y0 = f32x4.add(v128.load(out, 0), y0);
      y1 = f32x4.add(v128.load(out, 16), y1);
      y2 = f32x4.add(v128.load(out, 32), y2);
      y3 = f32x4.add(v128.load(out, 48), y3);
    }
    v128.store(out, y0, 0);
    v128.store(out, y1, 16);
    v128.store(out, y2, 32);
    v128.store(out, y3, 48);
  }
}

/** Rows of any length, in order: what fetches memory ahead follows that alone. */
// @ts-ignore: decorator
@inline
function applyRows(x: usize, out: usize, factors: usize, N: i32, C: i32, adds: bool): void {
  const row = <usize>C << 2;
  const whole = row & ~15;
  const count = C & 3;
  for (let r = 0; r < N; r++, x += row, out += row) {
    for (let i: usize = 0; i < whole; i += 16) {
      const f = factors + i;
      const y = scaled(v128.load(x + i), v128.load(f), v128.load(f + row), v128.load(f + 2 * row));
      v128.store(out + i, adds ? f32x4.add(v128.load(out + i), y) : y);
    }
    if (count) {
      const f = factors + whole;
      const y = scaled(loadPart(x + whole, count), loadPart(f, count), loadPart(f + row, count), loadPart(f + 2 * row, count));
      storePart(out + whole, adds ? f32x4.add(loadPart(out + whole, count), y) : y, count);
    }
  }
}

/** out = (x − μ)·k + β for N rows, added to what is there where `adds`; `factors` of one group. */
export function batchNormApply(x: usize, out: usize, factors: usize, N: i32, C: i32, adds: i32): void {
  if (C == 16) {
    if (adds) applySixteen(x, out, factors, N, true);
    else applySixteen(x, out, factors, N, false);
  } else {
    if (adds) applyRows(x, out, factors, N, C, true);
    else applyRows(x, out, factors, N, C, false);
  }
}

/**
 * The factors of dx = dy·k + (x − m)·p + q, [4, C], of one group of N rows from its moments of dy and x − μ, which are emptied;
 * they are added to `totals`, dγ then dβ in float64.
 */
export function gradientFactors(
  sums: usize, gamma: usize, mean: usize, variance: usize, factors: usize, totals: usize, N: i32, C: i32, epsilon: f64,
): void {
  const row = <usize>C << 2;
  for (let i: usize = 0; i < row; i += 4) {
    const inverse = 1.0 / sqrt(<f64>load<f32>(variance + i) + epsilon);
    const sum = load<f64>(sums + 2 * i);
    const dot = load<f64>(sums + 2 * row + 2 * i) * inverse; // Σ dy·(x − μ)/σ
    const k = <f64>load<f32>(gamma + i) * inverse;
    store<f32>(factors + i, load<f32>(mean + i));
    store<f32>(factors + row + i, <f32>k);
    store<f32>(factors + 2 * row + i, <f32>((-k * dot * inverse) / <f64>N));
    store<f32>(factors + 3 * row + i, <f32>((-k * sum) / <f64>N));
    store<f64>(totals + 2 * i, load<f64>(totals + 2 * i) + dot);
    store<f64>(totals + 2 * row + 2 * i, load<f64>(totals + 2 * row + 2 * i) + sum);
  }
  memory.fill(sums, 0, row << 2);
}

/** dγ and dβ [C] from their totals. */
export function gradientTotals(totals: usize, dgamma: usize, dbeta: usize, C: i32): void {
  const row = <usize>C << 2;
  for (let i: usize = 0; i < row; i += 4) {
    store<f32>(dgamma + i, <f32>load<f64>(totals + 2 * i));
    store<f32>(dbeta + i, <f32>load<f64>(totals + 2 * row + 2 * i));
  }
}

/** out = a·k + (x − m)·p + q for N rows; `factors` m, k, p, q; out may be a. */
export function gradientApply(a: usize, x: usize, out: usize, N: i32, C: i32, factors: usize): void {
  const row = <usize>C << 2;
  const whole = row & ~15;
  const count = C & 3;
  for (let r = 0; r < N; r++, a += row, x += row, out += row) {
    for (let i: usize = 0; i < whole; i += 16) {
      const f = factors + i;
      const centred = f32x4.mul(f32x4.sub(v128.load(x + i), v128.load(f)), v128.load(f + 2 * row));
      const sum = f32x4.add(f32x4.mul(v128.load(a + i), v128.load(f + row)), centred);
      v128.store(out + i, f32x4.add(sum, v128.load(f + 3 * row)));
    }
    if (count) {
      const f = factors + whole;
      const centred = f32x4.sub(loadPart(x + whole, count), loadPart(f, count));
      const slope = f32x4.mul(centred, loadPart(f + 2 * row, count));
      const sum = f32x4.add(f32x4.mul(loadPart(a + whole, count), loadPart(f + row, count)), slope);
      storePart(out + whole, f32x4.add(sum, loadPart(f + 3 * row, count)), count);
    }
  }
}
