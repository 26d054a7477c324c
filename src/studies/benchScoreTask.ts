// One network of SpikeNAS-Bench, built by our own code at a width that can be afforded, and scored by several scores at once.

import {hashOf} from "../architectures/canonical.js";
import {formatCell} from "../architectures/cell.js";
import {spikenasBenchArchitecture, spikenasBenchCell} from "../architectures/spikenasBench.js";
import type {TaskKind} from "../execution/task.js";
import {randomKey} from "../random.js";
import {packageVersion} from "../root.js";
import type {ScoreName} from "../scoring/registry.js";
import {scoreArchitectureBy} from "../scoring/scoreArchitecture.js";
import {startBackend} from "../kernels/index.js";
import {z} from "zod";
import type {JournalKind} from "./journal.js";
import {batchesOf, type ScoreSpec} from "./scoreTask.js";

export type BenchScoring = Omit<ScoreSpec, "score"> & {
  readonly scores: readonly ScoreName[];
  /** Channels C of the first cell; the bench has 128. */
  readonly channels: number;
  /** Units of the hidden layer; the bench has 1,024. */
  readonly hidden: number;
};

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

export const BENCH_SCORED: JournalKind<BenchScoreRecord> = {
  file: "bench-scores.jsonl",
  schema: recordSchema,
  work: "network",
};

export const benchScoreId = ({network, scoring}: BenchScoreTask): string => hashOf({network, ...scoring});

/** The bench's network of an id at the scoring's width. */
export const benchNetwork = (id: number, {channels, hidden}: Pick<BenchScoring, "channels" | "hidden">) => {
  const full = spikenasBenchArchitecture(id);
  return {...full, channels, head: {...full.head, hidden}};
};

async function evaluateBenchScore(task: BenchScoreTask): Promise<BenchScoreRecord> {
  const {network, scoring, dataDir} = task;
  await startBackend(scoring.backend);
  const {x, labels, checksum} = await batchesOf(scoring, dataDir);
  const {scores, firingRates, seconds} = await scoreArchitectureBy(scoring.scores, benchNetwork(network, scoring), x, {
    repeats: scoring.repeats,
    key: randomKey(scoring.seed, "score"),
    head: scoring.head,
    labels,
  });
  const entries = Object.entries(scores);
  return {
    schema: 1,
    id: benchScoreId(task),
    network,
    cell: formatCell(spikenasBenchCell(network)),
    values: Object.fromEntries(entries.map(([name, {value}]) => [name, value])),
    statuses: Object.fromEntries(entries.map(([name, {status}]) => [name, status])),
    firingRates: {...firingRates},
    data: {...scoring.data, checksum},
    version: packageVersion,
    run: {seconds},
  };
}

export const BENCH_SCORE: TaskKind<BenchScoreTask, BenchScoreRecord> = {
  module: import.meta.url,
  name: "BENCH_SCORE",
  titleOf: ({network}) => `network ${network}`,
  evaluate: evaluateBenchScore,
};
