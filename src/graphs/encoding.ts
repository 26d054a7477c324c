// How a sample becomes the input of T timesteps, as plain data; `encoding/` has the functions.

import {checkName} from "../check.js";

type EncodingEntry = {
  readonly title: string;
  /** Whether values must lie in 0 … 1, so that images are scaled and not standardised before it. */
  readonly unit: boolean;
  /** Whether every timestep gets the same input, which is then computed once. */
  readonly constant: boolean;
  /** The most timesteps that its formula bears in single precision. */
  readonly most: number;
};

/** Every encoding, by name; `none` where the sample has time of its own, [T, H, W, C]. */
export const ENCODINGS = {
  direct: {title: "the same values at each timestep", unit: false, constant: true, most: Infinity},
  rate: {title: "Poisson spikes, probability x", unit: true, constant: false, most: Infinity},
  signedRate: {title: "signed Poisson spikes, probability |x|/2", unit: false, constant: false, most: Infinity},
  latency: {title: "one spike, bright values first", unit: true, constant: false, most: Infinity},
  logLatency: {title: "one spike, logarithmic in x", unit: true, constant: false, most: 80},
  none: {title: "the sample's own time", unit: false, constant: false, most: Infinity},
} as const satisfies Record<string, EncodingEntry>;

export type EncodingName = keyof typeof ENCODINGS;

/** The entry of a name. */
export const encodingEntry = (name: string): EncodingEntry => ENCODINGS[checkName("encoding", name, ENCODINGS)];
