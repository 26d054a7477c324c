// Searches a space of networks under a hard budget by a training-free score: candidates scored in parallel processes, one record
// each in a journal, and the best network in result.json.
//
// The search (search/search.ts) asks in batches and is told in order, so that its history depends on the seed and the scores
// alone: one process or eight, killed or not. A killed search asks again from its start and is told from the journal.

import {join} from "node:path";
import {type Budget, validateBudget} from "../architectures/budget.js";
import {costOf} from "../architectures/cost.js";
import {formatCells, type NetworkSpace} from "../architectures/networkSpace.js";
import {hashOf} from "../architectures/canonical.js";
import {InputError} from "../check.js";
import {writeSealed} from "../disk/seal.js";
import type {Progress} from "../datasets/dataset.js";
import {giveWay} from "../giveWay.js";
import {type ExecutionOptions, openExecutor} from "../execution/openExecutor.js";
import {randomKey} from "../random.js";
import type {ScoreRecord} from "../records/score.js";
import type {SearchResult} from "../records/search.js";
import {type AlgorithmName, searchAlgorithm} from "../search/algorithms.js";
import {type Candidate, createSearch, type Search} from "../search/search.js";
import type {Journal} from "./journal.js";
import {runMissing} from "./runMissing.js";
import {SCORE, SCORED, type ScoreSpec, type ScoreTask, scoreTaskId} from "./scoreTask.js";
import {openStudyFolder} from "./studyFolder.js";

export type SearchSettings = {
  readonly algorithm: AlgorithmName;
  /** Networks to draw; the algorithm's own number where undefined. */
  readonly candidates?: number;
  readonly networks: NetworkSpace;
  readonly budget: Budget;
  /** Names the search's draws. */
  readonly seed: number;
  readonly scoring: ScoreSpec;
};

export type SearchStudyOptions = ExecutionOptions & {
  readonly out: string;
  readonly dataDir?: string;
  readonly onProgress?: Progress;
};

const taskOf = (scoring: ScoreSpec, {architecture}: Candidate): ScoreTask => ({...scoring, architecture});

/** The checksum that the search's data had when earlier candidates were scored. */
function checksumOf(records: Iterable<ScoreRecord>, {data}: ScoreSpec): {readonly checksum?: string} {
  const same = ({data: of}: ScoreRecord): boolean => Object.entries(data).every(([name, value]) => of[name] === value);
  const checksum = [...records].find((record) => record.data.checksum !== "" && same(record))?.data.checksum;
  return checksum === undefined ? {} : {checksum};
}

/** Drives the search to its end; what the journal holds is told without being scored again. */
async function drive(
  search: Search,
  draws: number | undefined,
  journal: Journal<ScoreRecord>,
  {scoring}: SearchSettings,
  {dataDir, onProgress, out: _out, ...execution}: SearchStudyOptions,
): Promise<number> {
  const executor = openExecutor(SCORE, execution);
  let ran = 0;
  const report = (): void => {
    const {drawn} = search.counts();
    onProgress?.(Math.min(drawn, (draws ?? Infinity) - 0.01), draws ?? Infinity, `${ran} scored now`);
  };
  const onRecord = (): void => {
    ++ran;
    report();
  };
  try {
    for (let batch = search.askOnce(); batch; batch = search.askOnce()) {
      await giveWay(execution.signal); // long searches may draw nothing that is new
      if (batch.length === 0) {
        report();
        continue;
      }
      const shared = {...(dataDir !== undefined && {dataDir}), ...checksumOf(journal.finished.values(), scoring)};
      const tasks = batch.map((candidate) => ({task: taskOf(scoring, candidate), ...shared}));
      const records = await runMissing(tasks, ({task}) => scoreTaskId(task), {journal, executor, onRecord});
      search.tell(records.map(({value}) => value ?? undefined));
    }
    const {drawn} = search.counts();
    onProgress?.(drawn, drawn, `${ran} scored now`);
    return ran;
  } finally {
    executor.close();
  }
}

/** Runs a search, or what is missing of it, and writes result.json. */
export async function runSearchStudy(
  settings: SearchSettings,
  options: SearchStudyOptions,
): Promise<{result: SearchResult; search: Search; ran: number; records: readonly ScoreRecord[]}> {
  validateBudget(settings.budget);
  const {networks, budget, seed, scoring, candidates} = settings;
  const algorithm = searchAlgorithm(settings.algorithm, candidates === undefined ? {} : {candidates});
  const search = createSearch({algorithm, networks, budget, key: randomKey(seed, "architecture-search")});
  const journal = openStudyFolder(options.out, {kind: "search", settings}, SCORED);
  try {
    const ran = await drive(search, algorithm.draws, journal, settings, options);
    const records = search.history().map((entry) => journal.finished.get(scoreTaskId(taskOf(scoring, entry)))!);
    const best = search.best();
    if (!best)
      throw new InputError(
        `no network could be scored by ${scoring.score}: all ${search.counts().evaluated} were silent, singular or diverged; a wider network, more timesteps or another score may do`,
      );
    const {params, paramsWithoutHead, weightBytes, macs, worstCaseAcs, activationBytes, stateBytes} = costOf(
      best.architecture,
      {bits: budget.bits ?? 32},
    );
    const result: SearchResult = {
      algorithm: algorithm.name,
      source: algorithm.source,
      score: scoring.score,
      seed,
      budget,
      repeats: scoring.repeats,
      counts: search.counts(),
      scoringSeconds: records.reduce((sum, {run}) => sum + run.seconds, 0),
      best: {
        cells: formatCells(best.cells),
        value: best.fitness,
        architectureId: hashOf(best.architecture),
        architecture: best.architecture,
        ...{params, paramsWithoutHead, weightBytes, macs, worstCaseAcs, activationBytes, stateBytes},
      },
    };
    writeSealed(join(options.out, "result.json"), result);
    return {result, search, ran, records};
  } finally {
    journal.close();
  }
}
