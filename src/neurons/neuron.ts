// Spiking neurons in discrete time: charge, fire, reset.
//
//   charge   LIF          u[t] = v[t−1] + (x[t] − v[t−1])/τ        decayed input
//            LIF          u[t] = v[t−1]·(1 − 1/τ) + x[t]           undecayed input
//            IF           u[t] = v[t−1] + x[t]
//            PLIF         LIF with 1/τ = σ(w), w learnt (arXiv 2007.05785)
//   fire                  s[t] = Θ(u[t] − θ)                        1 where u >= θ
//   reset    hard         v[t] = u[t]·(1 − s[t])
//            soft         v[t] = u[t] − θ·s[t]
//
// With `detachReset` the s in the reset is a constant for gradients. The definitions SNASNet (arXiv 2201.10355) takes from
// SpikingJelly.

import {check, checkAbove, checkName} from "../check.js";
import type {NeuronSpec} from "../architectures/neuron.js";
import {detach, scalar, type Scalar, type Tensor, tidy, zeros} from "../tf.js";
import {smoothSpike, spike, SURROGATES} from "./surrogate.js";
import {type Step, unroll} from "./unroll.js";

export type NeuronOutput = {
  /** Spikes, 0 or 1. */
  readonly s: Tensor;
  /** Membrane potential after charging, before the reset. */
  readonly u: Tensor;
  /** Membrane potential after the reset. */
  readonly v: Tensor;
};

/** Throws unless the record describes a neuron. */
export function checkNeuron(spec: NeuronSpec): NeuronSpec {
  checkName("neuron model", spec.model, {lif: 0, if: 0, plif: 0});
  if (spec.model !== "if") checkAbove("tau", spec.tau, 1, "timesteps");
  checkAbove("threshold", spec.threshold);
  checkName("reset", spec.reset, {hard: 0, soft: 0});
  check("decayInput", spec.decayInput, typeof spec.decayInput === "boolean", "true or false");
  check("detachReset", spec.detachReset, typeof spec.detachReset === "boolean", "true or false");
  checkName("surrogate", spec.surrogate.name, SURROGATES);
  return spec;
}

/** PLIF's parameter w at the start, so that σ(w) = 1/τ. */
export const plifInitial = (tau: number): number => -Math.log(tau - 1);

function charge(x: Tensor, v: Tensor, spec: NeuronSpec, w?: Scalar): Tensor {
  if (spec.model === "if") return v.add(x);
  const rate: Scalar | number = spec.model === "plif" ? (w ?? scalar(plifInitial(spec.tau))).sigmoid() : 1 / spec.tau;
  return spec.decayInput ? v.add(x.sub(v).mul(rate)) : v.sub(v.mul(rate)).add(x);
}

/** How `neuronStep` fires: `spikes` for networks, `smooth` (the surrogate's own step) for checks of gradients. */
export type Firing = "spikes" | "smooth";

/** One timestep of a population; x input current and v membrane potential, both [...]. `w`: PLIF's parameter. */
export function neuronStep(
  x: Tensor,
  v: Tensor,
  spec: NeuronSpec,
  w?: Scalar,
  firing: Firing = "spikes",
): NeuronOutput {
  return tidy(() => {
    const u = charge(x, v, spec, w);
    const distance = u.sub(spec.threshold);
    const s = firing === "spikes" ? spike(distance, spec.surrogate) : smoothSpike(distance, spec.surrogate);
    const r = spec.detachReset ? detach(s) : s;
    return {s, u, v: spec.reset === "hard" ? u.sub(u.mul(r)) : u.sub(r.mul(spec.threshold))};
  });
}

/** T timesteps: x [T, ...] and the potential to start from, v [...] (zeros by default); every output [T, ...]. */
export function neuron(
  x: Tensor,
  spec: NeuronSpec,
  options: {v?: Tensor; w?: Scalar; firing?: Firing} = {},
): NeuronOutput {
  return tidy(() => {
    const step: Step<NeuronOutput> = (current, state) => neuronStep(current, state, spec, options.w, options.firing);
    return unroll(step, x, options.v ?? zeros(x.shape.slice(1)));
  });
}
