// The layers of one forward pass: each looks its parameters up by name, works on folded maps [T·B, ...], and notes what was
// asked to be observed.

import type {Architecture} from "../architectures/architecture.js";
import {
  avgPool,
  batchNormEvaluate,
  batchNormTrain,
  type Consumer,
  conv2d,
  normalisedSum,
  type NormBefore,
  type OnSpikes,
  spikesOverTime,
  type SpikesOverTime,
  spiking,
  type Statistics,
  withSpikeTrain,
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

/** What reads a LIF's spikes: the convolution of a name, or the mean over windows of p×p (p = 1: the spikes). */
export type NamedReader =
  | {
      readonly conv: string;
      /** Instead of its map: the mean over windows of p×p of the batch normalisation of that name. */
      readonly pooledNorm?: {readonly name: string; readonly p: number};
    }
  | {readonly pool: number};

/** The maps that enter neurons: [T·B, ...], or [B, ...] where they are the same at every timestep. */
export type Currents = {readonly x: Tensor; readonly constant?: boolean};

export type Layers = {
  readonly conv: (name: string, x: Tensor4D, options?: {stride?: 1 | 2; spikes?: boolean}) => Tensor4D;
  readonly linear: (name: string, x: Tensor) => Tensor;
  /** `groups`: how many sets of statistics; as many as timesteps by default, 1 for joint statistics. */
  readonly norm: (name: string, x: Tensor4D, groups?: number) => Tensor4D;
  /** Σ norm(name, y) + Σ addends; an addend of [B, ...] enters at every timestep. Nothing may read a y after this. */
  readonly sum: (terms: readonly {readonly name: string; readonly y: Tensor}[], addends: readonly Tensor[]) => Tensor;
  /**
   * What `readers` make of the spikes of all timesteps. `norm` names a batch normalisation of the currents, `threshold`
   * replaces the network's.
   */
  readonly spiking: (
    name: string,
    currents: Currents,
    readers: readonly NamedReader[],
    options?: {readonly threshold?: number | undefined; readonly norm?: string},
  ) => Tensor[];
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

  const specOf = (threshold: number | undefined) => (threshold === undefined ? a.neuron : {...a.neuron, threshold});
  const tauOf = (name: string): Scalar | undefined => parameters[`${name}.w`] as Scalar | undefined;
  const filterOf = (name: string): Tensor4D => parameters[`${name}.conv`] as Tensor4D;
  const unfolded = (x: Tensor): Tensor => x.reshape([a.T, x.shape[0] / a.T, ...x.shape.slice(1)]);

  /** Currents [T, B, ...] through the neurons of a name: by their definition where it has more to tell than spikes. */
  const fire = (name: string, x: Tensor, v: Tensor | undefined, threshold: number | undefined): SpikesOverTime => {
    const spec = specOf(threshold);
    const w = tauOf(name);
    const options = {...(v && {state: {v}}), ...(w && {learnt: {w}})};
    let fired: SpikesOverTime;
    if (observe.membranes || firing === "smooth") {
      const {s, u, v: after} = neuron(x, spec, {...options, firing});
      if (observe.membranes) note(membranes, name, u);
      fired = {s, last: {v: after.slice(x.shape[0] - 1, 1).squeeze([0])}};
    } else fired = spikesOverTime(x, spec, options);
    if (observe.spikes) note(spikes, name, fired.s);
    if (onSpikes) {
      const [T, B, ...rest] = fired.s.shape as [number, number, ...number[]];
      withSpikeTrain(fired.s.reshape([T * B, ...rest]), T, (train) => onSpikes(name, train));
    }
    return fired;
  };

  const noteUpdate = (name: string, mean: Tensor2D, variance: Tensor2D, rows: number): void => {
    const earlier = updates[name];
    updates[name] = {
      mean: keep(earlier ? concat([earlier.mean, mean]) : mean.clone()),
      variance: keep(earlier ? concat([earlier.variance, variance]) : variance.clone()),
      rows,
    };
    earlier?.mean.dispose();
    earlier?.variance.dispose();
  };

  /** Of convolutions of spikes, which come with their statistics. */
  const known = new WeakMap<Tensor, Statistics>();
  const runningOf = (name: string) => ({
    mean: statistics[`${name}.mean`] as Tensor1D,
    variance: statistics[`${name}.variance`] as Tensor1D,
  });
  /** γ and β; in evaluation the running statistics too. */
  const scaleOf = (name: string) => ({
    gamma: parameters[`${name}.gamma`] as Tensor1D,
    beta: parameters[`${name}.beta`] as Tensor1D,
    given: training ? undefined : runningOf(name),
  });
  const normOf = (name: string, x: Tensor, groups = groupsOfTime): NormBefore => {
    const {gamma, beta, given} = scaleOf(name);
    return {gamma, beta, statistics: given ?? {groups, known: known.get(x)}};
  };

  const layers: Layers = {
    updates,
    observed: {spikes, membranes},
    conv: (name, x, {stride = 1, spikes = firing === "spikes"} = {}) => conv2d(x, filterOf(name), stride, {spikes}),
    linear: (name, x) => {
      const weight = parameters[`${name}.weight`] as Tensor2D;
      const y = x.reshape([-1, weight.shape[0]]).matMul(weight); // [T·B, out]
      const bias = parameters[`${name}.bias`];
      return bias ? y.add(bias) : y;
    },
    norm: (name, x, groups = groupsOfTime) => {
      const {gamma, beta, statistics: given} = normOf(name, x, groups);
      if ("mean" in given) return batchNormEvaluate(x, gamma, beta, given.mean, given.variance) as Tensor4D;
      const channels = x.shape[3];
      const rows = x.size / channels / groups;
      const {y, mean, variance} = batchNormTrain(x.reshape([groups, rows, channels]), gamma, beta);
      noteUpdate(name, mean, variance, rows);
      return y.reshape(x.shape);
    },
    sum: (terms, addends) => {
      const {value, statistics: seen} = normalisedSum(
        terms.map(({name, y}) => ({y, ...normOf(name, y)})),
        addends,
        {last: true},
      );
      terms.forEach(({name, y}, i) => {
        const {mean, variance} = seen[i] ?? {};
        if (mean && variance) noteUpdate(name, mean, variance, y.size / mean.size);
      });
      return value;
    },
    spiking: (name, {x, constant = false}, readers, {threshold, norm} = {}) => {
      if (observe.membranes || firing === "smooth") {
        const current = norm ? layers.norm(norm, x as Tensor4D) : x;
        const repeated = constant ? current.tile([a.T, ...x.shape.slice(1).map(() => 1)]) : current;
        const fired = fire(name, unfolded(repeated), undefined, threshold).s.reshape(repeated.shape);
        return readers.map((reader) => {
          if (!("conv" in reader)) return avgPool(fired as Tensor4D, reader.pool);
          const y = layers.conv(reader.conv, fired as Tensor4D);
          return reader.pooledNorm ? avgPool(layers.norm(reader.pooledNorm.name, y), reader.pooledNorm.p) : y;
        });
      }
      const made = readers.map(
        (reader): Consumer =>
          "conv" in reader
            ? {
                kind: "conv",
                w: filterOf(reader.conv),
                ...(training && {groups: groupsOfTime}),
                pooledNorm: reader.pooledNorm && {...scaleOf(reader.pooledNorm.name), p: reader.pooledNorm.p},
              }
            : {kind: "pool", p: reader.pool},
      );
      if (observe.spikes) made.push({kind: "pool", p: 1});
      const w = tauOf(name);
      const result = spiking({
        ...{x, constant, spec: specOf(threshold), T: a.T, learnt: w && {w}, consumers: made},
        norm: norm === undefined ? undefined : normOf(norm, x),
        onSpikes: onSpikes && ((train) => onSpikes(name, train)),
      });
      const {outputs, statistics: seen} = result;
      result.known.forEach((statistics, i) => {
        const reader = readers[i]!;
        if (!statistics || !("conv" in reader)) return;
        const [H, W] = x.shape.slice(1, 3) as [number, number];
        const rows = (outputs[i]!.shape[0] * H * W) / groupsOfTime;
        if (reader.pooledNorm) noteUpdate(reader.pooledNorm.name, statistics.mean, statistics.variance, rows);
        else known.set(outputs[i]!, statistics);
      });
      if (norm && seen) noteUpdate(norm, seen.mean, seen.variance, x.size / seen.mean.size);
      if (observe.spikes) note(spikes, name, unfolded(outputs.pop()!));
      return outputs;
    },
    lifStep: (name, x, v, threshold) => {
      const {s, last} = fire(name, x.reshape([1, ...x.shape]), v, threshold);
      return {s: s.reshape(x.shape), v: last.v as Tensor4D};
    },
  };
  return layers;
}
