// Integrate-and-fire neurons over T timesteps, x [T, n]: charge, fire and reset in one pass, and its backward pass.
//
//   u[t] = v[t−1] + (x[t] − v[t−1])·r       decayed input        s[t] = Θ(u[t] − θ)
//   u[t] = v[t−1] − v[t−1]·r + x[t]         undecayed; r = 0 is IF
//   v[t] = u[t]·(1 − s[t])  hard,  u[t] − θ·s[t]  soft
//
// Backward, with g = dL/dv[t] handed from later to earlier and h the surrogate's derivative at u − θ:
//
//   dL/du = ds·h + g·dv/du,   dv/du = 1 − s (− u·h)  hard,  1 (− θ·h)  soft; the brackets without detached reset
//   dL/dx = dL/du·r or dL/du,   g ← dL/du·(1 − r)
//
// Blocks of neurons go through all of time while their state is in the first-level cache. The backward pass rematerialises u.

import {loadPart, storePart} from "./lanes";

const BLOCK: i32 = 512;
// Bits of `flags`.
export const DECAY: i32 = 1;
export const HARD: i32 = 2;
export const DETACH: i32 = 4;
// `kind` of surrogate; more than these are sigmoids.
export const ATAN: i32 = 0;
export const TRIANGULAR: i32 = 1;
export const RECTANGULAR: i32 = 2;

// @ts-ignore: decorator
@inline
export function charge(x: v128, v: v128, r: v128, flags: i32): v128 {
  return flags & DECAY
    ? f32x4.add(v, f32x4.mul(f32x4.sub(x, v), r))
    : f32x4.add(f32x4.sub(v, f32x4.mul(v, r)), x);
}

// @ts-ignore: decorator
@inline
export function reset(u: v128, fired: v128, theta: v128, flags: i32): v128 {
  return flags & HARD ? v128.andnot(u, fired) : f32x4.sub(u, v128.and(theta, fired));
}

/** e^x for x <= 0, to two units in the last place: 2^n times a polynomial of degree six. */
// @ts-ignore: decorator
@inline
function exponential(x: v128): v128 {
  const y = f32x4.max(x, f32x4.splat(-87));
  const n = f32x4.nearest(f32x4.mul(y, f32x4.splat(1.4426950408889634)));
  let f = f32x4.sub(y, f32x4.mul(n, f32x4.splat(0.693359375)));
  f = f32x4.sub(f, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let p = f32x4.add(f32x4.mul(f, f32x4.splat(1.0 / 720)), f32x4.splat(1.0 / 120));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(1.0 / 24));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(1.0 / 6));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(0.5));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

/** The surrogate's derivative at d = u − θ; a, b and limit as `src/kernels/neuron.ts` makes them. */
// @ts-ignore: decorator
@inline
export function derivative(d: v128, kind: i32, a: v128, b: v128, limit: v128): v128 {
  const one = f32x4.splat(1);
  if (kind == ATAN) {
    const y = f32x4.mul(d, a); // atan: b/(1 + (a·d)²)
    return f32x4.div(b, f32x4.add(f32x4.mul(y, y), one));
  }
  const size = f32x4.abs(d);
  if (kind == TRIANGULAR) return f32x4.max(f32x4.sub(b, f32x4.mul(size, a)), f32x4.splat(0)); // triangular: max(0, b − a|d|)
  const within = f32x4.lt(size, limit);
  if (kind == RECTANGULAR) return v128.and(within, one); // rectangular
  const e = exponential(f32x4.neg(f32x4.mul(size, a))); // sigmoid and dspike: b·e/(1 + e)², e = exp(−a|d|)
  const below = f32x4.add(e, one);
  return v128.and(within, f32x4.div(f32x4.mul(b, e), f32x4.mul(below, below)));
}

/** s [T, n] and the last potential [n]; v0 = 0 starts from zero. */
export function neuronForward(
  x: usize, v0: usize, s: usize, last: usize, T: i32, n: i32, rate: f32, threshold: f32, flags: i32,
): void {
  const r = f32x4.splat(rate), theta = f32x4.splat(threshold), one = f32x4.splat(1);
  const step = <usize>n << 2;
  if (v0) memory.copy(last, v0, step);
  else memory.fill(last, 0, step);
  for (let first = 0; first < n; first += BLOCK) {
    const count = min(BLOCK, n - first);
    const whole = first + (count & ~3);
    const rest = count & 3;
    for (let t = 0; t < T; t++) {
      const now = <usize>t * step;
      for (let i = <usize>first << 2, end = <usize>whole << 2; i < end; i += 16) {
        const u = charge(v128.load(x + now + i), v128.load(last + i), r, flags);
        const fired = f32x4.ge(u, theta);
        v128.store(s + now + i, v128.and(fired, one));
        v128.store(last + i, reset(u, fired, theta, flags));
      }
      if (rest) {
        const i = <usize>whole << 2;
        const u = charge(loadPart(x + now + i, rest), loadPart(last + i, rest), r, flags);
        const fired = f32x4.ge(u, theta);
        storePart(s + now + i, v128.and(fired, one), rest);
        storePart(last + i, reset(u, fired, theta, flags), rest);
      }
    }
  }
}

/** dx [T, n] and dv0 [n] from ds [T, n] and dlast [n]. `scratch`: T·512 floats. */
export function neuronBackward(
  x: usize, v0: usize, ds: usize, dlast: usize, dx: usize, dv0: usize, scratch: usize,
  T: i32, n: i32, rate: f32, threshold: f32, flags: i32, kind: i32, a: f32, b: f32, limit: f32,
): void {
  const r = f32x4.splat(rate), theta = f32x4.splat(threshold), one = f32x4.splat(1);
  const into = flags & DECAY ? r : one;
  const stay = f32x4.splat(<f32>1 - rate);
  const va = f32x4.splat(a), vb = f32x4.splat(b), vl = f32x4.splat(limit);
  const step = <usize>n << 2;
  for (let first = 0; first < n; first += BLOCK) {
    const count = min(BLOCK, n - first);
    const base = <usize>first << 2;
    // Forwards: the potential in the place of dv0, u of the block in scratch.
    if (v0) memory.copy(dv0 + base, v0 + base, <usize>count << 2);
    else memory.fill(dv0 + base, 0, <usize>count << 2);
    for (let t = 0; t < T; t++) {
      const us = scratch + <usize>(t * BLOCK << 2);
      for (let j = 0; j < count; j += 4) {
        const at = base + (<usize>j << 2);
        const left = count - j;
        const xs = left >= 4 ? v128.load(x + <usize>t * step + at) : loadPart(x + <usize>t * step + at, left);
        const v = left >= 4 ? v128.load(dv0 + at) : loadPart(dv0 + at, left);
        const u = charge(xs, v, r, flags);
        v128.store(us + (<usize>j << 2), u);
        const next = reset(u, f32x4.ge(u, theta), theta, flags);
        if (left >= 4) v128.store(dv0 + at, next);
        else storePart(dv0 + at, next, left);
      }
    }
    memory.copy(dv0 + base, dlast + base, <usize>count << 2);
    for (let t = T - 1; t >= 0; t--) {
      const us = scratch + <usize>(t * BLOCK << 2);
      for (let j = 0; j < count; j += 4) {
        const at = base + (<usize>j << 2);
        const left = count - j;
        const out = left >= 4 ? v128.load(ds + <usize>t * step + at) : loadPart(ds + <usize>t * step + at, left);
        const g = left >= 4 ? v128.load(dv0 + at) : loadPart(dv0 + at, left);
        const u = v128.load(us + (<usize>j << 2));
        const h = derivative(f32x4.sub(u, theta), kind, va, vb, vl);
        let slope = flags & HARD ? v128.andnot(one, f32x4.ge(u, theta)) : one;
        if (!(flags & DETACH)) slope = f32x4.sub(slope, f32x4.mul(flags & HARD ? u : theta, h));
        const du = f32x4.add(f32x4.mul(out, h), f32x4.mul(g, slope));
        const current = f32x4.mul(du, into), earlier = f32x4.mul(du, stay);
        if (left >= 4) {
          v128.store(dx + <usize>t * step + at, current);
          v128.store(dv0 + at, earlier);
        } else {
          storePart(dx + <usize>t * step + at, current, left);
          storePart(dv0 + at, earlier, left);
        }
      }
    }
  }
}
