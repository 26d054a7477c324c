// One line of Winograd's transforms, F(m, r) with m = 4 outputs of n = m + r − 1 inputs (Lavin & Gray, arXiv 1509.09308):
//
//   y = Aᵀ [(G g) ⊙ (Bᵀ d)]
//
//   n = 6, r = 3   at the points 0, ±1, ±2, ∞
//   n = 8, r = 5   at the points 0, ±1, ±2, ±½, ∞
//
// Two passes of lines, along the rows and along the columns, transform a tile. Four channels go together.

/** What the lines multiply by, read from memory: as literals the engine would build them anew at each use. */
export function storeFactors(to: usize): void {
  store<f32>(to, 4, 0);
  store<f32>(to, 5, 4);
  store<f32>(to, 2, 8);
  store<f32>(to, 8, 12);
  store<f32>(to, 5.25, 16);
  store<f32>(to, 4.25, 20);
  store<f32>(to, 0.25, 24);
  store<f32>(to, 2.5, 28);
  store<f32>(to, 1.25, 32);
  store<f32>(to, 0.5, 36);
  store<f32>(to, 0.125, 40);
}

/** Bᵀ d for n = 6: vectors `step` bytes apart, to vectors `toStep` apart. */
// @ts-ignore: decorator
@inline
function dataLine6(from: usize, step: usize, to: usize, toStep: usize, factors: usize): void {
  const four = v128.load32_splat(factors, 0), five = v128.load32_splat(factors, 4);
  const d0 = v128.load(from), d1 = v128.load(from + step), d2 = v128.load(from + 2 * step);
  const d3 = v128.load(from + 3 * step), d4 = v128.load(from + 4 * step), d5 = v128.load(from + 5 * step);
  v128.store(to, f32x4.add(f32x4.sub(f32x4.mul(four, d0), f32x4.mul(five, d2)), d4));
  const a = f32x4.sub(d4, f32x4.mul(four, d2)), b = f32x4.sub(d3, f32x4.mul(four, d1));
  v128.store(to + toStep, f32x4.add(a, b));
  v128.store(to + 2 * toStep, f32x4.sub(a, b));
  const c = f32x4.sub(d4, d2), e = f32x4.sub(d3, d1), twice = f32x4.add(e, e);
  v128.store(to + 3 * toStep, f32x4.add(c, twice));
  v128.store(to + 4 * toStep, f32x4.sub(c, twice));
  v128.store(to + 5 * toStep, f32x4.add(f32x4.sub(f32x4.mul(four, d1), f32x4.mul(five, d3)), d5));
}

/** Aᵀ m for n = 6. */
// @ts-ignore: decorator
@inline
function outputLine6(from: usize, step: usize, to: usize, toStep: usize, factors: usize): void {
  const m1 = v128.load(from + step), m2 = v128.load(from + 2 * step);
  const m3 = v128.load(from + 3 * step), m4 = v128.load(from + 4 * step);
  const p = f32x4.add(m1, m2), q = f32x4.sub(m1, m2), r = f32x4.add(m3, m4), s = f32x4.sub(m3, m4);
  v128.store(to, f32x4.add(f32x4.add(v128.load(from), p), r));
  v128.store(to + toStep, f32x4.add(q, f32x4.add(s, s)));
  v128.store(to + 2 * toStep, f32x4.add(p, f32x4.mul(r, v128.load32_splat(factors, 0))));
  const last = f32x4.add(q, v128.load(from + 5 * step));
  v128.store(to + 3 * toStep, f32x4.add(last, f32x4.mul(s, v128.load32_splat(factors, 12))));
}

/** Bᵀ d for n = 8. */
// @ts-ignore: decorator
@inline
function dataLine8(from: usize, step: usize, to: usize, toStep: usize, factors: usize): void {
  const d1 = v128.load(from + step), d2 = v128.load(from + 2 * step), d3 = v128.load(from + 3 * step);
  const d4 = v128.load(from + 4 * step), d5 = v128.load(from + 5 * step), d6 = v128.load(from + 6 * step);
  const f = v128.load32_splat(factors, 16), g = v128.load32_splat(factors, 20), quarter = v128.load32_splat(factors, 24);
  const h = v128.load32_splat(factors, 28), k = v128.load32_splat(factors, 32), four = v128.load32_splat(factors, 0);
  const half = v128.load32_splat(factors, 36);
  v128.store(to, f32x4.add(f32x4.sub(d6, v128.load(from)), f32x4.mul(f, f32x4.sub(d2, d4))));
  v128.store(to + 7 * toStep, f32x4.add(f32x4.sub(v128.load(from + 7 * step), d1), f32x4.mul(f, f32x4.sub(d3, d5))));
  let even = f32x4.sub(f32x4.add(d2, d6), f32x4.mul(g, d4));
  let odd = f32x4.sub(f32x4.add(d1, d5), f32x4.mul(g, d3));
  v128.store(to + toStep, f32x4.add(even, odd));
  v128.store(to + 2 * toStep, f32x4.sub(even, odd));
  const d3h = f32x4.mul(h, d3);
  even = f32x4.add(d6, f32x4.sub(f32x4.mul(quarter, d2), f32x4.mul(k, d4)));
  odd = f32x4.add(f32x4.sub(f32x4.mul(half, d1), d3h), f32x4.add(d5, d5));
  v128.store(to + 3 * toStep, f32x4.add(even, odd));
  v128.store(to + 4 * toStep, f32x4.sub(even, odd));
  even = f32x4.add(d6, f32x4.mul(four, f32x4.sub(d2, f32x4.mul(k, d4))));
  odd = f32x4.add(f32x4.sub(f32x4.add(d1, d1), d3h), f32x4.mul(half, d5));
  v128.store(to + 5 * toStep, f32x4.add(even, odd));
  v128.store(to + 6 * toStep, f32x4.sub(even, odd));
}

/** Aᵀ m for n = 8. */
// @ts-ignore: decorator
@inline
function outputLine8(from: usize, step: usize, to: usize, toStep: usize, factors: usize): void {
  const m1 = v128.load(from + step), m2 = v128.load(from + 2 * step), m3 = v128.load(from + 3 * step);
  const m4 = v128.load(from + 4 * step), m5 = v128.load(from + 5 * step), m6 = v128.load(from + 6 * step);
  const p = f32x4.add(m1, m2), q = f32x4.sub(m1, m2), r = f32x4.add(m3, m4), s = f32x4.sub(m3, m4);
  const t = f32x4.add(m5, m6), u = f32x4.sub(m5, m6);
  v128.store(to, f32x4.add(f32x4.add(v128.load(from), p), f32x4.add(r, t)));
  v128.store(to + toStep, f32x4.add(f32x4.add(q, f32x4.add(s, s)), f32x4.mul(u, v128.load32_splat(factors, 36))));
  const second = f32x4.add(p, f32x4.mul(r, v128.load32_splat(factors, 0)));
  v128.store(to + 2 * toStep, f32x4.add(second, f32x4.mul(t, v128.load32_splat(factors, 24))));
  const third = f32x4.add(f32x4.add(q, v128.load(from + 7 * step)), f32x4.mul(s, v128.load32_splat(factors, 12)));
  v128.store(to + 3 * toStep, f32x4.add(third, f32x4.mul(u, v128.load32_splat(factors, 40))));
}

/** G g for n = 6, three taps. */
// @ts-ignore: decorator
@inline
function filterLine6(from: usize, step: usize, to: usize, toStep: usize): void {
  const g0 = v128.load(from), g1 = v128.load(from + step), g2 = v128.load(from + 2 * step);
  const sixth = f32x4.splat(1.0 / 6.0);
  v128.store(to, f32x4.mul(g0, f32x4.splat(0.25)));
  let even = f32x4.mul(f32x4.add(g0, g2), sixth), odd = f32x4.mul(g1, sixth);
  v128.store(to + toStep, f32x4.neg(f32x4.add(even, odd)));
  v128.store(to + 2 * toStep, f32x4.sub(odd, even));
  even = f32x4.add(f32x4.mul(g0, f32x4.splat(1.0 / 24.0)), f32x4.mul(g2, sixth));
  odd = f32x4.mul(g1, f32x4.splat(1.0 / 12.0));
  v128.store(to + 3 * toStep, f32x4.add(even, odd));
  v128.store(to + 4 * toStep, f32x4.sub(even, odd));
  v128.store(to + 5 * toStep, g2);
}

/** The values at ±a of g0 + g1 x + … + g4 x⁴, divided by `divisor`. */
// @ts-ignore: decorator
@inline
function filterPair(from: usize, step: usize, to: usize, toStep: usize, a: f32, divisor: f32): void {
  const g2 = f32x4.mul(v128.load(from + 2 * step), f32x4.splat(a * a / divisor));
  const g4 = f32x4.mul(v128.load(from + 4 * step), f32x4.splat(a * a * a * a / divisor));
  const even = f32x4.add(f32x4.add(f32x4.mul(v128.load(from), f32x4.splat(1 / divisor)), g2), g4);
  const g3 = f32x4.mul(v128.load(from + 3 * step), f32x4.splat(a * a * a / divisor));
  const odd = f32x4.add(f32x4.mul(v128.load(from + step), f32x4.splat(a / divisor)), g3);
  v128.store(to, f32x4.add(even, odd));
  v128.store(to + toStep, f32x4.sub(even, odd));
}

/** G g for n = 8, five taps. */
// @ts-ignore: decorator
@inline
function filterLine8(from: usize, step: usize, to: usize, toStep: usize): void {
  v128.store(to, f32x4.neg(v128.load(from)));
  filterPair(from, step, to + toStep, toStep, 1, -4.5);
  filterPair(from, step, to + 3 * toStep, toStep, 2, 90);
  filterPair(from, step, to + 5 * toStep, toStep, 0.5, 1.40625);
  v128.store(to + 7 * toStep, v128.load(from + 4 * step));
}

// @ts-ignore: decorator
@inline
export function filterLine(n: i32, from: usize, step: usize, to: usize, toStep: usize): void {
  if (n == 6) filterLine6(from, step, to, toStep);
  else filterLine8(from, step, to, toStep);
}

// @ts-ignore: decorator
@inline
export function dataLine(n: i32, from: usize, step: usize, to: usize, toStep: usize, factors: usize): void {
  if (n == 6) dataLine6(from, step, to, toStep, factors);
  else dataLine8(from, step, to, toStep, factors);
}

// @ts-ignore: decorator
@inline
export function outputLine(n: i32, from: usize, step: usize, to: usize, toStep: usize, factors: usize): void {
  if (n == 6) outputLine6(from, step, to, toStep, factors);
  else outputLine8(from, step, to, toStep, factors);
}
