// Neurons over T timesteps whose spikes are bits, and their backward pass; the equations are those of neuron.ts.
//
// x [T, P, C] may be one current for all timesteps (xStep 0; its gradient is the sum over time), and may stand for its batch
// normalisation, (x − m)·k + b with `factors` m, k, b [C] each, one set a timestep or one for all (fStep 0). Each neuron goes
// through all of time before the next, its potential in a register. The backward pass rematerialises u.

import {loadPart, storePart} from "./lanes";
import {ATAN, charge, DECAY, derivative, DETACH, HARD, RECTANGULAR, reset, TRIANGULAR} from "./neuron";

// `scaled`, `flags` and `kind` are passed as constants where they can be, so that no test of them is left in the inner loops.

// @ts-ignore: decorator
@inline
function current(x: usize, factors: usize, row: usize, scaled: bool): v128 {
  const value = v128.load(x);
  if (!scaled) return value;
  const centred = f32x4.sub(value, v128.load(factors));
  return f32x4.add(f32x4.mul(centred, v128.load(factors + row)), v128.load(factors + 2 * row));
}

// @ts-ignore: decorator
@inline
function currentPart(x: usize, factors: usize, row: usize, count: i32, scaled: bool): v128 {
  const value = loadPart(x, count);
  if (!scaled) return value;
  const centred = f32x4.sub(value, loadPart(factors, count));
  return f32x4.add(f32x4.mul(centred, loadPart(factors + row, count)), loadPart(factors + 2 * row, count));
}

// @ts-ignore: decorator
@inline
function bitsOf(
  x: usize, factors: usize, bits: usize, T: i32, P: i32, C: i32, xStep: i32, fStep: i32,
  rate: f32, threshold: f32, flags: i32, scaled: bool,
): f64 {
  const r = f32x4.splat(rate), theta = f32x4.splat(threshold), zero = f32x4.splat(0);
  const row = <usize>C << 2;
  const position = <usize>((C + 31) >> 5) << 2;
  const bStep = <usize>P * position;
  let ones: i64 = 0;
  for (let i = 0; i < P; i++, x += row, bits += position) {
    let c = 0;
    for (; c + 16 <= C; c += 16) {
      let v0 = zero, v1 = zero, v2 = zero, v3 = zero;
      let p = x + (<usize>c << 2), f = factors + (<usize>c << 2), to = bits + (<usize>c >> 3);
      for (let t = 0; t < T; t++, p += xStep, f += fStep, to += bStep) {
        const u0 = charge(current(p, f, row, scaled), v0, r, flags);
        const u1 = charge(current(p + 16, f + 16, row, scaled), v1, r, flags);
        const u2 = charge(current(p + 32, f + 32, row, scaled), v2, r, flags);
        const u3 = charge(current(p + 48, f + 48, row, scaled), v3, r, flags);
        const s0 = f32x4.ge(u0, theta), s1 = f32x4.ge(u1, theta), s2 = f32x4.ge(u2, theta), s3 = f32x4.ge(u3, theta);
        const low = i16x8.narrow_i32x4_s(s0, s1), high = i16x8.narrow_i32x4_s(s2, s3);
        const mask = <u32>i8x16.bitmask(i8x16.narrow_i16x8_s(low, high));
        if (c & 16) store<u16>(to, <u16>mask);
        else store<u32>(to, mask);
        ones += popcnt(mask);
        v0 = reset(u0, s0, theta, flags);
        v1 = reset(u1, s1, theta, flags);
        v2 = reset(u2, s2, theta, flags);
        v3 = reset(u3, s3, theta, flags);
      }
    }
    for (; c < C; c += 4) {
      const count = min(4, C - c);
      let v = zero;
      let p = x + (<usize>c << 2), f = factors + (<usize>c << 2), to = bits + (<usize>(c >> 5) << 2);
      for (let t = 0; t < T; t++, p += xStep, f += fStep, to += bStep) {
        const u = charge(currentPart(p, f, row, count, scaled), v, r, flags);
        const s = f32x4.ge(u, theta);
        const mask = <u32>i32x4.bitmask(s);
        if (c & 31) store<u32>(to, load<u32>(to) | (mask << (c & 31)));
        else store<u32>(to, mask);
        ones += popcnt(mask);
        v = reset(u, s, theta, flags);
      }
    }
  }
  return <f64>ones;
}

/** Bits [T, P, words] as `packSpikes` makes them; returns how many are ones. */
export function neuronBits(
  x: usize, factors: usize, bits: usize, T: i32, P: i32, C: i32, xStep: i32, fStep: i32,
  rate: f32, threshold: f32, flags: i32,
): f64 {
  if ((flags & (DECAY | HARD)) != (DECAY | HARD)) {
    if (factors) return bitsOf(x, factors, bits, T, P, C, xStep, fStep, rate, threshold, flags, true);
    return bitsOf(x, 0, bits, T, P, C, xStep, 0, rate, threshold, flags, false);
  }
  if (factors) return bitsOf(x, factors, bits, T, P, C, xStep, fStep, rate, threshold, DECAY | HARD, true);
  return bitsOf(x, 0, bits, T, P, C, xStep, 0, rate, threshold, DECAY | HARD, false);
}

// @ts-ignore: decorator
@inline
function slopeOf(u: v128, h: v128, theta: v128, flags: i32): v128 {
  const slope = flags & HARD ? v128.andnot(f32x4.splat(1), f32x4.ge(u, theta)) : f32x4.splat(1);
  return flags & DETACH ? slope : f32x4.sub(slope, f32x4.mul(flags & HARD ? u : theta, h));
}

/** Sixteen channels at once, so that their chains through time overlap. `scratch`: 64·T bytes. */
// @ts-ignore: decorator
@inline
function backwardUnit(
  x: usize, factors: usize, ds: usize, dx: usize, scratch: usize, T: i32, row: usize, step: usize, xStep: usize, fStep: usize,
  r: v128, theta: v128, into: v128, stay: v128, flags: i32, kind: i32, va: v128, vb: v128, vl: v128, scaled: bool, summed: bool,
): void {
  const zero = f32x4.splat(0);
  let v0 = zero, v1 = zero, v2 = zero, v3 = zero;
  let us = scratch;
  for (let t = 0; t < T; t++, x += xStep, factors += fStep, us += 64) {
    const u0 = charge(current(x, factors, row, scaled), v0, r, flags);
    const u1 = charge(current(x + 16, factors + 16, row, scaled), v1, r, flags);
    const u2 = charge(current(x + 32, factors + 32, row, scaled), v2, r, flags);
    const u3 = charge(current(x + 48, factors + 48, row, scaled), v3, r, flags);
    v128.store(us, u0, 0);
    v128.store(us, u1, 16);
    v128.store(us, u2, 32);
    v128.store(us, u3, 48);
    v0 = reset(u0, f32x4.ge(u0, theta), theta, flags);
    v1 = reset(u1, f32x4.ge(u1, theta), theta, flags);
    v2 = reset(u2, f32x4.ge(u2, theta), theta, flags);
    v3 = reset(u3, f32x4.ge(u3, theta), theta, flags);
  }
  let g0 = zero, g1 = zero, g2 = zero, g3 = zero;
  let sum0 = zero, sum1 = zero, sum2 = zero, sum3 = zero;
  const last = <usize>(T - 1) * step;
  let from = ds + last, to = dx + last;
  for (let t = T - 1; t >= 0; t--, from -= step, to -= step) {
    us -= 64;
    const u0 = v128.load(us, 0), u1 = v128.load(us, 16), u2 = v128.load(us, 32), u3 = v128.load(us, 48);
    const h0 = derivative(f32x4.sub(u0, theta), kind, va, vb, vl), h1 = derivative(f32x4.sub(u1, theta), kind, va, vb, vl);
    const h2 = derivative(f32x4.sub(u2, theta), kind, va, vb, vl), h3 = derivative(f32x4.sub(u3, theta), kind, va, vb, vl);
    const d0 = f32x4.add(f32x4.mul(v128.load(from, 0), h0), f32x4.mul(g0, slopeOf(u0, h0, theta, flags)));
    const d1 = f32x4.add(f32x4.mul(v128.load(from, 16), h1), f32x4.mul(g1, slopeOf(u1, h1, theta, flags)));
    const d2 = f32x4.add(f32x4.mul(v128.load(from, 32), h2), f32x4.mul(g2, slopeOf(u2, h2, theta, flags)));
    const d3 = f32x4.add(f32x4.mul(v128.load(from, 48), h3), f32x4.mul(g3, slopeOf(u3, h3, theta, flags)));
    g0 = f32x4.mul(d0, stay);
    g1 = f32x4.mul(d1, stay);
    g2 = f32x4.mul(d2, stay);
    g3 = f32x4.mul(d3, stay);
    if (!summed) {
      v128.store(to, f32x4.mul(d0, into), 0);
      v128.store(to, f32x4.mul(d1, into), 16);
      v128.store(to, f32x4.mul(d2, into), 32);
      v128.store(to, f32x4.mul(d3, into), 48);
    } else {
      sum0 = f32x4.add(sum0, f32x4.mul(d0, into));
      sum1 = f32x4.add(sum1, f32x4.mul(d1, into));
      sum2 = f32x4.add(sum2, f32x4.mul(d2, into));
      sum3 = f32x4.add(sum3, f32x4.mul(d3, into));
    }
  }
  if (summed) {
    v128.store(dx, sum0, 0);
    v128.store(dx, sum1, 16);
    v128.store(dx, sum2, 32);
    v128.store(dx, sum3, 48);
  }
}

// @ts-ignore: decorator
@inline
function backwardOf(
  x: usize, factors: usize, ds: usize, dx: usize, scratch: usize, T: i32, P: i32, C: i32, xStep: i32, fStep: i32,
  rate: f32, threshold: f32, flags: i32, kind: i32, a: f32, b: f32, limit: f32, learns: i32, scaled: bool,
): f64 {
  const r = f32x4.splat(rate), theta = f32x4.splat(threshold), zero = f32x4.splat(0), one = f32x4.splat(1);
  const into = flags & DECAY ? r : one;
  const stay = f32x4.splat(<f32>1 - rate);
  const va = f32x4.splat(a), vb = f32x4.splat(b), vl = f32x4.splat(limit);
  const row = <usize>C << 2;
  const step = <usize>P * row;
  const last = <usize>(T - 1);
  let total: f64 = 0;
  for (let i = 0; i < P; i++, x += row, ds += row, dx += row) {
    let learnt = zero;
    let c = 0;
    if (!learns)
      for (; c + 16 <= C; c += 16) {
        const at = <usize>c << 2;
        backwardUnit(
          x + at, factors + at, ds + at, dx + at, scratch, T, row, step, xStep, fStep,
          r, theta, into, stay, flags, kind, va, vb, vl, scaled, xStep == 0,
        );
      }
    for (; c < C; c += 4) {
      const at = <usize>c << 2;
      const count = C - c;
      let p = x + at, f = factors + at, us = scratch;
      let v = zero;
      for (let t = 0; t < T; t++, p += xStep, f += fStep, us += 16) {
        const u = charge(count >= 4 ? current(p, f, row, scaled) : currentPart(p, f, row, count, scaled), v, r, flags);
        v128.store(us, u);
        v = reset(u, f32x4.ge(u, theta), theta, flags);
      }
      let g = zero, sum = zero;
      let from = ds + at + last * step, to = dx + at + last * step;
      for (let t = T - 1; t >= 0; t--, from -= step, to -= step) {
        us -= 16;
        const u = v128.load(us);
        const out = count >= 4 ? v128.load(from) : loadPart(from, count);
        const h = derivative(f32x4.sub(u, theta), kind, va, vb, vl);
        const du = f32x4.add(f32x4.mul(out, h), f32x4.mul(g, slopeOf(u, h, theta, flags)));
        if (learns) {
          p -= xStep;
          f -= fStep;
          let before = zero;
          if (t > 0) {
            const earlier = v128.load(us - 16);
            before = reset(earlier, f32x4.ge(earlier, theta), theta, flags);
          }
          let charged = f32x4.neg(before);
          if (flags & DECAY)
            charged = f32x4.add(charged, count >= 4 ? current(p, f, row, scaled) : currentPart(p, f, row, count, scaled));
          learnt = f32x4.add(learnt, f32x4.mul(du, charged));
        }
        const here = f32x4.mul(du, into);
        g = f32x4.mul(du, stay);
        if (!xStep) sum = f32x4.add(sum, here);
        else if (count >= 4) v128.store(to, here);
        else storePart(to, here, count);
      }
      if (!xStep) {
        if (count >= 4) v128.store(dx + at, sum);
        else storePart(dx + at, sum, count);
      }
    }
    if (learns) {
      total += <f64>f32x4.extract_lane(learnt, 0) + <f64>f32x4.extract_lane(learnt, 1);
      total += <f64>f32x4.extract_lane(learnt, 2) + <f64>f32x4.extract_lane(learnt, 3);
    }
  }
  return total;
}

/** Of the neurons that most networks have. */
const USUAL = DECAY | HARD | DETACH;

// @ts-ignore: decorator
@inline
function backwardUsual(
  x: usize, factors: usize, ds: usize, dx: usize, scratch: usize, T: i32, P: i32, C: i32, xStep: i32, fStep: i32,
  rate: f32, threshold: f32, kind: i32, a: f32, b: f32, limit: f32,
): f64 {
  if (factors)
    return backwardOf(x, factors, ds, dx, scratch, T, P, C, xStep, fStep, rate, threshold, USUAL, kind, a, b, limit, 0, true);
  return backwardOf(x, 0, ds, dx, scratch, T, P, C, xStep, 0, rate, threshold, USUAL, kind, a, b, limit, 0, false);
}

/**
 * The gradient of the current (after its normalisation) from ds [T, P, C]: dx [T, P, C], or [P, C] where xStep is 0. Returns the
 * gradient of the rate of charge where `learns`. `scratch`: 64·T bytes.
 */
export function neuronBitsBackward(
  x: usize, factors: usize, ds: usize, dx: usize, scratch: usize, T: i32, P: i32, C: i32, xStep: i32, fStep: i32,
  rate: f32, threshold: f32, flags: i32, kind: i32, a: f32, b: f32, limit: f32, learns: i32,
): f64 {
  if (learns || flags != USUAL || kind > RECTANGULAR) {
    if (factors)
      return backwardOf(x, factors, ds, dx, scratch, T, P, C, xStep, fStep, rate, threshold, flags, kind, a, b, limit, learns, true);
    return backwardOf(x, 0, ds, dx, scratch, T, P, C, xStep, 0, rate, threshold, flags, kind, a, b, limit, learns, false);
  }
  if (kind == ATAN) return backwardUsual(x, factors, ds, dx, scratch, T, P, C, xStep, fStep, rate, threshold, ATAN, a, b, limit);
  if (kind == TRIANGULAR)
    return backwardUsual(x, factors, ds, dx, scratch, T, P, C, xStep, fStep, rate, threshold, TRIANGULAR, a, b, limit);
  return backwardUsual(x, factors, ds, dx, scratch, T, P, C, xStep, fStep, rate, threshold, RECTANGULAR, a, b, limit);
}
