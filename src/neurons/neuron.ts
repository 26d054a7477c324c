// Neurons over time: the step of a model (steps.ts), unrolled.

import {learntOf, type NeuronSpec, startOf, statesOf} from "../graphs/neuron.js";
import {fill, scalar, type Tensor, tidy} from "../tf.js";
import {type Fire, type Learnt, NEURON_STEPS, type NeuronState, type NeuronStep, type StepOutput} from "./steps.js";
import {smoothSpike, spike} from "./surrogate.js";
import {unroll} from "./unroll.js";

/** Spikes `s` (0 or 1), membrane potential `u` before the reset, and every state by its name: `v` is the potential after the reset. */
export type NeuronOutput = StepOutput & {readonly v: Tensor};

/** How `neuronStep` fires: `spikes` for networks, `smooth` (the surrogate's own step) for checks of gradients. */
export type Firing = "spikes" | "smooth";

export type NeuronOptions = {
  /** What the population learnt, by name; the initial values unless given. */
  readonly learnt?: Learnt | undefined;
  readonly firing?: Firing;
};

/** The state at rest of a population of this shape. */
export const restingState = (spec: NeuronSpec, shape: readonly number[]): NeuronState =>
  Object.fromEntries(statesOf(spec).map((name) => [name, fill([...shape], name === "v" ? startOf(spec) : 0)]));

/** One timestep of a population: x input current [...], every state [...]. */
export function neuronStep(
  x: Tensor,
  state: NeuronState,
  spec: NeuronSpec,
  {learnt, firing = "spikes"}: NeuronOptions = {},
): NeuronOutput {
  return tidy(() => {
    const initial = Object.entries(learntOf(spec)).map(([name, value]) => [name, scalar(value)]);
    const fire: Fire = (distance, strict) =>
      firing === "spikes" ? spike(distance, spec.surrogate, strict) : smoothSpike(distance, spec.surrogate);
    const step = NEURON_STEPS[spec.model] as NeuronStep<NeuronSpec>;
    return step(x, state, spec, {learnt: {...Object.fromEntries(initial), ...learnt}, fire}) as NeuronOutput;
  });
}

/** T timesteps: x [T, ...] from a state of [...] each (at rest where it is not given); every output [T, ...]. */
export function neuron(
  x: Tensor,
  spec: NeuronSpec,
  {state, ...options}: NeuronOptions & {readonly state?: NeuronState | undefined} = {},
): NeuronOutput {
  return tidy(() => {
    const start = {...restingState(spec, x.shape.slice(1)), ...state};
    return unroll((current, before) => neuronStep(current, before, spec, options), x, start);
  });
}
