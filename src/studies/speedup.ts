// How much less work one search does than another, and whether it finds as much: SpikeNAS's claim (arXiv 2402.11322), measured.
//
//   work    : speedUp (search/speedup.ts), pair by pair; a pair is a search and a baseline of the same seed
//   seconds : measured in scoring, both; and those of the baseline as published, which scores every candidate it draws
//   found   : a search's own scores choose its winner, so they flatter it. Winners are scored again with weights and batches that no
//             search has seen, `repeats` times, both of a pair with the same ones.

import type {Architecture} from "../architectures/architecture.js";
import {paramsOf} from "../architectures/cost.js";
import {formatCells} from "../architectures/networkSpace.js";
import {checkInteger, InputError} from "../check.js";
import type {Progress} from "../datasets/dataset.js";
import type {SpeedUpPair} from "../records/speedup.js";
import {speedUp} from "../search/speedup.js";
import {openJournal} from "./journal.js";
import {evaluateScore, SCORED, type ScoreTask, scoreTaskId} from "./scoreTask.js";
import {type FinishedSearch, winnerUnder} from "./searchFolder.js";

export type SpeedUpOptions = {
  /** Fresh measurements of each winner. */
  readonly repeats?: number;
  /** Keeps the measurements; a second call takes them from there. */
  readonly out: string;
  readonly dataDir?: string;
  readonly signal?: AbortSignal;
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

/** Compares each search with the baseline of its seed. */
export async function compareSearches(
  searches: readonly FinishedSearch[],
  baselines: readonly FinishedSearch[],
  {repeats = 8, out, dataDir, signal, onProgress}: SpeedUpOptions,
): Promise<SpeedUpPair[]> {
  checkInteger("repeats", repeats);
  const journal = openJournal(out, SCORED);
  try {
    const pairs = pairsOf(searches, baselines).map(([search, baseline]) => {
      const within = winnerUnder(baseline, search.result.budget);
      if (!within)
        throw new InputError(
          `no candidate of ${baseline.folder} fits the budget of ${search.folder}; a longer baseline search would do`,
        );
      return {search, baseline, within: within.architecture};
    });
    const total = 3 * pairs.length;
    let done = 0;
    const again = async ({settings}: FinishedSearch, architecture: Architecture): Promise<number | null> => {
      signal?.throwIfAborted();
      const task: ScoreTask = {...settings.scoring, repeats, seed: settings.scoring.seed + FRESH, architecture};
      let record = journal.finished.get(scoreTaskId(task));
      if (!record) {
        record = await evaluateScore(task, {...(dataDir !== undefined && {dataDir}), ...(signal && {signal})});
        journal.append(record);
      }
      onProgress?.(++done, total, "winners scored again");
      return record.value;
    };
    const compared: SpeedUpPair[] = [];
    for (const {search, baseline, within} of pairs) {
      const {result} = search;
      const base = baseline.result;
      const [own, free] = [result.best.architecture, base.best.architecture];
      compared.push({
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
        found: await again(search, own),
        baselineFound: await again(baseline, free),
        baselineFoundWithin: await again(baseline, within),
        cells: formatCells(own.cells),
        baselineCells: formatCells(free.cells),
        baselineCellsWithin: formatCells(within.cells),
        params: paramsOf(own),
        baselineParams: paramsOf(free),
        baselineParamsWithin: paramsOf(within),
      });
    }
    return compared;
  } finally {
    journal.close();
  }
}
