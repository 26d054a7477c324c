// What one forward pass has at hand: the graph, its parameters, how to run it, and what is noted on the way.

import type {Graph} from "../graphs/graph.js";
import {constantNodes} from "../graphs/constant.js";
import type {NormBefore, OnSpikes, Statistics} from "../kernels/index.js";
import {spikeCounts} from "../layers/spikeTrain.js";
import type {Firing} from "../neurons/neuron.js";
import type {Learnt} from "../neurons/steps.js";
import type {RandomKey} from "../random.js";
import {addN, concat, engine, keep, type Scalar, type Tensor, type Tensor1D, type Tensor2D} from "../tf.js";
import {keptMaps} from "./keptMaps.js";
import type {Tensors} from "./parameters.js";

/** Where an activation is read: what a ReLU or a population gives, or what a ReLU gets. */
export type ActivationSide = "after" | "before";

export type PassOptions = {
  /** true: batch statistics. false: running statistics. */
  readonly training: boolean;
  /** Names the dropout masks; without it nothing is dropped. */
  readonly dropout?: RandomKey | undefined;
  /** Names the draws of stochastic encodings; one of `dropout`'s, else a fixed one. */
  readonly encode?: RandomKey | undefined;
  /** `smooth`: neurons give the surrogate's own step instead of spikes, which makes the network differentiable: for checks. */
  readonly firing?: Firing;
  /**
   * What to return: of each population spikes and membrane potentials (before reset), [T, B, ...]; of each ReLU what it gives; of
   * each convolution and linear layer that meets analog values what it reads. These are [B, ...] where they are the same at every
   * timestep, else [T·B, ...]. Gradients flow through spikes' surrogates and through ReLUs.
   */
  readonly observe?: {
    readonly spikes?: boolean;
    readonly membranes?: boolean;
    readonly activations?: boolean;
    readonly inputs?: boolean;
    /** How many spikes each population has at each timestep: `counts` of the result. */
    readonly counts?: boolean;
  };
  /** Which means of activations to return. */
  readonly meanActivations?: readonly ActivationSide[] | undefined;
  /** Sees the spikes of every population once, where time is stepped once a timestep (T = 1); nothing is kept. */
  readonly onSpikes?: OnSpikes | undefined;
};

/** Statistics [G, C] that a batch normalisation saw, one row an update of its running values, over `rows` rows each. */
export type NormUpdate = {readonly mean: Tensor2D; readonly variance: Tensor2D; readonly rows: number};

export type Observed = {
  readonly spikes: Readonly<Record<string, Tensor>>;
  readonly membranes: Readonly<Record<string, Tensor>>;
  readonly activations: Readonly<Record<string, Tensor>>;
  readonly inputs: Readonly<Record<string, Tensor>>;
};

/**
 * Activations by node, means over time [B, ...]: of a ReLU what it gives or gets, of a population, after it alone, firing rates. For
 * losses: gradients flow through them.
 */
export type MeanActivations = Readonly<Record<ActivationSide, Readonly<Record<string, Tensor>>>>;

/** What a pass leaves beside its values. */
export type Notes = {
  readonly updates: Record<string, NormUpdate>;
  readonly observed: {readonly [K in keyof Observed]: Record<string, Tensor>};
  readonly counts: Record<string, number[]>;
};

export const blankNotes = (): Notes => ({
  updates: {},
  observed: {spikes: {}, membranes: {}, activations: {}, inputs: {}},
  counts: {},
});

export type Pass = {
  readonly graph: Graph;
  readonly parameters: Tensors;
  readonly statistics: Tensors;
  readonly options: PassOptions;
  /** Samples B. */
  readonly B: number;
  /** Timesteps that the tensors at hand cover: all, or one where time is stepped. */
  readonly T: number;
  /** Nodes whose value is one copy [B, ...] for all timesteps; of others it is [T·B, ...], time the slowest. */
  readonly constant: ReadonlySet<string>;
  /** The weights of convolutions and linear layers that were asked for already, by node. */
  readonly weights: Map<string, Tensor>;
  /** Statistics that came with the output of a convolution, by node. */
  readonly known: Map<string, Statistics>;
  /** Whether maps that a sum normalises with their own statistics are kept for the gradient, by convolution; none where time is stepped. */
  readonly kept: ReadonlyMap<string, boolean>;
  readonly notes: Notes;
  /** Means of activations by node, one of each part of the timesteps: all, or one where time is stepped. */
  readonly means: Readonly<Record<ActivationSide, Map<string, Tensor[]>>>;
};

type Run = {readonly graph: Graph; readonly parameters: Tensors; readonly statistics: Tensors};

export const newPass = (run: Run, B: number, options: PassOptions): Pass => ({
  ...run,
  B,
  options,
  T: run.graph.T,
  constant: run.graph.T > 1 ? constantNodes(run.graph) : new Set(),
  weights: new Map(),
  known: new Map(),
  kept: options.training && engine().isTapeOn() ? keptMaps(run.graph, B) : new Map(),
  notes: blankNotes(),
  means: {after: new Map(), before: new Map()},
});

/** The same pass for one timestep: nothing is constant over time there, and no statistics are known. */
export const oneTimestep = (pass: Pass): Pass => ({
  ...pass,
  T: 1,
  constant: new Set(),
  known: new Map(),
  kept: new Map(),
});

/** A node's value for every timestep: [T·B, ...]. */
export const overTime = (pass: Pass, id: string, x: Tensor): Tensor =>
  pass.constant.has(id) ? x.tile([pass.T, ...x.shape.slice(1).map(() => 1)]) : x;

/** [T·B, ...] as [T, B, ...]. */
export const unfolded = ({T}: Pass, x: Tensor): Tensor => x.reshape([T, x.shape[0] / T, ...x.shape.slice(1)]);

/** How neurons must be run to see what is asked for: by their definition where that is more than spikes. */
export const byDefinition = ({options: {observe, firing}}: Pass): boolean =>
  observe?.membranes === true || firing === "smooth";

/** What a population has learnt, by name. */
export function learntBy({parameters}: Pass, id: string, names: readonly string[]): Learnt | undefined {
  if (names.length === 0) return undefined;
  return Object.fromEntries(names.map((name) => [name, parameters[`${id}.${name}`] as Scalar]));
}

/** γ, β and the statistics that a batch normalisation uses: its running ones, or those of `groups` groups of rows. */
export function normOf(pass: Pass, id: string, groups: number, known?: Statistics): NormBefore {
  const {parameters, statistics, options} = pass;
  const given = {
    mean: statistics[`${id}.mean`] as Tensor1D,
    variance: statistics[`${id}.variance`] as Tensor1D,
  };
  return {
    gamma: parameters[`${id}.gamma`] as Tensor1D,
    beta: parameters[`${id}.beta`] as Tensor1D,
    statistics: options.training ? {groups, known} : given,
  };
}

/** What sees the spikes of every population: who asked for that, and what counts them. */
export function onSpikesOf({options: {observe, onSpikes}, notes: {counts}}: Pass): OnSpikes | undefined {
  if (!observe?.counts) return onSpikes;
  return (population, train) => {
    counts[population] = [...(counts[population] ?? []), ...spikeCounts(train)];
    onSpikes?.(population, train);
  };
}

/** Adds to what was observed of a population; [T, B, ...] of the timesteps at hand. */
export function note(record: Record<string, Tensor>, id: string, value: Tensor): void {
  const earlier = record[id];
  record[id] = keep(earlier ? concat([earlier, value]) : value.clone());
  earlier?.dispose();
}

/** Whether means of activations there are asked for. */
export const wants = ({options}: Pass, side: ActivationSide): boolean =>
  options.meanActivations?.includes(side) ?? false;

/** Adds the mean of an activation over the timesteps at hand, [B, ...]. */
export function noteActivation({means}: Pass, side: ActivationSide, id: string, value: Tensor): void {
  const parts = means[side].get(id);
  if (parts) parts.push(value);
  else means[side].set(id, [value]);
}

/** Those that were noted, over all timesteps. */
export function meanActivationsOf({means}: Pass): MeanActivations {
  const mean = (parts: readonly Tensor[]): Tensor => (parts.length === 1 ? parts[0]! : addN([...parts]).div(parts.length)); // prettier-ignore
  const of = (side: ActivationSide) => Object.fromEntries([...means[side]].map(([id, parts]) => [id, mean(parts)]));
  return {after: of("after"), before: of("before")};
}

/** Adds to the statistics that a batch normalisation saw. */
export function noteUpdate({notes: {updates}}: Pass, id: string, seen: Statistics, rows: number): void {
  const earlier = updates[id];
  updates[id] = {
    mean: keep(earlier ? concat([earlier.mean, seen.mean]) : seen.mean.clone()),
    variance: keep(earlier ? concat([earlier.variance, seen.variance]) : seen.variance.clone()),
    rows,
  };
  earlier?.mean.dispose();
  earlier?.variance.dispose();
}
