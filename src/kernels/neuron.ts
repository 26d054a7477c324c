// Neurons over time, fused: spikes and the last potential alone, which is what a network hands on.
//
// The backward pass rematerialises u and v from x. What the kernels do not know (other neurons,
// gradients of what is learnt) and traces are the definition's.

import {type NeuronSpec, startOf} from "../graphs/neuron.js";
import {neuron, restingState} from "../neurons/neuron.js";
import type {Learnt, NeuronState} from "../neurons/steps.js";
import {scalar, slice, squeeze, type Tensor, tidy} from "../tf.js";
import {compiled} from "./compiled.js";
import {type Dynamics, dynamicsOf} from "./compiledNeurons.js";
import {differentiable} from "./differentiable.js";
import {address, kernel, output, withScratch} from "./engine.js";
import {operation} from "./operation.js";

export {neuron} from "../neurons/neuron.js";

export type SpikesOverTime = {
  /** Spikes, [T, ...]. */
  readonly s: Tensor;
  /** Every state after the last timestep, [...]; v is the membrane potential after the reset. */
  readonly last: NeuronState;
};

type Start = {readonly state?: NeuronState | undefined; readonly learnt?: Learnt | undefined};
type Population = {
  readonly x: Tensor;
  /** The state to start from; zero unless `started`. */
  readonly v: Tensor;
  readonly started: boolean;
  readonly dynamics: Dynamics;
};

const BLOCK = 512; // neurons that the backward kernel takes through time together

const forward = operation("Neuron", ({x, v, started, dynamics}: Population) => {
  const made = {s: output(x.shape), last: output(x.shape.slice(1))};
  const tensors = [address(x), started ? address(v) : 0, address(made.s), address(made.last)];
  kernel("neuronForward")(...tensors, x.shape[0], x.size / x.shape[0], ...dynamics.numbers);
  return made;
});

type Received = {readonly ds: Tensor; readonly dlast: Tensor};

const backward = operation("NeuronGradient", ({x, v, started, dynamics, ds, dlast}: Population & Received) => {
  const T = x.shape[0];
  const made = {dx: output(x.shape), dv: output(x.shape.slice(1))};
  const tensors = [address(x), started ? address(v) : 0, ...[ds, dlast, made.dx, made.dv].map(address)];
  const numbers = [T, dlast.size, ...dynamics.numbers, ...dynamics.surrogate];
  withScratch(4 * T * BLOCK, (scratch) => kernel("neuronBackward")(...tensors, scratch, ...numbers));
  return made;
});

/** T timesteps of x [T, ...] from a state (at rest by default): `neuron`'s spikes and its last state. */
function byDefinition(x: Tensor, spec: NeuronSpec, start: Start = {}): SpikesOverTime {
  return tidy(() => {
    const {s, u: _u, ...states} = neuron(x, spec, start);
    const shape = x.shape.slice(1);
    const begin = [x.shape[0] - 1, ...shape.map(() => 0)];
    const lastOf = (value: Tensor): Tensor => squeeze(slice(value, begin, [1, ...shape]), [0]);
    return {s, last: Object.fromEntries(Object.entries(states).map(([name, value]) => [name, lastOf(value)]))};
  });
}

/** The same of a neuron that the kernels know. */
function fused(x: Tensor, dynamics: Dynamics, {state}: Start): SpikesOverTime {
  const started = state !== undefined;
  return tidy(() => {
    const inputs = {x, v: state?.v ?? scalar(0)};
    const {s, last} = differentiable({
      inputs,
      forward: () => ({outputs: forward({...inputs, started, dynamics}), saved: inputs}),
      gradientOnDemand: ({s: ds, last: dlast}, saved) => {
        const {dx, dv} = backward({...saved, started, dynamics, ds, dlast});
        return {x: () => dx, v: () => dv};
      },
    });
    return {s, last: {v: last}};
  });
}

/** T timesteps of x [T, ...] from a state (at rest by default): `neuron`'s spikes and its last state. */
export const spikesOverTime = compiled({
  definition: byDefinition,
  kernel: (x, spec, given = {}) => {
    const start = !given.state && startOf(spec) ? {...given, state: restingState(spec, x.shape.slice(1))} : given;
    const dynamics = dynamicsOf(spec, start.learnt);
    return dynamics && !dynamics.learntGradients ? fused(x, dynamics, start) : byDefinition(x, spec, start);
  },
});
