// How much less work one search does than another, and whether it finds as much: SpikeNAS's claim (arXiv 2402.11322), measured.
//
//   work    : speedUp (search/speedup.ts), pair by pair; a pair is a search and a baseline of the same seed
//   seconds : measured in scoring, both; and those of the baseline as published, which scores every candidate it draws
//   found   : a search's own scores choose its winner, so they flatter it. Winners are scored again with weights and batches that no
//             search has seen, `repeats` times, both of a pair with the same ones.

import type {Architecture} from "../architectures/architecture.js";
import {paramsOf} from "../architectures/cost.js";
import {formatCells} from "../architectures/networkSpace.js";
import {InputError} from "../check.js";
import {inRange} from "../ranges.js";
import type {Progress} from "../datasets/dataset.js";
import {type ExecutionOptions, openExecutor} from "../execution/openExecutor.js";
import type {ScoreRecord} from "../records/score.js";
import type {SpeedUpPair} from "../records/speedup.js";
import {speedUp} from "../search/speedup.js";
import {runMissing} from "./runMissing.js";
import {SCORE, SCORED, scoreTaskId} from "./scoreTask.js";
import {type FinishedSearch, winnerUnder} from "./searchFolder.js";
import {openStudyFolder} from "./studyFolder.js";

export type SpeedUpOptions = ExecutionOptions & {
  /** Fresh measurements of each winner. */
  readonly repeats?: number;
  /** Keeps the measurements; a second call takes them from there. */
  readonly out: string;
  readonly dataDir?: string;
  readonly onProgress?: Progress;
};

/** Seeds that no search uses. */
const FRESH = 1_000_003;

/** Pairs by seed, or an error that names the search without a partner. */
function pairsOf(
  searches: readonly FinishedSearch[],
  baselines: readonly FinishedSearch[],
): [FinishedSearch, FinishedSearch][] {
  return searches.map((search) => {
    const {seed, score} = search.result;
    const partner = baselines.find(({result}) => result.seed === seed && result.score === score);
    if (!partner)
      throw new InputError(
        `no baseline for ${search.folder}: expected a search of seed ${seed} by the score ${score} among ${baselines.map(({folder}) => folder).join(", ")}`,
      );
    return [search, partner];
  });
}

type Pair = {readonly search: FinishedSearch; readonly baseline: FinishedSearch; readonly within: Architecture};

/** A pair with the baseline's best candidate under the search's budget. */
function withinBudget([search, baseline]: readonly [FinishedSearch, FinishedSearch]): Pair {
  const within = winnerUnder(baseline, search.result.budget);
  if (!within)
    throw new InputError(
      `no candidate of ${baseline.folder} fits the budget of ${search.folder}; a longer baseline search would do`,
    );
  return {search, baseline, within: within.architecture};
}

/** The networks of a pair that are scored again: the search's winner, the baseline's, and the baseline's within the budget. */
const winnersOf = ({search, baseline, within}: Pair): [FinishedSearch, Architecture][] => [
  [search, search.result.best.architecture],
  [baseline, baseline.result.best.architecture],
  [baseline, within],
];

/** What the folder of a comparison is for: more searches may join it, of other data they may not. */
function identityOf(searches: readonly FinishedSearch[], baselines: readonly FinishedSearch[], repeats: number) {
  const named = ({result: {algorithm, score, seed, budget}}: FinishedSearch) => ({algorithm, score, seed, budget});
  const data = [...new Set([...searches, ...baselines].map(({settings}) => settings.scoring.data.name))];
  const settings = {repeats, data, searches: searches.map(named), baselines: baselines.map(named)};
  return {settings, mayGrow: ["searches", "baselines"]};
}

/** Compares each search with the baseline of its seed. */
export async function compareSearches(
  searches: readonly FinishedSearch[],
  baselines: readonly FinishedSearch[],
  {repeats = 8, out, dataDir, onProgress, workers = 0, ...execution}: SpeedUpOptions,
): Promise<SpeedUpPair[]> {
  inRange("repeats", repeats);
  const pairs = pairsOf(searches, baselines).map(withinBudget);
  const tasks = pairs.flatMap(winnersOf).map(([{settings}, architecture]) => ({
    task: {...settings.scoring, repeats, seed: settings.scoring.seed + FRESH, architecture},
    ...(dataDir !== undefined && {dataDir}),
  }));
  const executor = openExecutor(SCORE, {workers, ...execution});
  try {
    const journal = openStudyFolder(out, {kind: "speedup", ...identityOf(searches, baselines, repeats)}, SCORED);
    try {
      let done = 0;
      const records = await runMissing(tasks, ({task}) => scoreTaskId(task), {
        journal,
        executor,
        onRecord: () => onProgress?.(++done, tasks.length, "winners scored again"),
      });
      onProgress?.(tasks.length, tasks.length, "winners scored again");
      return pairs.map((pair, i) => rowOf(pair, records.slice(3 * i, 3 * i + 3)));
    } finally {
      journal.close();
    }
  } finally {
    executor.close();
  }
}

function rowOf({search, baseline, within}: Pair, [own, free, fitting]: readonly ScoreRecord[]): SpeedUpPair {
  const [result, base] = [search.result, baseline.result];
  const [best, freest] = [result.best.architecture, base.best.architecture];
  return {
    algorithm: result.algorithm,
    baseline: base.algorithm,
    score: result.score,
    seed: result.seed,
    ...speedUp(result, base),
    scored: result.counts.evaluated,
    baselineScored: base.counts.evaluated,
    seconds: result.scoringSeconds,
    baselineSeconds: base.scoringSeconds,
    baselineSecondsAsPublished: (base.scoringSeconds * base.counts.workDrawn) / base.counts.workEvaluated,
    found: own!.value,
    baselineFound: free!.value,
    baselineFoundWithin: fitting!.value,
    cells: formatCells(best.cells),
    baselineCells: formatCells(freest.cells),
    baselineCellsWithin: formatCells(within.cells),
    params: paramsOf(best),
    baselineParams: paramsOf(freest),
    baselineParamsWithin: paramsOf(within),
  };
}
