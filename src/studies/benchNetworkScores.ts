// Training-free scores of SpikeNAS-Bench's networks, computed on our own networks built from their encodings: a sample of the
// table, one journal line a network, resumable, in parallel processes.
//
// The sample is stratified by the number of convolutions, which most of accuracy follows: each stratum gives its share. The
// macro network is the bench's at a width that can be afforded; scores of one width rank cells, not widths.

import {hashOf} from "../architectures/canonical.js";
import {formatCell} from "../architectures/cell.js";
import {spikenasBenchArchitecture, spikenasBenchCell, spikenasBenchOps} from "../architectures/spikenasBench.js";
import {check, checkInteger} from "../check.js";
import type {Progress} from "../datasets/dataset.js";
import {random, randomKey} from "../random.js";
import {type ScoreName, SCORES} from "../scoring/registry.js";
import {z} from "zod";
import {type JournalKind, openJournal} from "./journal.js";
import {openPool} from "./pool.js";
import type {ScoreSpec} from "./scoreTask.js";

export type BenchScoring = Omit<ScoreSpec, "score"> & {
  readonly scores: readonly ScoreName[];
  /** Channels C of the first cell; the bench has 128. */
  readonly channels: number;
  /** Units of the hidden layer; the bench has 1,024. */
  readonly hidden: number;
};

/** What a process of the pool is sent. */
export type BenchScoreTask = {readonly network: number; readonly scoring: BenchScoring; readonly dataDir?: string};

const recordSchema = z.looseObject({
  schema: z.literal(1),
  id: z.string(),
  network: z.number(),
  cell: z.string(),
  values: z.record(z.string(), z.number().nullable()),
  statuses: z.record(z.string(), z.string()),
  firingRates: z.record(z.string(), z.number()),
  data: z.looseObject({name: z.string(), checksum: z.string()}),
  version: z.string(),
  run: z.looseObject({seconds: z.number()}),
});

/** One network's scores; null where a score has none (its status says why). */
export type BenchScoreRecord = z.infer<typeof recordSchema>;

const JOURNAL: JournalKind<BenchScoreRecord> = {file: "bench-scores.jsonl", schema: recordSchema, work: "network"};

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

export const benchScoreId = (network: number, scoring: BenchScoring): string => hashOf({network, ...scoring});

/** Scores networks of the bench, or those that the journal of `out` lacks; records in the order of `ids`. */
export async function scoreBenchNetworks(
  ids: readonly number[],
  scoring: BenchScoring,
  {out, workers = 1, dataDir, signal, onProgress}: {out: string; workers?: number; dataDir?: string; signal?: AbortSignal; onProgress?: Progress}, // prettier-ignore
): Promise<BenchScoreRecord[]> {
  checkInteger("workers", workers);
  const journal = openJournal(out, JOURNAL);
  const pool = openPool<BenchScoreTask, BenchScoreRecord>({
    module: new URL("./benchScoreWorker.js", import.meta.url),
    workers,
    ...(signal && {signal}),
    nameOf: ({network}) => `network ${network}`,
  });
  try {
    const missing = ids.filter((network) => !journal.finished.has(benchScoreId(network, scoring)));
    let done = ids.length - missing.length;
    await pool.run(
      missing.map((network) => ({network, scoring, ...(dataDir !== undefined && {dataDir})})),
      {
        onResult: (_task, record) => {
          journal.append(record);
          onProgress?.(++done, ids.length, `network ${record.network}`);
        },
      },
    );
    return ids.map((network) => journal.finished.get(benchScoreId(network, scoring))!);
  } finally {
    pool.close();
    journal.close();
  }
}

/** The bench's network of an id at the scoring's width. */
export const benchNetwork = (id: number, {channels, hidden}: BenchScoring) => {
  const full = spikenasBenchArchitecture(id);
  return {...full, channels, head: {...full.head, hidden}};
};

export const benchCellName = (id: number): string => formatCell(spikenasBenchCell(id));
