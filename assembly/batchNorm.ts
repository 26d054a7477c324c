// Batch normalisation with statistics for each of G groups, x [G, N, C]: forward and backward in two passes over memory.
//
//   forward    y  = (x − μ)·k + β,   k = γ/√(σ² + ε)
//   backward   dβ = Σ dy     dγ = Σ dy·(x − μ)/√(σ² + ε)
//              dx = k·(dy − Σdy/N − (x − μ)·Σ(dy·(x − μ))/(N·(σ² + ε)))
//
// The first pass of both is the same: Σa and Σa·b for each channel, in float64, so that Σx² − Nμ² loses nothing that counts.

const CHUNK: i32 = 128; // rows that stay in the first-level cache between blocks of channels

/** sums[c] = Σ a, sums[C + c] = Σ a·b over N rows of C channels. */
function moments(a: usize, b: usize, N: i32, C: i32, sums: usize): void {
  memory.fill(sums, 0, (<usize>C) << 4);
  const row = (<usize>C) << 2;
  const C8 = C & ~7;
  for (let first = 0; first < N; first += CHUNK) {
    const rows = min(CHUNK, N - first);
    const base = <usize>first * row;
    for (let c = 0; c < C8; c += 8) {
      const s = sums + ((<usize>c) << 3);
      const q = s + ((<usize>C) << 3);
      let s0 = v128.load(s, 0),
        s1 = v128.load(s, 16),
        s2 = v128.load(s, 32),
        s3 = v128.load(s, 48);
      let q0 = v128.load(q, 0),
        q1 = v128.load(q, 16),
        q2 = v128.load(q, 32),
        q3 = v128.load(q, 48);
      let p = a + base + ((<usize>c) << 2);
      const gap = b - a;
      const end = p + <usize>rows * row;
      for (; p < end; p += row) {
        const a0 = f64x2.promote_low_f32x4(v128.load64_zero(p, 0));
        const a1 = f64x2.promote_low_f32x4(v128.load64_zero(p, 8));
        const a2 = f64x2.promote_low_f32x4(v128.load64_zero(p, 16));
        const a3 = f64x2.promote_low_f32x4(v128.load64_zero(p, 24));
        s0 = f64x2.add(s0, a0);
        s1 = f64x2.add(s1, a1);
        s2 = f64x2.add(s2, a2);
        s3 = f64x2.add(s3, a3);
        q0 = f64x2.add(q0, f64x2.mul(a0, f64x2.promote_low_f32x4(v128.load64_zero(p + gap, 0))));
        q1 = f64x2.add(q1, f64x2.mul(a1, f64x2.promote_low_f32x4(v128.load64_zero(p + gap, 8))));
        q2 = f64x2.add(q2, f64x2.mul(a2, f64x2.promote_low_f32x4(v128.load64_zero(p + gap, 16))));
        q3 = f64x2.add(q3, f64x2.mul(a3, f64x2.promote_low_f32x4(v128.load64_zero(p + gap, 24))));
      }
      v128.store(s, s0, 0);
      v128.store(s, s1, 16);
      v128.store(s, s2, 32);
      v128.store(s, s3, 48);
      v128.store(q, q0, 0);
      v128.store(q, q1, 16);
      v128.store(q, q2, 32);
      v128.store(q, q3, 48);
    }
    for (let c = C8; c < C; c++) {
      const s = sums + ((<usize>c) << 3);
      const q = s + ((<usize>C) << 3);
      let sum = load<f64>(s),
        product = load<f64>(q);
      for (let r = 0; r < rows; r++) {
        const at = base + <usize>r * row + ((<usize>c) << 2);
        const value = <f64>load<f32>(a + at);
        sum += value;
        product += value * <f64>load<f32>(b + at);
      }
      store<f64>(s, sum);
      store<f64>(q, product);
    }
  }
}

/** out = k·a + p·(b − m) + q for N rows; m, k, p, q are C floats each, one after the other, from `factors`. */
function combine(a: usize, b: usize, out: usize, N: i32, C: i32, factors: usize): void {
  const row = (<usize>C) << 2;
  const C4 = C & ~3;
  for (let first = 0; first < N; first += CHUNK) {
    const rows = min(CHUNK, N - first);
    const base = <usize>first * row;
    for (let c = 0; c < C4; c += 4) {
      const f = factors + ((<usize>c) << 2);
      const m = v128.load(f),
        k = v128.load(f + row),
        p = v128.load(f + 2 * row),
        q = v128.load(f + 3 * row);
      let at = base + ((<usize>c) << 2);
      const end = at + <usize>rows * row;
      for (; at < end; at += row) {
        const centred = f32x4.mul(f32x4.sub(v128.load(b + at), m), p);
        v128.store(out + at, f32x4.add(f32x4.add(f32x4.mul(v128.load(a + at), k), centred), q));
      }
    }
    for (let c = C4; c < C; c++) {
      const f = factors + ((<usize>c) << 2);
      const m = load<f32>(f),
        k = load<f32>(f + row),
        p = load<f32>(f + 2 * row),
        q = load<f32>(f + 3 * row);
      for (let r = 0; r < rows; r++) {
        const at = base + <usize>r * row + ((<usize>c) << 2);
        store<f32>(out + at, load<f32>(a + at) * k + (load<f32>(b + at) - m) * p + q);
      }
    }
  }
}

/** out = (x − m)·k + q for N rows; m, k, q are C floats each from `factors`. */
function scale(x: usize, out: usize, N: i32, C: i32, factors: usize): void {
  const row = (<usize>C) << 2;
  const C4 = C & ~3;
  for (let first = 0; first < N; first += CHUNK) {
    const rows = min(CHUNK, N - first);
    const base = <usize>first * row;
    for (let c = 0; c < C4; c += 4) {
      const f = factors + ((<usize>c) << 2);
      const m = v128.load(f),
        k = v128.load(f + row),
        q = v128.load(f + 2 * row);
      let at = base + ((<usize>c) << 2);
      const end = at + <usize>rows * row;
      for (; at < end; at += row) v128.store(out + at, f32x4.add(f32x4.mul(f32x4.sub(v128.load(x + at), m), k), q));
    }
    for (let c = C4; c < C; c++) {
      const f = factors + ((<usize>c) << 2);
      const m = load<f32>(f),
        k = load<f32>(f + row),
        q = load<f32>(f + 2 * row);
      for (let r = 0; r < rows; r++) {
        const at = base + <usize>r * row + ((<usize>c) << 2);
        store<f32>(out + at, (load<f32>(x + at) - m) * k + q);
      }
    }
  }
}

/** y [G, N, C], mean and variance [G, C]. `scratch`: 32·C bytes. */
export function batchNormForward(
  x: usize,
  gamma: usize,
  beta: usize,
  y: usize,
  mean: usize,
  variance: usize,
  scratch: usize,
  G: i32,
  N: i32,
  C: i32,
  epsilon: f64,
): void {
  const row = (<usize>C) << 2;
  const group = <usize>N * row;
  const factors = scratch + 4 * row;
  for (let g = 0; g < G; g++) {
    const at = <usize>g * group;
    moments(x + at, x + at, N, C, scratch);
    for (let c = 0; c < C; c++) {
      const i = (<usize>c) << 2;
      const mu = load<f64>(scratch + 2 * i) / <f64>N;
      const sigma2 = max(load<f64>(scratch + 2 * row + 2 * i) / <f64>N - mu * mu, 0.0);
      store<f32>(mean + <usize>g * row + i, <f32>mu);
      store<f32>(variance + <usize>g * row + i, <f32>sigma2);
      store<f32>(factors + i, <f32>mu);
      store<f32>(factors + row + i, <f32>(<f64>load<f32>(gamma + i) / sqrt(sigma2 + epsilon)));
      store<f32>(factors + 2 * row + i, load<f32>(beta + i));
    }
    scale(x + at, y + at, N, C, factors);
  }
}

/** y = (x − μ)·γ/√(σ² + ε) + β with statistics that are given, x [N, C]. `scratch`: 12·C bytes. */
export function batchNormApply(
  x: usize, gamma: usize, beta: usize, mean: usize, variance: usize, y: usize, scratch: usize,
  N: i32, C: i32, epsilon: f64,
): void {
  const row = <usize>C << 2;
  for (let i: usize = 0; i < row; i += 4) {
    store<f32>(scratch + i, load<f32>(mean + i));
    store<f32>(scratch + row + i, <f32>(<f64>load<f32>(gamma + i) / sqrt(<f64>load<f32>(variance + i) + epsilon)));
    store<f32>(scratch + 2 * row + i, load<f32>(beta + i));
  }
  scale(x, y, N, C, scratch);
}

/** dx [G, N, C], dgamma and dbeta [C]. `scratch`: 48·C bytes. */
export function batchNormBackward(
  dy: usize,
  x: usize,
  gamma: usize,
  mean: usize,
  variance: usize,
  dx: usize,
  dgamma: usize,
  dbeta: usize,
  scratch: usize,
  G: i32,
  N: i32,
  C: i32,
  epsilon: f64,
): void {
  const row = (<usize>C) << 2;
  const group = <usize>N * row;
  const factors = scratch + 4 * row;
  const totals = factors + 4 * row; // dγ then dβ, float64
  memory.fill(totals, 0, 4 * row);
  for (let g = 0; g < G; g++) {
    const at = <usize>g * group;
    moments(dy + at, x + at, N, C, scratch);
    for (let c = 0; c < C; c++) {
      const i = (<usize>c) << 2;
      const mu = <f64>load<f32>(mean + <usize>g * row + i);
      const inverse = 1.0 / sqrt(<f64>load<f32>(variance + <usize>g * row + i) + epsilon);
      const sum = load<f64>(scratch + 2 * i);
      const dot = (load<f64>(scratch + 2 * row + 2 * i) - mu * sum) * inverse; // Σ dy·(x − μ)/σ
      const k = <f64>load<f32>(gamma + i) * inverse;
      store<f32>(factors + i, <f32>mu);
      store<f32>(factors + row + i, <f32>k);
      store<f32>(factors + 2 * row + i, <f32>((-k * dot * inverse) / <f64>N));
      store<f32>(factors + 3 * row + i, <f32>((-k * sum) / <f64>N));
      store<f64>(totals + 2 * i, load<f64>(totals + 2 * i) + dot);
      store<f64>(totals + 2 * row + 2 * i, load<f64>(totals + 2 * row + 2 * i) + sum);
    }
    combine(dy + at, x + at, dx + at, N, C, factors);
  }
  for (let c = 0; c < C; c++) {
    const i = (<usize>c) << 2;
    store<f32>(dgamma + i, <f32>load<f64>(totals + 2 * i));
    store<f32>(dbeta + i, <f32>load<f64>(totals + 2 * row + 2 * i));
  }
}
