// One step over the shards of a batch: data-parallel training.
//
//   g = Σ_s (n_s/n)·g_s,   g_s the gradient of shard s's own mean loss, n_s of the batch's n images
//
// Each shard normalises with its own batch statistics, as every data-parallel training without synchronised batch
// normalisation does, and running statistics are averaged alike. Sums are taken in the order of the shards, so that the
// result is the same bits whether one thread computes all shards or each has its own.

import type {Network, Tensors} from "../networks/parameters.js";
import type {RandomKey} from "../random.js";
import {dispose, keep, type Tensor, type Tensor1D, tidy} from "../tf.js";
import type {Loss} from "./loss.js";
import {lossAndGradients, summed} from "./step.js";

export type Shard = {
  /** [n_s, H, W, C], or [T, n_s, H, W, C]. */
  readonly x: Tensor;
  /** [n_s], int32. */
  readonly labels: Tensor1D;
  readonly dropout: RandomKey;
};

/** What is computed of every shard: the loss, and the parameters to differentiate it by. */
export type Work = {readonly loss: Loss; readonly names: readonly string[]};

export type StepOutcome = {
  readonly images: number;
  /** Mean over the images. */
  readonly loss: number;
  /** What each term added to it, by name. */
  readonly terms: Readonly<Record<string, number>>;
  /** Images whose largest logit was their label's. */
  readonly correct: number;
  readonly gradients: Tensors;
  /** Running statistics after the step; new tensors. */
  readonly statistics: Tensors;
};

/** Samples `from` … of a batch [n, H, W, C], or [T, n, H, W, C] where they have time. */
function samplesOf(x: Tensor, from: number, size: number): Tensor {
  const ahead = x.rank - 4;
  const place = (batch: number, other: number): number[] => x.shape.map((_, axis) => (axis === ahead ? batch : other));
  return x.slice(place(from, 0), place(size, -1));
}

/** A batch x [n, …], labels [n] cut into at most `count` shards of nearly equal size; one shard is the batch itself. */
export function shardsOf(x: Tensor, labels: Tensor1D, dropout: RandomKey, count: number): Shard[] {
  const n = labels.shape[0];
  const shards = Math.min(count, n);
  if (shards === 1) return [{x: x.clone(), labels: labels.clone(), dropout}];
  const edge = (s: number): number => Math.round((s * n) / shards);
  return Array.from({length: shards}, (_, s) => {
    const [from, size] = [edge(s), edge(s + 1) - edge(s)];
    return {
      x: samplesOf(x, from, size),
      labels: labels.slice([from], [size]),
      dropout: dropout.split("shard", s),
    };
  });
}

/** Loss, gradients and statistics of one shard alone. */
export function outcomeOf(network: Network, {x, labels, dropout}: Shard, work: Work): StepOutcome {
  const {loss, terms, logits, gradients, statistics} = lossAndGradients(network, x, labels, {...work, dropout});
  const correct = tidy(() => logits.argMax(1).equal(labels).sum().dataSync()[0]!);
  logits.dispose();
  const own = Object.entries(statistics).map(([name, value]): [string, Tensor] =>
    value === network.statistics[name] ? [name, keep(value.clone())] : [name, value],
  );
  return {images: labels.shape[0], loss, terms, correct, gradients, statistics: Object.fromEntries(own)};
}

/** The step of a batch from its shards' outcomes, which are disposed. */
export function averaged(outcomes: readonly StepOutcome[]): StepOutcome {
  if (outcomes.length === 1) return outcomes[0]!;
  const images = outcomes.reduce((sum, o) => sum + o.images, 0);
  const mean = (of: (o: StepOutcome) => Tensors): Tensors =>
    Object.fromEntries(
      Object.keys(of(outcomes[0]!)).map((name) => {
        const terms = (): Tensor[] => outcomes.map((o) => of(o)[name]!.mul(o.images / images));
        return [name, tidy(() => keep(terms().reduce((sum, term) => sum.add(term))))];
      }),
    );
  const result = {
    images,
    loss: outcomes.reduce((sum, o) => sum + (o.loss * o.images) / images, 0),
    terms: summed(
      outcomes.flatMap((o) =>
        Object.entries(o.terms).map(([name, value]) => [name, (value * o.images) / images] as const),
      ),
    ),
    correct: outcomes.reduce((sum, o) => sum + o.correct, 0),
    gradients: mean((o) => o.gradients),
    statistics: mean((o) => o.statistics),
  };
  for (const {gradients, statistics} of outcomes) dispose([...Object.values(gradients), ...Object.values(statistics)]);
  return result;
}
