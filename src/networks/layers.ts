// The layers of one forward pass: each looks its parameters up by name, works on folded maps [T·B, ...], and notes what was
// asked to be observed.

import type {Architecture} from "../architectures/architecture.js";
import {
  batchNormEvaluate,
  batchNormTrain,
  conv2d,
  lendSpikes,
  type OnSpikes,
  spikesOverTime,
  type SpikesOverTime,
} from "../kernels/index.js";
import {type Firing, neuron} from "../neurons/neuron.js";
import {concat, keep, type Scalar, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D} from "../tf.js";
import type {Tensors} from "./parameters.js";

export type LayerMode = {
  /** true: batch statistics. false: running statistics. */
  readonly training: boolean;
  /** `smooth`: neurons give the surrogate's own step instead of spikes, which makes the network differentiable: for checks. */
  readonly firing?: Firing;
  /** Spikes and membrane potentials (before reset) to return, by LIF, each [T, B, ...]. */
  readonly observe?: {readonly spikes?: boolean; readonly membranes?: boolean};
  /** Sees the spikes of every LIF once, of cells with feedback once a timestep (T = 1); nothing is kept. */
  readonly onSpikes?: OnSpikes;
};

/** Statistics [G, C] that a batch normalisation saw, one row an update of its running values, over `rows` rows each. */
export type NormUpdate = {readonly mean: Tensor2D; readonly variance: Tensor2D; readonly rows: number};

export type Observed = {
  readonly spikes: Readonly<Record<string, Tensor>>;
  readonly membranes: Readonly<Record<string, Tensor>>;
};

export type ConvOptions = {readonly stride?: 1 | 2; readonly spikes?: boolean; readonly inputGradient?: boolean};

export type Layers = {
  readonly conv: (name: string, x: Tensor4D, options?: ConvOptions) => Tensor4D;
  readonly linear: (name: string, x: Tensor) => Tensor;
  /** `groups`: how many sets of statistics; as many as timesteps by default, 1 for joint statistics. */
  readonly norm: (name: string, x: Tensor4D, groups?: number) => Tensor4D;
  /** Spikes for the currents of all timesteps. `threshold` replaces the network's. */
  readonly lif: (name: string, x: Tensor4D, threshold?: number) => Tensor4D;
  /** One timestep of the same neurons: spikes and the potential to go on from. */
  readonly lifStep: (
    name: string,
    x: Tensor4D,
    v: Tensor4D | undefined,
    threshold?: number,
  ) => {s: Tensor4D; v: Tensor4D};
  readonly updates: Record<string, NormUpdate>;
  readonly observed: {readonly spikes: Record<string, Tensor>; readonly membranes: Record<string, Tensor>};
};

export function layersOf(
  a: Architecture,
  parameters: Tensors,
  statistics: Tensors,
  {training, observe = {}, firing = "spikes", onSpikes}: LayerMode,
): Layers {
  const updates: Record<string, NormUpdate> = {};
  const spikes: Record<string, Tensor> = {};
  const membranes: Record<string, Tensor> = {};
  const groupsOfTime = a.normalisation === "joint" ? 1 : a.T;

  const note = (record: Record<string, Tensor>, name: string, value: Tensor): void => {
    const earlier = record[name];
    record[name] = keep(earlier ? concat([earlier, value]) : value.clone());
    earlier?.dispose();
  };

  /** Currents [T, B, ...] through the neurons of a name: by their definition where it has more to tell than spikes. */
  const fire = (name: string, x: Tensor, v: Tensor | undefined, threshold: number | undefined): SpikesOverTime => {
    const spec = threshold === undefined ? a.neuron : {...a.neuron, threshold};
    const options = {v, w: parameters[`${name}.w`] as Scalar | undefined};
    let fired: SpikesOverTime;
    if (observe.membranes || firing === "smooth") {
      const {s, u, v: after} = neuron(x, spec, {...options, firing});
      if (observe.membranes) note(membranes, name, u);
      fired = {s, last: after.slice(x.shape[0] - 1, 1).squeeze([0])};
    } else fired = spikesOverTime(x, spec, options);
    if (observe.spikes) note(spikes, name, fired.s);
    if (onSpikes) {
      const [T, B, ...rest] = fired.s.shape as [number, number, ...number[]];
      lendSpikes(fired.s.reshape([T * B, ...rest]), T, (train) => onSpikes(name, train));
    }
    return fired;
  };

  return {
    updates,
    observed: {spikes, membranes},
    conv: (name, x, {stride = 1, spikes = firing === "spikes", inputGradient = true} = {}) =>
      conv2d(x, parameters[`${name}.conv`] as Tensor4D, stride, {spikes, inputGradient}),
    linear: (name, x) => {
      const weight = parameters[`${name}.weight`] as Tensor2D;
      const y = x.reshape([-1, weight.shape[0]]).matMul(weight); // [T·B, out]
      const bias = parameters[`${name}.bias`];
      return bias ? y.add(bias) : y;
    },
    norm: (name, x, groups = groupsOfTime) => {
      const [gamma, beta] = [parameters[`${name}.gamma`] as Tensor1D, parameters[`${name}.beta`] as Tensor1D];
      if (!training)
        return batchNormEvaluate(
          x,
          gamma,
          beta,
          statistics[`${name}.mean`] as Tensor1D,
          statistics[`${name}.variance`] as Tensor1D,
        ) as Tensor4D;
      const channels = x.shape[3];
      const rows = x.size / channels / groups;
      const {y, mean, variance} = batchNormTrain(x.reshape([groups, rows, channels]), gamma, beta);
      const earlier = updates[name];
      updates[name] = {
        mean: keep(earlier ? concat([earlier.mean, mean]) : mean.clone()),
        variance: keep(earlier ? concat([earlier.variance, variance]) : variance.clone()),
        rows,
      };
      earlier?.mean.dispose();
      earlier?.variance.dispose();
      return y.reshape(x.shape);
    },
    lif: (name, x, threshold) => {
      const unfolded = x.reshape([a.T, x.shape[0] / a.T, ...x.shape.slice(1)]); // [T, B, ...]
      return fire(name, unfolded, undefined, threshold).s.reshape(x.shape);
    },
    lifStep: (name, x, v, threshold) => {
      const {s, last} = fire(name, x.reshape([1, ...x.shape]), v, threshold);
      return {s: s.reshape(x.shape), v: last as Tensor4D};
    },
  };
}
