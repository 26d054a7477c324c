// The dynamics of every neuron model, one timestep each: charge, fire, reset.
//
//   charge   LIF          u[t] = v[t−1] + (x[t] − v[t−1])/τ        decayed input
//            LIF          u[t] = v[t−1]·(1 − 1/τ) + x[t]           undecayed input
//            IF           u[t] = v[t−1] + x[t]                     v = start·θ before the first timestep, 0 of other models
//            PLIF         LIF with 1/τ = σ(w), w learnt (arXiv 2007.05785)
//            CubaLIF      LIF of the synaptic current i[t], which decays and takes its input as the membrane does, with τs
//                         (NIR, arXiv 2311.14711): i[t] = i[t−1] + (x[t] − i[t−1])/τs, or i[t] = i[t−1]·(1 − 1/τs) + x[t]
//            strict LIF   LIF that fires at u > θ alone (LitE-SNN, arXiv 2401.14652)
//            ALIF         LIF that fires at θ[t] = θ + β·a[t−1] (arXiv 1803.09574)
//   fire                  s[t] = Θ(u[t] − θ)                        1 where u >= θ
//   reset    hard         v[t] = u[t]·(1 − s[t])
//            soft         v[t] = u[t] − θ·s[t]                      ALIF: θ[t]; i is not reset
//   adapt    ALIF         a[t] = a[t−1] + (s[t] − a[t−1])/τa
//
// With `detachReset` the s in the reset is a constant for gradients. The definitions of the integrators are those that SNASNet
// (arXiv 2201.10355) takes from SpikingJelly.

import type {AlifSpec, CubaLifSpec, NeuronModel, NeuronSpec, SpecOf} from "../graphs/neuron.js";
import {detach, type Scalar, type Tensor} from "../tf.js";

/** Tensors carried from one timestep to the next, by name: `statesOf(spec)`. */
export type NeuronState = Readonly<Record<string, Tensor>>;

/** What a population learns, scalars by name: `learntOf(spec)`. */
export type Learnt = Readonly<Record<string, Scalar>>;

/** Spikes s (0 or 1), the membrane potential u before the reset, and the next state. */
export type StepOutput = {readonly s: Tensor; readonly u: Tensor} & NeuronState;

/** Θ of the distance from the threshold: 1 at 0 and above, or above 0 alone where `strict`. */
export type Fire = (distance: Tensor, strict?: boolean) => Tensor;

/** One timestep: x input current [...]; `fire` is Θ. */
export type NeuronStep<S> = (
  x: Tensor,
  state: NeuronState,
  spec: S,
  around: {readonly learnt: Learnt; readonly fire: Fire},
) => StepOutput;

/** Potential after the reset from u, the spikes and the threshold that they crossed. */
function afterReset(u: Tensor, s: Tensor, threshold: Tensor | number, spec: NeuronSpec): Tensor {
  const r = spec.detachReset ? detach(s) : s;
  return spec.reset === "hard" ? u.sub(u.mul(r)) : u.sub(r.mul(threshold));
}

const leaky = (x: Tensor, v: Tensor, rate: Scalar | number, decayInput: boolean): Tensor =>
  decayInput ? v.add(x.sub(v).mul(rate)) : v.sub(v.mul(rate)).add(x);

/** Fires and resets a charged membrane whose threshold is constant. */
const fired = (u: Tensor, spec: NeuronSpec, fire: Fire): StepOutput => {
  const s = fire(u.sub(spec.threshold), spec.model === "strictLif");
  return {s, u, v: afterReset(u, s, spec.threshold, spec)};
};

const cubaLif: NeuronStep<CubaLifSpec> = (x, {i, v}, spec, {fire}) => {
  const current = leaky(x, i!, 1 / spec.tauSynapse, spec.decayInput);
  return {...fired(leaky(current, v!, 1 / spec.tau, spec.decayInput), spec, fire), i: current};
};

const alif: NeuronStep<AlifSpec> = (x, state, spec, {fire}) => {
  const u = leaky(x, state.v!, 1 / spec.tau, spec.decayInput);
  const threshold = state.a!.mul(spec.beta).add(spec.threshold);
  const s = fire(u.sub(threshold));
  const a = state.a!.add(s.sub(state.a!).div(spec.tauAdaptation));
  return {s, u, v: afterReset(u, s, threshold, spec), a};
};

/** Every model's step. */
export const NEURON_STEPS: {readonly [M in NeuronModel]: NeuronStep<SpecOf<M>>} = {
  lif: (x, {v}, spec, {fire}) => fired(leaky(x, v!, 1 / spec.tau, spec.decayInput), spec, fire),
  strictLif: (x, {v}, spec, {fire}) => fired(leaky(x, v!, 1 / spec.tau, spec.decayInput), spec, fire),
  if: (x, {v}, spec, {fire}) => fired(v!.add(x), spec, fire),
  plif: (x, {v}, spec, {learnt, fire}) => fired(leaky(x, v!, learnt.w!.sigmoid(), spec.decayInput), spec, fire),
  cubaLif,
  alif,
};
