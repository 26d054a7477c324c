// What reads a layer's spikes: convolutions, and the mean over windows (of one position: the spikes themselves).

import {avgPool as poolDefinition} from "../layers/pool.js";
import {batchNormEvaluate, batchNormTrain} from "../layers/batchNorm.js";
import {conv2d as convDefinition} from "../layers/conv2d.js";
import {
  addN,
  dispose,
  engine,
  split,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tidy,
  type TensorInfo,
} from "../tf.js";
import {address, copyBytes, kernel, output} from "./engine.js";
import {inputGradientSum} from "./inputGradient.js";
import {pooledNorm, pooledNormGradient} from "./pooledNorm.js";
import {operation} from "./register.js";
import {spikeConv, spikeConvFilterGradient, type Spikes} from "./spikeConv.js";

/** Mean and biased variance of each group of rows, [G, C]. */
export type Statistics = {readonly mean: Tensor2D; readonly variance: Tensor2D};

/** Batch normalisation of a map, and the mean over windows of p×p, stride p, of what it makes. */
export type PooledNorm = {
  readonly gamma: Tensor1D;
  readonly beta: Tensor1D;
  readonly p: number;
  /** [C], to use instead of the map's own; without gradients. */
  readonly given?: {readonly mean: Tensor1D; readonly variance: Tensor1D} | undefined;
};

export type ConvConsumer = {
  readonly kind: "conv";
  readonly w: Tensor4D;
  readonly stride?: 1 | 2;
  /** For how many groups of images to take the statistics of what comes out, as it comes. */
  readonly groups?: number;
  /** What to make of the map, which needs not exist then: of its own statistics where `groups` is said. */
  readonly pooledNorm?: PooledNorm | undefined;
};

export type Consumer =
  | ConvConsumer
  | {
      /** Mean over windows of p×p with stride p of a map; p = 1 for the spikes as floats, of any rank. */
      readonly kind: "pool";
      readonly p: number;
    };

/** What a consumer makes of spikes that are floats: its definition; with the statistics [G, C] that it normalised with, where own. */
export function consumeDefinition(spikes: Tensor, consumer: Consumer): {y: Tensor; statistics?: Statistics} {
  if (consumer.kind === "pool") return {y: poolDefinition(spikes as Tensor4D, consumer.p)};
  const y = convDefinition(spikes as Tensor4D, consumer.w, consumer.stride);
  if (!consumer.pooledNorm) return {y};
  const {gamma, beta, p, given} = consumer.pooledNorm;
  if (given) return {y: poolDefinition(batchNormEvaluate(y, gamma, beta, given.mean, given.variance) as Tensor4D, p)};
  const rows = y.reshape<Tensor3D>([consumer.groups!, -1, gamma.size]);
  const {y: normalised, ...statistics} = batchNormTrain(rows, gamma, beta);
  return {y: poolDefinition(normalised.reshape(y.shape), p), statistics};
}

const asMap = (shape: readonly number[]): [number, number, number, number] =>
  shape.length === 4 ? (shape as [number, number, number, number]) : [shape[0]!, 1, 1, shape[1]!];

/** [N, ⌊H/p⌋, ⌊W/p⌋, C]. */
const pooledShape = (shape: readonly number[], p: number): readonly number[] =>
  p === 1 ? shape : [shape[0]!, Math.floor(shape[1]! / p), Math.floor(shape[2]! / p), shape[3]!];

const poolBits = operation<{bits: Tensor}, {readonly shape: readonly number[]; readonly p: number}>({
  name: "PoolBits",
  saves: {inputs: []},
  forward: ({bits}, {shape, p}): TensorInfo => {
    const y = output(pooledShape(shape, p));
    kernel("poolBits")(address(bits), address(y), ...asMap(shape), p);
    return y;
  },
});

/** dL/dx of a mean over windows, from dy. */
export const poolGradient = operation<{dy: Tensor}, {readonly shape: readonly number[]; readonly p: number}>({
  name: "PoolGradient",
  saves: {inputs: []},
  forward: ({dy}, {shape, p}): TensorInfo => {
    const dx = output(shape);
    kernel("poolGradient")(address(dy), address(dx), ...asMap(shape), p);
    return dx;
  },
});

/** What a consumer makes of bits, then the statistics that it was asked for; `map`, which it normalised, where it is `kept`. */
export function consume(spikes: Spikes, consumer: Consumer, kept: boolean): {outputs: Tensor[]; map?: Tensor} {
  if (consumer.kind === "pool") return {outputs: poolBits({bits: spikes.bits}, {shape: spikes.shape, p: consumer.p})};
  const {w, stride, groups, pooledNorm: norm} = consumer;
  if (!norm) return {outputs: spikeConv(spikes, w, stride, groups)};
  // BN is one factor and one summand a channel: the mean of what it makes is what it makes of the mean.
  const [y, ...own] = spikeConv(spikes, w, stride, groups, kept ? 1 : norm.p);
  const [mean, variance] = norm.given ? [norm.given.mean, norm.given.variance] : (own as [Tensor, Tensor]);
  const [v] = pooledNorm({y: y!, gamma: norm.gamma, beta: norm.beta, mean, variance}, {p: kept ? norm.p : 1});
  if (kept) return {outputs: [v!, ...own], map: y!};
  y!.dispose();
  return {outputs: [v!, ...own]};
}

/** What the gradient of a consumer needs beside the gradient of what it gave. */
export type Received = {
  readonly dy: Tensor;
  /** Where it normalised: γ, with what statistics [G, C], and its map, unless that is to be made again. */
  readonly normalised?: Statistics & {readonly gamma: Tensor1D; readonly map?: Tensor | undefined};
};

export type ConsumerGradients = {
  /** Of the spikes. */
  readonly ds: Tensor;
  /** Of each consumer's filter and scale, where it has them. */
  readonly own: {readonly dw?: Tensor; readonly dgamma?: Tensor; readonly dbeta?: Tensor}[];
};

type OfConv = {readonly ds: Tensor; readonly dw: Tensor; readonly dgamma: Tensor; readonly dbeta: Tensor};

type Normalised = Statistics & {readonly dy: Tensor; readonly gamma: Tensor1D; readonly map: Tensor};

/** The gradients of a convolution that normalised and averaged its map. */
function pooledNormGradients(
  spikes: Spikes,
  {w, stride = 1, pooledNorm}: ConvConsumer,
  {dy: dv, map, ...scale}: Normalised,
): OfConv {
  const [dy, dgamma, dbeta] = pooledNormGradient({dv, y: map, ...scale}, {p: pooledNorm!.p}) as [Tensor4D, Tensor, Tensor]; // prettier-ignore
  const dw = spikeConvFilterGradient(spikes, dy, w.shape[0], stride);
  return {ds: inputGradientSum([{dy, w}], spikes.shape, stride), dw, dgamma, dbeta};
}

/** The same without its map, which is made again for one group of images after the other: normalisation knows no others. */
function rematerialisedGradients(
  spikes: Spikes,
  consumer: ConvConsumer,
  {dy, gamma, mean, variance}: Omit<Normalised, "map">,
): OfConv {
  const groups = mean.shape[0];
  const [N, ...rest] = spikes.shape as [number, ...number[]];
  const cut = [dy, spikes.bits, mean, variance].map((x) => split(x, groups));
  dy.dispose();
  const ds = engine().makeTensorFromTensorInfo(output(spikes.shape));
  const parts = Array.from({length: groups}, (_, g) =>
    tidy(() => {
      const [own, bits, mu, sigma2] = cut.map((pieces) => pieces[g]!) as [Tensor, Tensor, Tensor2D, Tensor2D];
      const group = {...spikes, bits, shape: [N / groups, ...rest]};
      const [map] = spikeConv(group, consumer.w, consumer.stride);
      const normalised = {dy: own, gamma, mean: mu, variance: sigma2, map: map!};
      const {ds: part, ...found} = pooledNormGradients(group, consumer, normalised);
      copyBytes(address(part), address(ds) + 4 * g * part.size, 4 * part.size);
      dispose([own, bits]);
      return found;
    }),
  );
  const total = (of: "dw" | "dgamma" | "dbeta"): Tensor => addN(parts.map((part) => part[of]));
  return {ds, dw: total("dw"), dgamma: total("dgamma"), dbeta: total("dbeta")};
}

/** The gradients of spikes, filters and scales from those of what was read, which may be freed. */
export function consumerGradients(
  spikes: Spikes,
  consumers: readonly Consumer[],
  received: readonly Received[],
): ConsumerGradients {
  const parts: Tensor[] = [];
  const own = consumers.map((consumer, i): ConsumerGradients["own"][number] => {
    const {dy, normalised} = received[i]!;
    if (consumer.kind === "pool") return {};
    if (!normalised) return {dw: spikeConvFilterGradient(spikes, dy, consumer.w.shape[0], consumer.stride)};
    const {map, ...scale} = normalised;
    const {ds, ...rest} = map
      ? pooledNormGradients(spikes, consumer, {dy, map, ...scale})
      : rematerialisedGradients(spikes, consumer, {dy, ...scale});
    parts.push(ds);
    return rest;
  });
  for (const stride of [1, 2] as const) {
    const edges = consumers.flatMap((consumer, i) =>
      consumer.kind === "conv" && !consumer.pooledNorm && (consumer.stride ?? 1) === stride
        ? [{dy: received[i]!.dy as Tensor4D, w: consumer.w}]
        : [],
    );
    if (edges.length) parts.push(inputGradientSum(edges, spikes.shape, stride));
  }
  consumers.forEach((consumer, i) => {
    const {dy} = received[i]!;
    if (consumer.kind === "pool")
      parts.push(
        consumer.p === 1 ? dy.reshape([...spikes.shape]) : poolGradient({dy}, {shape: spikes.shape, p: consumer.p})[0]!,
      );
  });
  return {ds: parts.length === 1 ? parts[0]! : addN(parts), own};
}
