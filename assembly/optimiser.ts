// Steps of optimisers, one pass over a parameter, its gradient and its moments; the equations are those of layers/optimiser.ts.

import {loadPart, storePart} from "./lanes";

/** m' = μm + g + λp, p' = p − ηm'. */
export function sgdStep(
  p: usize, g: usize, m: usize, nextP: usize, nextM: usize, n: i32, rate: f32, momentum: f32, decay: f32,
): void {
  const eta = f32x4.splat(rate), mu = f32x4.splat(momentum), lambda = f32x4.splat(decay);
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    const count = n - i;
    const old = loadPart(p + at, count);
    const sum = f32x4.add(f32x4.mul(loadPart(m + at, count), mu), loadPart(g + at, count));
    const next = f32x4.add(sum, f32x4.mul(old, lambda));
    storePart(nextM + at, next, count);
    storePart(nextP + at, f32x4.sub(old, f32x4.mul(next, eta)), count);
  }
}

/** m' = β₁m + (1 − β₁)g, v' = β₂v + (1 − β₂)g², p' = p·kept − step·m'/(√(v'/bias) + ε). */
export function adamStep(
  p: usize, g: usize, m: usize, v: usize, nextP: usize, nextM: usize, nextV: usize, n: i32,
  kept: f32, step: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, bias: f32, epsilon: f32,
): void {
  const b1 = f32x4.splat(beta1), c1 = f32x4.splat(rest1), b2 = f32x4.splat(beta2), c2 = f32x4.splat(rest2);
  const k = f32x4.splat(kept), eta = f32x4.splat(step), correction = f32x4.splat(bias), small = f32x4.splat(epsilon);
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    const count = n - i;
    const slope = loadPart(g + at, count);
    const first = f32x4.add(f32x4.mul(loadPart(m + at, count), b1), f32x4.mul(slope, c1));
    const second = f32x4.add(f32x4.mul(loadPart(v + at, count), b2), f32x4.mul(f32x4.mul(slope, slope), c2));
    const size = f32x4.add(f32x4.sqrt(f32x4.div(second, correction)), small);
    storePart(nextM + at, first, count);
    storePart(nextV + at, second, count);
    const kept4 = f32x4.mul(loadPart(p + at, count), k);
    storePart(nextP + at, f32x4.sub(kept4, f32x4.div(f32x4.mul(first, eta), size)), count);
  }
}
