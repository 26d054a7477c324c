// Is anything firing? A layer that is silent or saturated passes no information and hardly any gradient, and a network with
// such a layer learns nothing however long it is trained. One batch tells.

import {forward} from "../networks/forward.js";
import type {HeadInit, Network} from "../networks/parameters.js";
import {dispose, type Tensor, tidy} from "../tf.js";

/** Firing rates (spikes per neuron and timestep) at or beyond which a layer counts as silent or saturated. */
export const SILENT_RATE = 1e-4;
export const SATURATED_RATE = 0.98;

export type GuardReport = {
  readonly status: "ok" | "silent" | "saturated";
  /** The layers concerned, in the order of the network. */
  readonly layers: readonly string[];
  /** By population. */
  readonly firingRates: Readonly<Record<string, number>>;
  /** A sentence for people; empty when all is well. */
  readonly message: string;
};

/** What would help, beyond the initial weights that the network has already. */
const wakening = (headInit: HeadInit | undefined): string =>
  headInit === "unitVariance"
    ? "a lower threshold, more channels or more timesteps"
    : 'a larger initial weight (headInit "unitVariance") or a lower threshold';

/** Looks at every layer's firing on one batch x [B, S, S, channels], with batch statistics as in training; `headInit`: the weights it started with. */
export function guard(network: Network, x: Tensor, {headInit}: {headInit?: HeadInit} = {}): GuardReport {
  const firingRates: Record<string, number> = {};
  const {logits, outputs, updates, observed} = forward(network, x, {training: true, observe: {spikes: true}});
  for (const [name, s] of Object.entries(observed.spikes)) firingRates[name] = tidy(() => s.mean().dataSync()[0]!);
  dispose([
    logits,
    outputs,
    ...Object.values(updates).flatMap(({mean, variance}) => [mean, variance]),
    ...Object.values(observed.spikes),
  ]);
  const where = (test: (rate: number) => boolean): string[] =>
    Object.keys(firingRates).filter((name) => test(firingRates[name]!));
  const silent = where((rate) => !(rate > SILENT_RATE));
  const saturated = where((rate) => rate >= SATURATED_RATE);
  if (silent.length)
    return {
      status: "silent",
      layers: silent,
      firingRates,
      message: `silent after one batch: ${silent.join(", ")} (firing rate at most ${SILENT_RATE}); ${wakening(headInit)} would wake ${silent.length > 1 ? "them" : "it"}`,
    };
  if (saturated.length)
    return {
      status: "saturated",
      layers: saturated,
      firingRates,
      message: `saturated after one batch: ${saturated.join(", ")} (firing rate at least ${SATURATED_RATE}); a smaller initial weight or a higher threshold would calm ${saturated.length > 1 ? "them" : "it"}`,
    };
  return {status: "ok", layers: [], firingRates, message: ""};
}
