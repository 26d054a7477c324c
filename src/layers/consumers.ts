// Consumers of a population's spikes s: convolutions, with their batch normalisation and pooling, pooling alone, and firing rates.
//
//   y = conv(s, w),    y = pool_p(BN(conv(s, w))),    y = pool_p(s),    y = (1/T) Σ_t s[t]
//
// pool_p: mean over windows of p×p, stride p

import type {Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D} from "../tf.js";
import {batchNormEvaluate, batchNormTrain} from "./batchNorm.js";
import {conv2d} from "./conv2d.js";
import {avgPool} from "./pool.js";

/** Mean and biased variance of each group of rows, [G, C]. */
export type Statistics = {readonly mean: Tensor2D; readonly variance: Tensor2D};

/** Batch normalisation of a map, and the mean over windows of p×p, stride p, of the result. */
export type PooledNorm = {
  readonly gamma: Tensor1D;
  readonly beta: Tensor1D;
  readonly p: number;
  /** [C], to use instead of the map's own statistics; without gradients. */
  readonly given?: {readonly mean: Tensor1D; readonly variance: Tensor1D} | undefined;
};

/**
 * Batch normalisation that a sum will apply to a map (its term is `deferred`) and that the consumer goes back through: what comes back
 * for the map is the gradient of the normalised one, which is the sum's own. The map is rematerialised for that.
 */
export type DeferredNorm = {readonly gamma: Tensor1D; readonly beta: Tensor1D};

export type ConvConsumer = {
  readonly kind: "conv";
  readonly w: Tensor4D;
  readonly stride?: 1 | 2;
  /** For how many groups of images to return the map's statistics. */
  readonly groups?: number;
  /** What to return instead of the map, which need not exist then. Normalises with own statistics where `groups` is given. */
  readonly pooledNorm?: PooledNorm | undefined;
  /** Needs `groups`. Of no effect in definitions. */
  readonly deferredNorm?: DeferredNorm | undefined;
};

export type Consumer =
  | ConvConsumer
  | {
      /** Mean over windows of p×p with stride p of a map; p = 1 for the spikes as floats, of any rank. */
      readonly kind: "pool";
      readonly p: number;
    }
  | {
      /** Spikes a timestep of each neuron, [B, ...] of spikes [T·B, ...] of any rank. */
      readonly kind: "rate";
      readonly T: number;
    };

/** What a consumer makes of spikes, and the statistics [G, C] that it normalised with or was asked for. */
export type Consumed = {readonly y: Tensor; readonly statistics?: Statistics | undefined};

/** Firing rates [B, ...] of spikes [T·B, ...]. */
const rateOf = (spikes: Tensor, T: number): Tensor =>
  spikes.reshape([T, spikes.shape[0] / T, ...spikes.shape.slice(1)]).mean(0);

/** Of spikes [N, H, W, C], 0 or 1; statistics are returned where they are needed. */
export function consume(spikes: Tensor, consumer: Consumer): Consumed {
  if (consumer.kind === "rate") return {y: rateOf(spikes, consumer.T)};
  if (consumer.kind === "pool") return {y: avgPool(spikes as Tensor4D, consumer.p)};
  const y = conv2d(spikes as Tensor4D, consumer.w, consumer.stride);
  if (!consumer.pooledNorm) return {y};
  const {gamma, beta, p, given} = consumer.pooledNorm;
  if (given) return {y: avgPool(batchNormEvaluate(y, gamma, beta, given.mean, given.variance) as Tensor4D, p)};
  const rows = y.reshape<Tensor3D>([consumer.groups!, -1, gamma.size]);
  const {y: normalised, ...statistics} = batchNormTrain(rows, gamma, beta);
  return {y: avgPool(normalised.reshape(y.shape), p), statistics};
}
