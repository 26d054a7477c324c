// The search race on SpikeNAS-Bench: what test accuracy has an algorithm found after so many queries?
//
// A query trains one network, by looking its validation accuracy up. After each query the incumbent is the network with the
// highest validation accuracy so far; its test accuracy is reported and never seen by the search. Every seed is a search of
// its own. Random search is the line to beat: the space is so good that 100 random networks hold one of 88.6 %.

import {longestConvPath} from "../architectures/convPath.js";
import {candidatesOf, networkSpace} from "../architectures/networkSpace.js";
import {SPIKENAS_BENCH_SPACE, spikenasBenchIdOf} from "../architectures/spikenasBench.js";
import {check, checkDifferent, checkName, checkOptions, invalid} from "../check.js";
import {inRange} from "../ranges.js";
import type {Progress} from "../datasets/dataset.js";
import {benchSpikes, lookUp, queries, type SpikenasBench} from "../datasets/spikenasBench.js";
import {giveWay} from "../giveWay.js";
import {randomKey} from "../random.js";
import type {RaceSettings, RaceTrace} from "../records/race.js";
import {autosnn, spikeAwareFitness} from "../search/autosnn.js";
import {regularisedEvolution} from "../search/evolution.js";
import {lightsnn} from "../search/lightsnn.js";
import {randomSearch} from "../search/random.js";
import {rankedSearch} from "../search/ranked.js";
import {type Algorithm, createSearch} from "../search/search.js";

const ENDLESS = 1_000_000;
const networks = networkSpace(SPIKENAS_BENCH_SPACE, {network: {channels: 128, pool: 2}});

/** All that is alive, with the score that ranks it; made when first asked for. */
let ranked: Algorithm | undefined;
function byPath(): Algorithm {
  if (ranked) return ranked;
  const candidates = [...candidatesOf(networks)];
  const scores = candidates.map(([cell]) => longestConvPath(cell!));
  return (ranked = rankedSearch({name: "convPath", candidates, scores}));
}

type Racer = {
  readonly title: string;
  readonly algorithm: () => Algorithm;
  /** What it maximises; the validation accuracy (%) unless given. */
  readonly fitness?: (validation: number, id: number, bench: SpikenasBench) => number;
};

/** Who may race. Numbers in titles are population and sample. */
export const RACERS: Readonly<Record<string, Racer>> = {
  random: {title: "random search", algorithm: () => randomSearch({candidates: ENDLESS})},
  evolution: {
    title: "regularised evolution (100, 25)",
    algorithm: () => regularisedEvolution({candidates: ENDLESS}),
  },
  "evolution-small": {
    title: "regularised evolution (20, 5)",
    algorithm: () => regularisedEvolution({candidates: ENDLESS, population: 20, sample: 5, batch: 1}),
  },
  "evolution-guided": {
    title: "evolution (20, 5), warmed up by path length",
    algorithm: () =>
      regularisedEvolution({
        candidates: ENDLESS,
        population: 20,
        sample: 5,
        batch: 1,
        guide: ([cell]) => longestConvPath(cell!),
      }),
  },
  autosnn: {
    title: "AutoSNN's evolution, spike-aware",
    algorithm: () => autosnn({iterations: ENDLESS}),
    fitness: (validation, id, bench) =>
      spikeAwareFitness(validation / 100, Math.max(1, benchSpikes(lookUp(bench, id), bench.dataset))),
  },
  "autosnn-accuracy": {
    title: "AutoSNN's evolution, accuracy alone",
    algorithm: () => autosnn({iterations: ENDLESS}),
  },
  lightsnn: {title: "LightSNN's pruning (reconstruction)", algorithm: () => lightsnn()},
  convPath: {title: "longest convolution path first", algorithm: byPath},
};

/** Numbers of queries after which incumbents are reported: 1, 2, 3, 5, 10, 20, 30, 50, … and the last. */
export function checkpointsTo(queries: number): number[] {
  const points: number[] = [];
  for (let scale = 1; scale <= queries; scale *= 10)
    for (const digit of [1, 2, 3, 5]) if (digit * scale < queries) points.push(digit * scale);
  return [...points, queries];
}

export function raceSettings({
  queries = 300,
  seeds = 100,
  firstSeed = 1,
  algorithms = Object.keys(RACERS),
  ...rest
}: Partial<RaceSettings> = {}): RaceSettings {
  checkOptions("race", rest, []);
  inRange("queries", queries);
  inRange("searches", seeds);
  inRange("firstSeed", firstSeed);
  check("algorithms", algorithms, algorithms.length > 0, "one or more");
  algorithms.forEach((name) => checkName("algorithm", name, RACERS));
  checkDifferent("algorithms", algorithms);
  return {queries, seeds, firstSeed, algorithms};
}

/** One search of one seed. */
export function raceOnce(bench: SpikenasBench, name: string, seed: number, allowed: number): RaceTrace {
  const {algorithm, fitness = (validation) => validation} = RACERS[checkName("algorithm", name, RACERS)]!;
  const {query, spent} = queries(bench);
  const search = createSearch({
    algorithm: algorithm(),
    networks,
    key: randomKey(seed, "race", name),
    maxEvaluations: allowed,
    maxDrawn: 20 * allowed, // an evolution may meet only what it knows
    identify: ({cells}) => String(spikenasBenchIdOf(cells[0]!)),
    work: () => 1,
  });
  const found: {id: number; validation: number}[] = [];
  let best = {id: -1, validation: -Infinity};
  for (let batch = search.ask(); batch.length > 0; batch = search.ask())
    search.tell(
      batch.map((candidate) => {
        const id = Number(candidate.id);
        const validation = query(id);
        if (validation > best.validation) best = {id, validation};
        found.push(best);
        return fitness(validation, id, bench);
      }),
    );
  const points = checkpointsTo(allowed).map((count) => {
    const {id, validation} = found[Math.min(count, found.length) - 1]!;
    return {queries: count, id, validation, test: lookUp(bench, id).test};
  });
  return {algorithm: name, seed, points, spent: found.length, seconds: spent().seconds};
}

/** Throws unless every network of the space is in the table. */
export function requireWhole({dataset}: SpikenasBench): void {
  if (dataset !== "cifar10")
    throw invalid("data set of the race", dataset, "cifar10, of which all networks are published");
}

/** Every algorithm with every seed. Gives way to other work between searches. */
export async function searchRace(
  bench: SpikenasBench,
  settings: RaceSettings,
  {signal, onProgress}: {signal?: AbortSignal | undefined; onProgress?: Progress | undefined} = {},
): Promise<RaceTrace[]> {
  requireWhole(bench);
  const traces: RaceTrace[] = [];
  const total = settings.algorithms.length * settings.seeds;
  for (const name of settings.algorithms)
    for (let i = 0; i < settings.seeds; ++i) {
      signal?.throwIfAborted();
      traces.push(raceOnce(bench, name, settings.firstSeed + i, settings.queries));
      onProgress?.(traces.length, total, RACERS[name]!.title);
      await giveWay(signal);
    }
  return traces;
}
