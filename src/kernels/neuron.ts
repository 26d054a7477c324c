// Neurons over time, fused: spikes and the last potential alone, which is what a network hands on.
//
// The backward pass charges the neuron again from x, so that neither u nor v is kept. PLIF and traces are the definition's.

import type {IntegratorSpec, NeuronSpec, SurrogateSpec} from "../graphs/neuron.js";
import {neuron} from "../neurons/neuron.js";
import type {Learnt, NeuronState} from "../neurons/steps.js";
import {scalar, slice, squeeze, type Tensor, tidy} from "../tf.js";
import {address, engineOn, kernel, output, withScratch} from "./engine.js";
import {operation} from "./register.js";

export {neuron} from "../neurons/neuron.js";

export type SpikesOverTime = {
  /** Spikes, [T, ...]. */
  readonly s: Tensor;
  /** Every state after the last timestep, [...]; v is the membrane potential after the reset. */
  readonly last: NeuronState;
};

type Attributes = {
  readonly spec: IntegratorSpec;
  /** Whether v is the state to start from, or stands for zeros. */ readonly started: boolean;
};

const BLOCK = 512; // neurons that the backward kernel takes through time together

/** What the kernel's `derivative` reads: kind, a, b, limit. */
export function surrogateNumbers(spec: SurrogateSpec): [number, number, number, number] {
  switch (spec.name) {
    case "atan":
      return [0, (Math.PI / 2) * spec.alpha, spec.alpha / 2, Infinity];
    case "triangular":
      return [1, spec.alpha * spec.alpha, spec.alpha, Infinity];
    case "rectangular":
      return [2, 0, 0, spec.width];
    case "sigmoid":
      return [3, spec.alpha, spec.alpha, Infinity];
    case "dspike": // 1 − tanh²(bx) = 4e/(1 + e)², e = exp(−2b|x|)
      return [3, 2 * spec.b, (2 * spec.b) / Math.tanh(spec.b / 2), 0.5];
  }
}

/** The models that compiled kernels run; every other neuron runs by its definition. */
const COMPILED: Readonly<Record<IntegratorSpec["model"], true>> = {lif: true, if: true, plif: true};

/** Whether compiled kernels run this neuron. */
export const isCompiled = (spec: NeuronSpec): spec is IntegratorSpec => Object.hasOwn(COMPILED, spec.model);

/** Rate of charge, threshold and flags, as the kernels read them: an IF is an undecayed LIF that leaks nothing. */
export function dynamics(
  {model, tau, threshold, decayInput, reset, detachReset}: IntegratorSpec,
  rate: number = model === "if" ? 0 : 1 / tau,
): [number, number, number] {
  const decays = model !== "if" && decayInput;
  const flags = (decays ? 1 : 0) | (reset === "hard" ? 2 : 0) | (detachReset ? 4 : 0);
  return [rate, threshold, flags];
}

const backward = operation<{x: Tensor; v: Tensor; ds: Tensor; dlast: Tensor}, Attributes>({
  name: "NeuronGradient",
  saves: {inputs: []},
  forward: ({x, v, ds, dlast}, {spec, started}) => {
    const T = x.shape[0];
    const outputs = [output(x.shape), output(x.shape.slice(1))];
    const tensors = [address(x), started ? address(v) : 0, ...[ds, dlast, ...outputs].map(address)];
    const numbers = [T, dlast.size, ...dynamics(spec), ...surrogateNumbers(spec.surrogate)];
    withScratch(4 * T * BLOCK, (scratch) => kernel("neuronBackward")(...tensors, scratch, ...numbers));
    return outputs;
  },
});

const forward = operation<{x: Tensor; v: Tensor}, Attributes>({
  name: "Neuron",
  saves: {inputs: ["x", "v"]},
  forward: ({x, v}, {spec, started}) => {
    const outputs = [output(x.shape), output(x.shape.slice(1))] as const;
    const n = x.size / x.shape[0];
    const tensors = [address(x), started ? address(v) : 0, ...outputs.map(address)];
    kernel("neuronForward")(...tensors, x.shape[0], n, ...dynamics(spec));
    return [...outputs];
  },
  gradient: ([ds, dlast], [x, v], attributes) => {
    const [dx, dv] = backward({x: x!, v: v!, ds: ds!, dlast: dlast!}, attributes);
    return {x: () => dx!, v: () => dv!};
  },
});

/** T timesteps of x [T, ...] from a state (at rest by default): `neuron`'s spikes and its last state. */
export function spikesOverTime(
  x: Tensor,
  spec: NeuronSpec,
  {state, learnt}: {state?: NeuronState | undefined; learnt?: Learnt | undefined} = {},
): SpikesOverTime {
  if (!engineOn() || !isCompiled(spec) || spec.model === "plif")
    return tidy(() => {
      const {s, u: _u, ...states} = neuron(x, spec, {state, learnt});
      const shape = x.shape.slice(1);
      const start = [x.shape[0] - 1, ...shape.map(() => 0)];
      const lastOf = (value: Tensor): Tensor => squeeze(slice(value, start, [1, ...shape]), [0]);
      return {s, last: Object.fromEntries(Object.entries(states).map(([name, value]) => [name, lastOf(value)]))};
    });
  return tidy(() => {
    const [s, v] = forward({x, v: state?.v ?? scalar(0)}, {spec, started: state !== undefined});
    return {s: s!, last: {v: v!}};
  });
}
