// What a conversion measured: conversion.json of its folder.

import type {Balance, READOUTS, STARTS} from "../conversion/convert.js";
import type {OverTime} from "../conversion/simulate.js";

export type ConversionRecord = {
  readonly schema: 1;
  /** The file of the DNN. */
  readonly from: string;
  /** How it was converted. */
  readonly percentile: number;
  readonly balance: Balance;
  readonly start: keyof typeof STARTS;
  readonly readout: keyof typeof READOUTS;
  /** Training images that the scales come from, and the scale of each ReLU. */
  readonly images: number;
  readonly scales: Readonly<Record<string, number>>;
  readonly data: {readonly name: string; readonly checksum: string; readonly testImages: number};
  readonly dnn: {
    readonly correct: number;
    readonly accuracy: number;
    /** Multiply-accumulates per image, padding counted, and those of values that are not 0. */
    readonly macs: number;
    readonly effectiveMacs: number;
    readonly effectiveMacsByLayer: Readonly<Record<string, number>>;
    readonly zeros: number;
    readonly zerosByLayer: Readonly<Record<string, number>>;
  };
  readonly snn: OverTime;
  /** The smallest number of timesteps within one point of the DNN's accuracy; absent where there is none. */
  readonly latency?: number;
  readonly backend: string;
  readonly version: string;
};
