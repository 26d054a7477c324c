// One spiking neuron in double precision, forwards and backwards, with plain numbers: what the tensor code is compared with.
//
// The backward pass is the chain rule by hand (the adjoint recursion through time), so it shares nothing with automatic
// differentiation; `differences` needs no calculus at all.

import type {NeuronSpec} from "../../src/graphs/neuron.js";

export type Trace = {readonly s: number[]; readonly u: number[]; readonly v: number[]};

/** Decay of the membrane and gain of the input for one step: u = decay·v + gain·x. */
function coefficients(spec: NeuronSpec, w: number): {decay: number; gain: number} {
  if (spec.model === "if") return {decay: 1, gain: 1};
  const rate = spec.model === "plif" ? 1 / (1 + Math.exp(-w)) : 1 / spec.tau;
  return {decay: 1 - rate, gain: spec.decayInput ? rate : 1};
}

/** Runs the neuron; `fire` maps u − θ to s; with `held`, the reset uses those spikes in place of its own. */
export function run(
  x: readonly number[],
  spec: NeuronSpec,
  {v = 0, w = 0, fire, held}: {v?: number; w?: number; fire: (x: number) => number; held?: readonly number[]},
): Trace {
  const {decay, gain} = coefficients(spec, w);
  const trace: Trace = {s: [], u: [], v: []};
  let state = v;
  x.forEach((current, t) => {
    const u = decay * state + gain * current;
    const s = fire(u - spec.threshold);
    const r = held ? held[t]! : s;
    state = spec.reset === "hard" ? u * (1 - r) : u - spec.threshold * r;
    trace.s.push(s);
    trace.u.push(u);
    trace.v.push(state);
  });
  return trace;
}

export type Gradients = {readonly x: number[]; readonly v: number; readonly w: number};

/** d(Σ weights[t]·s[t] + Σ stateWeights[t]·v[t]) by the adjoint recursion; `slope` is the derivative used for firing. */
export function adjoint(
  x: readonly number[],
  spec: NeuronSpec,
  options: {v?: number; w?: number; fire: (x: number) => number; slope: (x: number) => number},
  weights: readonly number[],
  stateWeights: readonly number[],
): Gradients {
  const {v = 0, w = 0, slope} = options;
  const {decay, gain} = coefficients(spec, w);
  const trace = run(x, spec, options);
  const dx = x.map(() => 0);
  let [dv, dRate] = [0, 0]; // dLoss/dv[t] from later steps, dLoss/d(1/τ)
  for (let t = x.length - 1; t >= 0; --t) {
    const total = dv + stateWeights[t]!;
    const [u, s, previous] = [trace.u[t]!, trace.s[t]!, t > 0 ? trace.v[t - 1]! : v];
    const g = slope(u - spec.threshold);
    const through = spec.detachReset ? 0 : spec.reset === "hard" ? -u * g : -spec.threshold * g;
    const du = weights[t]! * g + total * ((spec.reset === "hard" ? 1 - s : 1) + through);
    dx[t] = gain * du;
    dv = decay * du;
    dRate += du * (spec.decayInput ? x[t]! - previous : -previous);
  }
  const rate = 1 / (1 + Math.exp(-w));
  return {x: dx, v: dv, w: spec.model === "plif" ? dRate * rate * (1 - rate) : 0};
}

/** The same gradients by central differences; where the reset is detached its spikes are held at their values. */
export function differences(
  x: readonly number[],
  spec: NeuronSpec,
  {v = 0, w = 0, fire}: {v?: number; w?: number; fire: (x: number) => number},
  weights: readonly number[],
  stateWeights: readonly number[],
): Gradients {
  const held = spec.detachReset ? run(x, spec, {v, w, fire}).s : undefined;
  const loss = (xs: readonly number[], v0: number, w0: number): number => {
    const trace = run(xs, spec, {v: v0, w: w0, fire, ...(held && {held})});
    return trace.s.reduce((sum, s, t) => sum + weights[t]! * s + stateWeights[t]! * trace.v[t]!, 0);
  };
  const h = 1e-5;
  const bumped = (t: number, by: number): number[] => x.map((value, i) => (i === t ? value + by : value));
  return {
    x: x.map((_, t) => (loss(bumped(t, h), v, w) - loss(bumped(t, -h), v, w)) / (2 * h)),
    v: (loss(x, v + h, w) - loss(x, v - h, w)) / (2 * h),
    w: (loss(x, v, w + h) - loss(x, v, w - h)) / (2 * h),
  };
}
