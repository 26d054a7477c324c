// Scores one architecture: the mean of several measurements, each with fresh weights.
//
//   value = (1/R) Σ_r score(network of the weights key.split("repeat", r), batch r)
//
// Equal keys give equal values in any process. Candidates scored with one key start from the same stem, reduction and head
// (weights are drawn by layer name), so that their difference is what the cells do.

import {performance} from "node:perf_hooks";
import {check, checkOptions} from "../check.js";
import {inRange} from "../ranges.js";
import type {Architecture} from "../architectures/architecture.js";
import {giveWay} from "../giveWay.js";
import {disposeNetwork, type HeadInit, initialise} from "../networks/parameters.js";
import {randomKey, type RandomKey} from "../random.js";
import type {Tensor, Tensor1D} from "../tf.js";
import {batchSizeOf} from "../training/batches.js";
import {type ScoreName, scoreOf} from "./registry.js";
import {rememberedValues} from "./initialWeights.js";
import type {Measured, Score, ScoreStatus} from "./score.js";
import {type FiringRates, gatherSpikes} from "./spikePatterns.js";

export type ScoreOptions = {
  /** Measurements, each with weights of its own; SNASNet takes 2. Counts of the architecture need one. */
  readonly repeats?: number;
  /** Names the weights and the dropout masks. */
  readonly key?: RandomKey;
  /** How the linear layers start. */
  readonly head?: HeadInit;
  /** Classes [B] int32 of each batch, for scores that differentiate a loss. */
  readonly labels?: Tensor1D | readonly Tensor1D[];
  readonly signal?: AbortSignal;
};

export type ScoreValue = {
  /** Mean over the repeats; null unless every one of them is ok. */
  readonly value: number | null;
  /** "ok", or what the first repeat that is not ok is. */
  readonly status: ScoreStatus;
  readonly repeats: readonly Measured[];
};

type Common = {
  /** Spikes per neuron, image and timestep by population, mean over the repeats; empty where no score looks at spikes. */
  readonly firingRates: FiringRates;
  readonly seconds: number;
};

const KNOWN = ["repeats", "key", "head", "labels", "signal"];
/** Batches: one for all repeats, or one for each in turn; none for counts of the architecture. */
type Images = Tensor | readonly Tensor[] | undefined;

const nth = <T extends object>(given: T | readonly T[] | undefined, r: number): T | undefined =>
  Array.isArray(given) ? (given as T[])[r % given.length] : (given as T | undefined);

function valueOf(repeats: readonly Measured[]): ScoreValue {
  const bad = repeats.find(({status}) => status !== "ok");
  if (bad) return {value: null, status: bad.status, repeats};
  return {value: repeats.reduce((sum, {value}) => sum + value!, 0) / repeats.length, status: "ok", repeats};
}

/** The network as far as its last population: no score of spikes sees the output units, of which one is left. */
const upToSpikes = (a: Architecture): Architecture => ({...a, classes: 1, head: {...a.head, voters: 1}});

/** Every score of one fresh network for one batch, from a single forward pass where spikes suffice. */
function measureAll(
  a: Architecture,
  scores: readonly Score[],
  x: Tensor,
  labels: Tensor1D | undefined,
  key: RandomKey,
  head: HeadInit | undefined,
): {measured: Measured[]; rates: FiringRates} {
  const whole = scores.some(({needs}) => needs === "gradients");
  const network = initialise(whole ? a : upToSpikes(a), key, head, rememberedValues);
  try {
    const gatherers = scores.map((score) => (score.needs === "spikes" ? score.gather(batchSizeOf(x)) : undefined));
    const used = gatherers.filter((gatherer) => gatherer !== undefined);
    const rates = used.length ? gatherSpikes(network, x, used, key.split("dropout")) : {};
    const silent = rates.last === 0;
    const measured = scores.map((score, i): Measured => {
      if (score.needs === "architecture") return score.of(a);
      if (score.needs === "gradients") return score.measure({network, x, labels});
      return silent ? {value: null, status: "silent"} : gatherers[i]!.value();
    });
    return {measured, rates};
  } finally {
    disposeNetwork(network);
  }
}

/** Scores by several names at once: those that look at spikes share their forward passes. */
export async function scoreArchitectureBy<N extends ScoreName>(
  names: readonly N[],
  architecture: Architecture,
  images: Images,
  options: ScoreOptions = {},
): Promise<{readonly scores: Readonly<Record<N, ScoreValue>>} & Common> {
  const {repeats = 2, key = randomKey(0, "score"), head, labels, signal} = options;
  checkOptions("score", options, KNOWN);
  inRange("repeats", repeats);
  const started = performance.now();
  const scores = names.map(scoreOf);
  const counting = scores.every(({needs}) => needs === "architecture");
  const found: Measured[][] = names.map(() => []);
  const sums: Record<string, number> = {};
  const rounds = counting ? 1 : repeats;
  for (let r = 0; r < rounds; ++r) {
    signal?.throwIfAborted();
    if (counting) {
      scores.forEach((score, i) => score.needs === "architecture" && found[i]!.push(score.of(architecture)));
      continue;
    }
    const x = nth(images, r);
    check("images", x?.shape, x?.shape.length === 4, "a batch [B, S, S, channels], or one for each repeat");
    const {measured, rates} = measureAll(architecture, scores, x!, nth(labels, r), key.split("repeat", r), head);
    measured.forEach((one, i) => found[i]!.push(one));
    for (const [population, rate] of Object.entries(rates)) sums[population] = (sums[population] ?? 0) + rate / rounds;
    await giveWay(signal);
  }
  const values = names.map((name, i) => [name, valueOf(found[i]!)]);
  return {
    scores: Object.fromEntries(values) as Record<N, ScoreValue>,
    firingRates: sums,
    seconds: (performance.now() - started) / 1000,
  };
}

/**
 * Scores an architecture on images x [B, S, S, channels], already normalised: a higher value is better.
 * A silent, singular or diverged network is told by its status and has no value.
 */
export async function scoreArchitecture(
  architecture: Architecture,
  images: Images,
  {score = "sahd", ...options}: ScoreOptions & {readonly score?: ScoreName} = {},
): Promise<ScoreValue & Common> {
  const {scores, ...common} = await scoreArchitectureBy([score], architecture, images, options);
  return {...scores[score], ...common};
}
