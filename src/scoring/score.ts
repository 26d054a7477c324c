// What a training-free score is: a number of an untrained network, higher is better, by what it must look at.
//
//   architecture   the record alone; nothing is built
//   spikes         how the populations fire for a batch: gathered as the forward pass goes by, never kept
//   gradients      the parameters' gradients of a forward pass with smooth spikes

import type {Architecture} from "../architectures/architecture.js";
import type {Network} from "../networks/parameters.js";
import type {Tensor, Tensor1D} from "../tf.js";

/**
 * - `ok`: the value counts.
 * - `silent`: the last population fires for no image, so that the output does not depend on the image.
 * - `singular`: two images look the same to every population, or the matrix has no determinant for another reason.
 * - `diverged`: a value is not finite.
 */
export type ScoreStatus = "ok" | "silent" | "singular" | "diverged";

/** One measurement; `value` is null unless `status` is "ok". */
export type Measured = {readonly value: number | null; readonly status: ScoreStatus};

/** What one population's spikes at one timestep say about a batch of B images. */
export type Patterns = {
  readonly population: string;
  /** Neurons N of one image. */
  readonly neurons: number;
  /** Layers that read these spikes: the reference system has a LIF of its own, firing alike, for each of them. */
  readonly readers: number;
  /** Spikes of each image, [B]. */
  readonly counts: Int32Array;
  /** Neurons in which two images differ, [B·B] row by row. */
  readonly distances: Int32Array;
};

/** Takes the patterns of every population and timestep in turn, then tells the value. */
export type Gatherer = {readonly add: (patterns: Patterns) => void; readonly value: () => Measured};

export type GradientInput = {
  readonly network: Network;
  readonly x: Tensor;
  /** Classes [B] int32, for scores that differentiate a loss. */
  readonly labels: Tensor1D | undefined;
};

type Named = {
  /** What it computes, in a line. */
  readonly title: string;
  /** Where it comes from. */
  readonly source: string;
};

export type Score = Named &
  (
    | {readonly needs: "architecture"; readonly of: (architecture: Architecture) => Measured}
    | {readonly needs: "spikes"; readonly gather: (batch: number) => Gatherer}
    | {readonly needs: "gradients"; readonly measure: (input: GradientInput) => Measured}
  );

/** A finite value is ok; what is not a number has diverged. */
export const measured = (value: number): Measured =>
  Number.isFinite(value) ? {value, status: "ok"} : {value: null, status: "diverged"};
