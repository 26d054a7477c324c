// One neuron, watched: its potentials and spikes under a list of input currents, and how fast it fires under a constant one.
//
// A constant current x charges a neuron that starts at rest (0) to u_n before its n-th step fires, with λ = 1 − 1/τ:
//
//   LIF, decayed input     u_n = x·(1 − λⁿ)
//   LIF, undecayed input   u_n = x·(1 − λⁿ)·τ
//   IF                     u_n = x·n
//
// A hard reset brings it back to rest, so it fires every n steps, n being the least with u_n >= θ: the rate is 1/n, a staircase
// in x, and 0 where no n reaches θ. After a soft reset the surplus stays and no such form holds for a leaky neuron.

import {check} from "../check.js";
import {checkNeuron, type NeuronSpec, statesOf} from "../graphs/neuron.js";
import {tensor1d, tensor2d, tidy} from "../tf.js";
import {neuron} from "./neuron.js";

export type NeuronTrace = {
  /** Input current at each timestep. */
  readonly x: readonly number[];
  /** Membrane potential after charging, before the reset. */
  readonly u: readonly number[];
  /** Membrane potential after the reset. */
  readonly v: readonly number[];
  /** 1 where the neuron fires, else 0. */
  readonly s: readonly number[];
  /** Every state by its name, after the timestep: `v`, and what else the model has (`i` of cubaLif, `a` of alif). */
  readonly states: Readonly<Record<string, readonly number[]>>;
};

/** One neuron from rest under the currents `x`, one for each timestep. */
export function neuronTrace(x: readonly number[], spec: NeuronSpec): NeuronTrace {
  checkNeuron(spec);
  const traces = tidy(() => {
    const {u, v, s, ...others} = neuron(tensor1d([...x]), spec);
    const states = Object.entries({v, ...others}).map(([name, state]) => [name, [...state.dataSync()]]);
    return {u: [...u.dataSync()], v: [...v.dataSync()], s: [...s.dataSync()], states: Object.fromEntries(states)};
  });
  return {x, ...traces};
}

/** Spikes per timestep over T timesteps from rest, one value for each constant current. */
export function simulatedRates(currents: readonly number[], spec: NeuronSpec, T = 1000): number[] {
  checkNeuron(spec);
  return tidy(() => {
    const x = tensor2d([...currents], [1, currents.length]).tile([T, 1]); // [T, currents]
    return [...neuron(x, spec).s.mean(0).dataSync()];
  });
}

/** The closed form of the same for T → ∞; hard reset. */
export function constantInputRate(x: number, spec: NeuronSpec): number {
  const {model, tau, threshold, decayInput, reset} = checkNeuron(spec);
  check("neuron model", model, statesOf(spec).length === 1, "lif, plif, strictLif or if: no closed form is known");
  check("reset", reset, reset === "hard", "hard (a leaky neuron with a soft reset has no closed form)");
  if (model === "if") return x > 0 ? 1 / Math.ceil(threshold / x) : 0;
  const limit = decayInput ? x : x * tau; // u_n for n → ∞
  if (limit <= threshold) return 0;
  const steps = Math.log(1 - threshold / limit) / Math.log(1 - 1 / tau); // u_n = θ
  return 1 / (model === "strictLif" ? Math.floor(steps) + 1 : Math.ceil(steps));
}
