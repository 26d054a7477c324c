// Gradients of spikes, filters and scales, from those of what consumers made of the spikes.

import type {Consumer, ConvConsumer, Statistics} from "../layers/consumers.js";
import {addN, dispose, engine, split, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D, tidy} from "../tf.js";
import type {SavedConsumer} from "./consumers.js";
import {address, copyBytes, output} from "./engine.js";
import {poolGradient} from "./pool.js";
import {pooledNormGradient} from "./pooledNorm.js";
import {spikeConv, type Spikes} from "./spikeConv.js";
import {spikeConvGradients} from "./spikeConvGradients.js";

type ParameterGradients = {readonly w?: Tensor; readonly gamma?: Tensor; readonly beta?: Tensor};
type ConvGradients = Required<ParameterGradients> & {readonly ds: Tensor};
type Normalised = Statistics & {readonly dy: Tensor; readonly gamma: Tensor1D};

/** The gradients of a convolution that normalised and averaged its map. */
function pooledNormGradients(
  spikes: Spikes,
  {w, stride = 1, pooledNorm}: ConvConsumer,
  {dy: dv, map, ...scale}: Normalised & {readonly map: Tensor},
): ConvGradients {
  const {dy, dgamma, dbeta} = pooledNormGradient({dv, y: map, ...scale, p: pooledNorm!.p});
  const {ds, dws} = spikeConvGradients(spikes, [{dy: dy as Tensor4D, w}], stride);
  return {ds, w: dws[0]!, gamma: dgamma, beta: dbeta};
}

/** The same without its map, which is rematerialised group by group of images: statistics are a group's own. */
function groupwiseGradients(
  spikes: Spikes,
  consumer: ConvConsumer,
  {dy, gamma, mean, variance}: Normalised,
): ConvGradients {
  const groups = mean.shape[0];
  const [N, ...rest] = spikes.shape as [number, ...number[]];
  const cut = [dy, spikes.bits, mean, variance].map((x) => split(x, groups));
  dy.dispose();
  const ds = engine().makeTensorFromTensorInfo(output(spikes.shape));
  const parts = Array.from({length: groups}, (_, g) =>
    tidy(() => {
      const [own, bits, mu, sigma2] = cut.map((pieces) => pieces[g]!) as [Tensor, Tensor, Tensor2D, Tensor2D];
      const group = {...spikes, bits, shape: [N / groups, ...rest]};
      const {y: map} = spikeConv(group, consumer.w, {stride: consumer.stride});
      const normalised = {dy: own, gamma, mean: mu, variance: sigma2, map};
      const {ds: part, ...found} = pooledNormGradients(group, consumer, normalised);
      copyBytes(address(part), address(ds) + 4 * g * part.size, 4 * part.size);
      dispose([own, bits]);
      return found;
    }),
  );
  const total = (of: "w" | "gamma" | "beta"): Tensor => addN(parts.map((part) => part[of]));
  return {ds, w: total("w"), gamma: total("gamma"), beta: total("beta")};
}

/** A consumer's part of the gradient of the spikes, and those of its parameters, where it is no plain convolution. */
function gradientsOf(
  spikes: Spikes,
  {consumer, normalised}: SavedConsumer,
  dy: Tensor,
): ParameterGradients & {readonly ds?: Tensor} {
  if (consumer.kind === "pool" || !normalised) return {};
  const {map, ...scale} = normalised;
  return map
    ? pooledNormGradients(spikes, consumer, {dy, map, ...scale})
    : groupwiseGradients(spikes, consumer, {dy, ...scale});
}

const pooledGradient = (spikes: Spikes, p: number, dy: Tensor): Tensor =>
  p === 1 ? dy.reshape([...spikes.shape]) : poolGradient({dy, shape: spikes.shape, p});

const isPlainConv = (consumer: Consumer, stride: 1 | 2): consumer is ConvConsumer =>
  consumer.kind === "conv" && !consumer.pooledNorm && (consumer.stride ?? 1) === stride;

/** The gradients of spikes and of each consumer's parameters from those of what it made, dys, which may be freed. */
export function consumerGradients(
  spikes: Spikes,
  saved: readonly SavedConsumer[],
  dys: readonly Tensor[],
): {readonly ds: Tensor; readonly parameters: ParameterGradients[]} {
  const parts: Tensor[] = [];
  const parameters = saved.map((one, i): ParameterGradients => {
    const {ds, ...own} = gradientsOf(spikes, one, dys[i]!);
    if (ds) parts.push(ds);
    return own;
  });
  for (const stride of [1, 2] as const) {
    const plain = saved.flatMap(({consumer}, i) =>
      isPlainConv(consumer, stride) ? [{i, dy: dys[i]! as Tensor4D, w: consumer.w}] : [],
    );
    if (!plain.length) continue;
    const {ds, dws} = spikeConvGradients(spikes, plain, stride);
    parts.push(ds);
    plain.forEach(({i}, e) => (parameters[i] = {w: dws[e]!}));
  }
  saved.forEach(({consumer}, i) => {
    if (consumer.kind === "pool") parts.push(pooledGradient(spikes, consumer.p, dys[i]!));
  });
  return {ds: parts.length === 1 ? parts[0]! : addN(parts), parameters};
}
