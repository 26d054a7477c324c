// The forward pass of the macro network over T timesteps (SNASNet, arXiv 2201.10355).
//
// Maps are folded, [T·B, H, W, C] with time the slowest: convolutions, pooling and linear layers see one large batch, and
// only neurons and batch normalisation look at T. The stem runs once and its output enters at every timestep.

import type {Architecture} from "../architectures/architecture.js";
import {hasFeedback} from "../architectures/cell.js";
import {stagesOf} from "../architectures/stages.js";
import {vote} from "../layers/vote.js";
import {random, type RandomKey} from "../random.js";
import {keep, type Tensor, tensor, type Tensor2D, type Tensor4D, tidy} from "../tf.js";
import {feedbackCell, forwardCell} from "./cell.js";
import {type Currents, type LayerMode, type Layers, type NormUpdate, type Observed, layersOf} from "./layers.js";
import type {Network, Tensors} from "./parameters.js";

export type ForwardOptions = LayerMode & {
  /** Names the dropout mask; without it nothing is dropped. */
  readonly dropout?: RandomKey;
};

export type ForwardResult = {
  /** Mean over time of the voted outputs, [B, classes]. */
  readonly logits: Tensor2D;
  /** Output units at each timestep, [T, B, classes·voters]. */
  readonly outputs: Tensor;
  /** In training, the statistics that each batch normalisation saw; `runningStatistics` applies them. */
  readonly updates: Readonly<Record<string, NormUpdate>>;
  /** By LIF, what `observe` asked for. */
  readonly observed: Observed;
};

/** Images x [B, S, S, channels], already normalised. The caller disposes what is returned, or calls this in a tidy. */
export function forward(
  {architecture: a, parameters, statistics}: Omit<Network, "architecture"> & {architecture: Architecture},
  x: Tensor4D,
  options: ForwardOptions,
): ForwardResult {
  const layers = layersOf(a, parameters, statistics, options);
  const {logits, outputs} = tidy(() => {
    let maps: Currents = {x: stem(layers, x, a), constant: a.T > 1};
    for (const [i, stage] of stagesOf(a).entries()) {
      if (i > 0) maps = after(maps, reduction(layers, maps.x, `reduction${i}`));
      const run = hasFeedback(stage.cell) ? feedbackCell : forwardCell;
      maps = after(maps, run(a, layers, stage, maps));
    }
    const [pooled] = layers.spiking("last", maps, [{pool: a.pool}], {norm: "last.bn"});
    const features = pooled!.reshape([a.T, x.shape[0], -1]); // [T, B, S²·C]
    const hidden = layers.linear("fc1", dropped(features, a.head.dropout, options.dropout)); // [T·B, H]
    const [fired] = layers.spiking("head", {x: hidden}, [{pool: 1}]);
    const outputs = layers.linear("fc2", fired!).reshape([a.T, x.shape[0], -1]); // [T, B, units]
    return {logits: vote(outputs, a.head.voters), outputs};
  });
  return {logits, outputs, updates: layers.updates, observed: layers.observed};
}

/** [B, H, W, C], the current of every timestep. */
const stem = (layers: Layers, x: Tensor4D, a: Architecture): Tensor4D =>
  layers.norm("stem.bn", layers.conv("stem", x, {stride: a.stemStride, spikes: false}), 1);

/** The next maps; those before are freed, though a gradient keeps what it needs of them. */
function after(maps: Currents, x: Tensor4D): Currents {
  maps.x.dispose();
  return {x};
}

/** Side of the windows of a reduction. */
const POOL = 2;

function reduction(layers: Layers, x: Tensor, name: string): Tensor4D {
  const reader = {conv: name, pooledNorm: {name: `${name}.bnOut`, p: POOL}};
  const [pooled] = layers.spiking(name, {x}, [reader], {norm: `${name}.bnIn`});
  return pooled as Tensor4D;
}

/** Inverted dropout of [T, B, F] with one mask for all timesteps. */
function dropped(features: Tensor, rate: number, key: RandomKey | undefined): Tensor {
  if (!key || rate === 0) return features;
  const [, B, F] = features.shape as [number, number, number];
  const stream = random(key);
  const mask = new Float32Array(B * F);
  for (let i = 0; i < mask.length; ++i) mask[i] = stream.uniform() < rate ? 0 : 1 / (1 - rate);
  return features.mul(tensor(mask, [1, B, F]));
}

/** The running statistics after a training pass; the old ones are not disposed. */
export function runningStatistics(
  statistics: Tensors,
  updates: Readonly<Record<string, NormUpdate>>,
  update: (running: Tensor, stats: Tensor2D, rows: number) => Tensor,
): Tensors {
  const next: Record<string, Tensor> = {};
  for (const [name, {mean, variance, rows}] of Object.entries(updates)) {
    next[`${name}.mean`] = keep(update(statistics[`${name}.mean`]!, mean, 0));
    next[`${name}.variance`] = keep(update(statistics[`${name}.variance`]!, variance, rows));
  }
  return {...statistics, ...next};
}
