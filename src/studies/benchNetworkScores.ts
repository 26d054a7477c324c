// Training-free scores of SpikeNAS-Bench's networks, computed on our own networks built from their encodings: a sample of the
// table, one journal line a network, resumable, in parallel processes.
//
// The sample is stratified by the number of convolutions, which most of accuracy follows: each stratum gives its share. The
// macro network is the bench's at a width that can be afforded; scores of one width rank cells, not widths.

import {spikenasBenchOps} from "../architectures/spikenasBench.js";
import {check, checkInteger} from "../check.js";
import type {Progress} from "../datasets/dataset.js";
import {type ExecutionOptions, openExecutor} from "../execution/openExecutor.js";
import {random, randomKey} from "../random.js";
import {type ScoreName, SCORES} from "../scoring/registry.js";
import {BENCH_SCORE, BENCH_SCORED, benchScoreId, type BenchScoreRecord, type BenchScoring} from "./benchScoreTask.js";
import {runMissing} from "./runMissing.js";
import {openStudyFolder} from "./studyFolder.js";

/** The scores that look at a network. */
export const NETWORK_SCORES = (Object.keys(SCORES) as ScoreName[]).filter(
  (name) => SCORES[name].needs !== "architecture",
);

/** `count` of the ids, each stratum (number of convolutions) by its share, in ascending order. */
export function stratifiedSample(ids: readonly number[], count: number, seed: number): number[] {
  checkInteger("sample", count);
  check("sample", count, count <= ids.length, `at most ${ids.length}, the networks that are alive`);
  const convolutions = (id: number): number => spikenasBenchOps(id).filter((op) => op >= 2).length;
  const strata = new Map<number, number[]>();
  for (const id of ids) strata.set(convolutions(id), [...(strata.get(convolutions(id)) ?? []), id]);
  // Largest remainders: whole numbers that add up to `count`.
  const shares = [...strata].map(([stratum, members]) => ({stratum, members, exact: (count * members.length) / ids.length})); // prettier-ignore
  const taken = new Map(shares.map(({stratum, exact}) => [stratum, Math.floor(exact)]));
  let left = count - [...taken.values()].reduce((a, b) => a + b, 0);
  for (const {stratum} of [...shares].sort((a, b) => (b.exact % 1) - (a.exact % 1))) {
    if (left-- <= 0) break;
    taken.set(stratum, taken.get(stratum)! + 1);
  }
  const stream = random(randomKey(seed, "bench-sample"));
  return shares
    .flatMap(({stratum, members}) => stream.shuffle(members).slice(0, taken.get(stratum)))
    .sort((a, b) => a - b);
}

export type BenchScoresOptions = ExecutionOptions & {
  readonly out: string;
  readonly dataDir?: string;
  readonly onProgress?: Progress;
};

/** Scores networks of the bench, or those that the journal of `out` lacks; records in the order of `ids`. */
export async function scoreBenchNetworks(
  ids: readonly number[],
  scoring: BenchScoring,
  {out, dataDir, onProgress, ...execution}: BenchScoresOptions,
): Promise<BenchScoreRecord[]> {
  const executor = openExecutor(BENCH_SCORE, execution);
  try {
    const journal = openStudyFolder(out, {kind: "scores", settings: scoring}, BENCH_SCORED);
    try {
      const tasks = ids.map((network) => ({network, scoring, ...(dataDir !== undefined && {dataDir})}));
      let done = tasks.filter((task) => journal.finished.has(benchScoreId(task))).length;
      return await runMissing(tasks, benchScoreId, {
        journal,
        executor,
        onRecord: ({network}) => onProgress?.(++done, ids.length, `network ${network}`),
      });
    } finally {
      journal.close();
    }
  } finally {
    executor.close();
  }
}
