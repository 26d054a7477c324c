// What a network is, as plain data: the SNASNet macro network (arXiv 2201.10355) with everything the papers vary.
//
//   stem ─ cell ─ [reduction ─ cell]* ─ BN ─ neurons ─ pool p ─ flatten ─ linear ─ neurons ─ linear ─ voting
//
// The stem (3x3 convolution, batch normalisation) runs once; its analog output enters at every timestep (direct encoding).
// A reduction is BN ─ neurons ─ 3x3 convolution C → 2C ─ BN ─ 2x2 average pooling. Logits are the mean over time of the
// voted outputs. No tensor here: costs, searches and tables work on this record alone.

import {type Cell, parseCell} from "./cell.js";
import type {EncodingName} from "../graphs/encoding.js";
import {type NeuronSpec, SNASNET_NEURON} from "../graphs/neuron.js";
import type {WeightPlan} from "./weightPlan.js";

export type Head = {
  /** Units H of the hidden layer. */
  readonly hidden: number;
  /** Output units for each class, averaged into its vote. */
  readonly voters: number;
  /** Probability of dropping an input of the hidden layer, one mask for all timesteps. */
  readonly dropout: number;
};

export type Architecture = {
  /** Side of the square images in pixels, or their height and width, and their channels. */
  readonly input: {readonly size: number | readonly [height: number, width: number]; readonly channels: number};
  readonly classes: number;
  /** One cell a stage; repeat one object for shared wiring. Stage i has `channels`·2^i channels. */
  readonly cells: readonly Cell[];
  /** Channels C of the stem and the first cell. */
  readonly channels: number;
  /** Stride of the stem's convolution. */
  readonly stemStride: 1 | 2;
  /** Window and stride p of the average pooling before the head. */
  readonly pool: number;
  readonly head: Head;
  /** Timesteps T. */
  readonly T: number;
  readonly neuron: NeuronSpec;
  /** `relu`: a DNN, with a ReLU in place of every population; `neuron` is not read then. Spikes where it is absent. */
  readonly activation?: "spikes" | "relu";
  /** Statistics of batch normalisation for each timestep (SNASNet) or over all of them jointly (tdBN, arXiv 2011.05280). */
  readonly normalisation: "perTimestep" | "joint";
  /** How images become the input of T timesteps; `direct` where it is absent. */
  readonly encoding?: EncodingName;
  /** How weights are pruned and quantised; at 32 bits, all of them, where it is absent. */
  readonly weights?: WeightPlan;
  /** Whether a search chooses how many timesteps the network takes, T at the most. */
  readonly searchesT?: true;
};

/** SNASNet for CIFAR-10 at a fraction of its width; every field can be overridden. */
export function snasnet({
  cell,
  cellCount = 2,
  ...rest
}: Partial<Omit<Architecture, "cells">> & {
  readonly cell?: Cell;
  readonly cellCount?: number;
  readonly cells?: readonly Cell[];
} = {}): Architecture {
  return {
    input: {size: 32, channels: 3},
    classes: 10,
    cells: Array.from({length: cellCount}, () => cell ?? parseCell("0333 0012 0003 0000")),
    channels: 128,
    stemStride: 1,
    pool: 4,
    head: {hidden: 1024, voters: 10, dropout: 0.5},
    T: 5,
    neuron: SNASNET_NEURON,
    normalisation: "perTimestep",
    ...rest,
  };
}

/** Whether it is a DNN. */
export const isDnn = ({activation}: Pick<Architecture, "activation">): boolean => activation === "relu";

/** Height and width of the images. */
export const sidesOf = ({input: {size}}: Pick<Architecture, "input">): readonly [number, number] =>
  typeof size === "number" ? [size, size] : size;
