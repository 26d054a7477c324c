// The race on SpikeNAS-Bench by epochs: what test accuracy has a search found after so many epochs of training?
//
// A network that trains on pays for the epochs between. The incumbent is the network with the highest validation accuracy among those
// that trained to the end; before there is one a search has found nothing. Its test accuracy is reported and never seen by the search.
// Searches that ask for whole trainings pay all epochs of each. A search with a fixed number of networks is run anew for each budget.

import {longestConvPath} from "../architectures/convPath.js";
import {candidatesOf, type Cells, networkSpace, type NetworkSpace} from "../architectures/networkSpace.js";
import {SPIKENAS_BENCH_SPACE, spikenasBenchIdOf} from "../architectures/spikenasBench.js";
import {check, checkDifferent, checkName, checkOptions} from "../check.js";
import type {Progress} from "../datasets/dataset.js";
import {lookUp, type SpikenasBench, validationAfter} from "../datasets/spikenasBench.js";
import {giveWay} from "../giveWay.js";
import {type Random, randomKey} from "../random.js";
import {inRange} from "../ranges.js";
import type {RacePoint, RaceSettings, RaceTrace} from "../records/race.js";
import {asha} from "../search/asha.js";
import {halvingCandidates, successiveHalving} from "../search/halving.js";
import {type Algorithm, createSearch} from "../search/search.js";
import {checkpointsTo, RACERS, requireWhole} from "./searchRace.js";

/** Epochs of a whole training; 690 networks of the bench trained twice as long, and cost that. */
export const WHOLE_TRAINING = 100;
const ENDLESS = 1_000_000;
const networks = networkSpace(SPIKENAS_BENCH_SPACE, {network: {channels: 128, pool: 2}});

/** All that is alive, those with the longest path of convolutions first, of equals in random order. */
function* byPath(space: NetworkSpace, random: Random): Generator<Cells> {
  const all = [...candidatesOf(space)];
  const scores = all.map(([cell]) => longestConvPath(cell!));
  for (const i of [...random.permutation(all.length)].sort((a, b) => scores[b]! - scores[a]!)) yield all[i]!;
}

type EpochRacer = {
  readonly title: string;
  /** For a search that may spend so many epochs. */
  readonly algorithm: (epochs: number) => Algorithm;
  /** It spends all that it is given before it has an answer. */
  readonly fixed?: true;
};

const whole = (name: string): EpochRacer => ({
  title: `${RACERS[name]!.title}, whole trainings`,
  algorithm: RACERS[name]!.algorithm,
});
const RUNGS = {least: 2, eta: 4, most: WHOLE_TRAINING} as const;
const LATE = {least: 8, eta: 3, most: WHOLE_TRAINING} as const;
/** As many networks as the epochs bear; a whole training is in reserve, since some trained twice as long. */
const halved = (epochs: number, settings: NonNullable<Parameters<typeof successiveHalving>[0]>): Algorithm =>
  successiveHalving({...settings, candidates: Math.max(1, halvingCandidates(epochs - WHOLE_TRAINING, settings))});

/** Who may race by epochs. */
export const EPOCH_RACERS: Readonly<Record<string, EpochRacer>> = {
  random: whole("random"),
  evolution: whole("evolution"),
  convPath: whole("convPath"),
  halving: {title: "successive halving, 2 epochs, η = 4", algorithm: (epochs) => halved(epochs, RUNGS), fixed: true},
  "halving-path": {
    title: "halving of the longest convolution paths",
    algorithm: (epochs) => halved(epochs, {...RUNGS, source: byPath}),
    fixed: true,
  },
  "halving-late": {
    title: "successive halving, 8 epochs, η = 3",
    algorithm: (epochs) => halved(epochs, LATE),
    fixed: true,
  },
  asha: {title: "ASHA, 2 epochs, η = 4", algorithm: () => asha({...RUNGS, candidates: ENDLESS})},
  "asha-path": {
    title: "ASHA from the longest convolution path",
    algorithm: () => asha({...RUNGS, candidates: ENDLESS, source: byPath}),
  },
};

export function epochRaceSettings({
  epochs = 10_000,
  seeds = 100,
  firstSeed = 1,
  algorithms = Object.keys(EPOCH_RACERS),
  ...rest
}: Partial<RaceSettings<"epochs">> = {}): RaceSettings<"epochs"> {
  checkOptions("race", rest, []);
  inRange("raceEpochs", epochs);
  inRange("searches", seeds);
  inRange("firstSeed", firstSeed);
  check("algorithms", algorithms, algorithms.length > 0, "one or more");
  algorithms.forEach((name) => checkName("algorithm", name, EPOCH_RACERS));
  checkDifferent("algorithms", algorithms);
  return {epochs, seeds, firstSeed, algorithms};
}

/** Budgets at which incumbents are reported: 100, 200, 300, 500, 1,000 … and the last. */
export const epochCheckpoints = (epochs: number): number[] =>
  checkpointsTo(Math.floor(epochs / WHOLE_TRAINING)).map((count) => count * WHOLE_TRAINING);

type Incumbent = {readonly id: number; readonly validation: number};
/** The incumbents of one search, each with the epochs spent when it was found; and all that was spent. */
type Run = {readonly found: readonly (Incumbent & {readonly at: number})[]; readonly spent: number};

/** One search that may spend so many epochs: what would go beyond is not trained. */
function runOnce(bench: SpikenasBench, algorithm: Algorithm, seed: number, name: string, allowed: number): Run {
  const search = createSearch({
    ...{algorithm, networks, key: randomKey(seed, "epoch race", name)},
    maxDrawn: 20 * allowed,
    identify: ({cells}) => String(spikenasBenchIdOf(cells[0]!)),
    work: () => 1,
  });
  const trained = new Map<number, number>();
  const found: (Incumbent & {at: number})[] = [];
  let spent = 0;
  for (let batch = search.ask(); batch.length > 0; batch = search.ask()) {
    const values: number[] = [];
    for (const candidate of batch) {
      const id = Number(candidate.id);
      const all = lookUp(bench, id).epochs;
      const until = (candidate.epochs ?? WHOLE_TRAINING) >= WHOLE_TRAINING ? all : candidate.epochs!;
      const cost = until - (trained.get(id) ?? 0);
      if (spent + cost > allowed) return {found, spent};
      spent += cost;
      trained.set(id, until);
      const validation = validationAfter(bench, id, until);
      if (until === all && validation > (found.at(-1)?.validation ?? -Infinity))
        found.push({id, validation, at: spent});
      values.push(validation);
    }
    search.tell(values);
  }
  return {found, spent};
}

/** One search of one seed, with its incumbents `at` some budgets. */
export function raceByEpochs(
  bench: SpikenasBench,
  name: string,
  seed: number,
  allowed: number,
  at = epochCheckpoints(allowed),
): RaceTrace<"epochs"> {
  const {algorithm, fixed} = EPOCH_RACERS[checkName("algorithm", name, EPOCH_RACERS)]!;
  const run = (epochs: number): Run => runOnce(bench, algorithm(epochs), seed, name, epochs);
  const once = fixed ? undefined : run(allowed);
  const runs = at.map((epochs) => ({epochs, ...(once ?? run(epochs))}));
  const points = runs.flatMap(({epochs, found}): RacePoint<"epochs">[] => {
    const last = found.findLast(({at}) => at <= epochs);
    return last ? [{epochs, id: last.id, validation: last.validation, test: lookUp(bench, last.id).test}] : [];
  });
  return {algorithm: name, seed, points, spent: runs.at(-1)!.spent};
}

/** Every algorithm with every seed. Gives way to other work between searches. */
export async function epochRace(
  bench: SpikenasBench,
  settings: RaceSettings<"epochs">,
  {signal, onProgress}: {signal?: AbortSignal | undefined; onProgress?: Progress | undefined} = {},
): Promise<RaceTrace<"epochs">[]> {
  requireWhole(bench);
  const traces: RaceTrace<"epochs">[] = [];
  const total = settings.algorithms.length * settings.seeds;
  for (const name of settings.algorithms)
    for (let i = 0; i < settings.seeds; ++i) {
      signal?.throwIfAborted();
      traces.push(raceByEpochs(bench, name, settings.firstSeed + i, settings.epochs));
      onProgress?.(traces.length, total, EPOCH_RACERS[name]!.title);
      await giveWay(signal);
    }
  return traces;
}
