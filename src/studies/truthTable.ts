// How well do scores rank trained networks? The truth table over SpikeNAS-Bench, as a study: settings, rows, tables and figures.
//
//   all, top 10 %     scores that count, and early validation, over every network that is alive
//   of the pairs      one function trained twice: no score of the function can rank better
//   of the sample     scores that look at a network, on a stratified sample; then all made as coarse as the longest path
//
// Nothing is trained; what a score is worth is said in trained networks, by a predictor that learns from them.

import {join} from "node:path";
import {activityFront, aliveNetworks, convEdgeTable, operationTable, retrainedPairs} from "../analysis/bench.js";
import {predictorCurve, type PredictorRow} from "../analysis/predictorCurve.js";
import {asCoarseAs} from "../analysis/ties.js";
import {AS_COARSE_AS, type ScoreColumn, truthTable, type TruthRow} from "../analysis/truthTable.js";
import {checkDifferent, checkName, checkOptions} from "../check.js";
import {inRange} from "../ranges.js";
import {type Progress, sampleSize} from "../datasets/dataset.js";
import {datasetEntry} from "../datasets/index.js";
import type {SpikenasBench} from "../datasets/spikenasBench.js";
import {activityFrontFigure} from "../plots/activityFront.js";
import {predictorFigure} from "../plots/predictor.js";
import {saveFigures} from "../plots/save.js";
import {truthFigure} from "../plots/truthTable.js";
import {giveWay, stepAside} from "../giveWay.js";
import {randomKey} from "../random.js";
import {type ScoreName, SCORES} from "../scoring/registry.js";
import {writeCsv} from "../tables/csv.js";
import {NETWORK_SCORES, scoreBenchNetworks, stratifiedSample} from "./benchNetworkScores.js";
import {benchNetwork, type BenchScoring} from "./benchScoreTask.js";
import {benchScores} from "./benchScores.js";
import {checkScoringMemory} from "./trialMemory.js";

export type TruthSettings = {
  /** Bootstrap resamples of each interval, and what names them, the sample and its scores. */
  readonly resamples: number;
  readonly seed: number;
  /** Trained networks that the predictor learns from, ascending. */
  readonly predictor: readonly number[];
  /** Networks of the sample; 0 for none. */
  readonly sample: number;
  readonly scores: readonly ScoreName[];
  /** Images that they are scored on, and the width of the networks (the bench: 128 and 1,024). */
  readonly data: string;
  readonly batch: number;
  readonly repeats: number;
  readonly channels: number;
  readonly hidden: number;
};

const DEFAULTS: TruthSettings = {
  ...{resamples: 200, seed: 1, predictor: [20, 50, 100, 300, 1000]},
  ...{sample: 0, scores: NETWORK_SCORES, data: "cifar10", batch: 64, repeats: 1, channels: 16, hidden: 256},
};

/** What scores the sample, and the network of the bench that has the fewest weights. */
const [BACKEND, SMALLEST] = ["wasm", 0] as const;

/** Complete, checked settings. */
export function truthSettings(changes: Partial<TruthSettings> = {}): TruthSettings {
  checkOptions("truth table", changes, Object.keys(DEFAULTS));
  const settings = {...DEFAULTS, ...changes};
  inRange("resamples", settings.resamples);
  inRange("seed", settings.seed);
  inRange("sample", settings.sample);
  settings.predictor.forEach((networks) => inRange("predictor", networks));
  checkDifferent("scores", settings.scores);
  settings.scores.forEach((name) => checkName("score", name, SCORES));
  inRange("batch", settings.batch);
  for (const name of ["channels", "hidden", "repeats"] as const) inRange(name, settings[name]);
  const {sample, batch, repeats, data} = settings;
  if (sample > 0)
    checkScoringMemory(benchNetwork(SMALLEST, settings), {
      ...{batch, repeats, backend: BACKEND},
      sampleSize: sampleSize(datasetEntry(data).sampleShape),
    });
  return settings;
}

export type TruthOptions = {
  /** Folder of the sample's journal. */
  readonly out: string;
  readonly workers?: number;
  readonly dataDir?: string;
  readonly signal?: AbortSignal;
  /** Progress of each of its steps, by name. */
  readonly onProgress?: (step: "scores" | "networks" | "predictor") => Progress;
};

export type TruthStudy = {
  readonly truth: readonly TruthRow[];
  /** Those of the whole bench: what the predictor is compared with. */
  readonly rows: readonly TruthRow[];
  readonly curve: readonly PredictorRow[];
  /** The sample's columns, one row a network. */
  readonly sample: readonly object[];
};

const NOBODY: NonNullable<TruthOptions["onProgress"]> = () => () => {};

const renamed = (rows: readonly TruthRow[], of: string): TruthRow[] =>
  rows.map((row) => ({...row, scope: `${row.scope} of ${of}`}));

const intervalsOf = ({seed, resamples}: TruthSettings) => ({key: randomKey(seed), resamples});

/** Rows of scores that look at networks, on a sample of the bench, and what was scored. */
async function sampled(
  bench: SpikenasBench,
  settings: TruthSettings,
  {onProgress = NOBODY, ...options}: TruthOptions,
): Promise<{rows: readonly TruthRow[]; sample: readonly object[]}> {
  const {sample, seed, scores, channels, hidden, repeats, data, batch} = settings;
  if (sample === 0) return {rows: [], sample: []};
  const {networks, measured, scores: counted} = benchScores(bench);
  const ids = stratifiedSample(
    networks.map(({id}) => id),
    sample,
    seed,
  );
  const scoring: BenchScoring = {
    ...{scores, channels, hidden, repeats, seed},
    data: {name: data, trainCount: Math.max(1000, batch), seed: 0, batch},
    ...{head: "unitVariance", backend: BACKEND},
  };
  const records = await scoreBenchNetworks(ids, scoring, {...options, onProgress: onProgress("networks")});
  const places = new Map(networks.map(({id}, i) => [id, i]));
  const chosen = ids.map((id) => places.get(id)!);
  const accuracies = chosen.map((i) => measured[i]!);
  const columns: ScoreColumn[] = [
    ...counted.filter(({name}) => ["params", PATH].includes(name)).map(({name, values}) => ({name, values: chosen.map((i) => values[i])})), // prettier-ignore
    ...scores.map((name) => ({name, values: records.map(({values}) => values[name] ?? undefined)})),
  ];
  const rows = truthTable(accuracies, columns, intervalsOf(settings));
  return {
    rows: [...renamed(rows, SAMPLE), ...coarse(accuracies, columns, settings)],
    sample: records.map((record, i) => ({
      ...{id: record.network, cell: record.cell, test: accuracies[i]},
      ...Object.fromEntries(columns.map(({name, values}) => [name, values[i] ?? null])),
    })),
  };
}

const PATH = "longestConvPath";
const SAMPLE = "the sample";

/** The same scores, each cut into classes as large as those of the longest convolution path. */
function coarse(measured: readonly number[], columns: readonly ScoreColumn[], settings: TruthSettings): TruthRow[] {
  const complete = columns.flatMap(({name, values}) => {
    const numbers = values.filter((value) => value !== undefined);
    return numbers.length === values.length ? [{name, values: numbers}] : [];
  });
  const path = complete.find(({name}) => name === PATH)!.values;
  const made = complete.map(({name, values}) => ({name, values: asCoarseAs(values, path)}));
  return renamed(truthTable(measured, made, intervalsOf(settings)), SAMPLE)
    .filter(({scope}) => scope === `all of ${SAMPLE}`)
    .map((row) => ({...row, scope: `${row.scope}${AS_COARSE_AS}the path`}));
}

/** Ranks the bench's networks by every score. */
export async function truthStudy(
  bench: SpikenasBench,
  settings: TruthSettings,
  options: TruthOptions,
): Promise<TruthStudy> {
  const {onProgress = NOBODY, signal} = options;
  const {measured, scores} = benchScores(bench);
  const watched = (step: Parameters<typeof onProgress>[0]): Progress => {
    const show = onProgress(step);
    return (...done) => {
      signal?.throwIfAborted();
      show(...done);
    };
  };
  stepAside();
  const rows = truthTable(measured, scores, {...intervalsOf(settings), onScore: watched("scores")});
  const pairs = retrainedPairs(bench.networks);
  const retrained = truthTable(
    pairs.map(([a]) => a.test),
    [{name: "retrained", values: pairs.map(([, b]) => b.test)}],
    intervalsOf(settings),
  );
  await giveWay(signal);
  const ofSample = await sampled(bench, settings, options);
  await giveWay(signal);
  stepAside();
  const curve = predictorCurve(aliveNetworks(bench.networks), {
    key: randomKey(settings.seed),
    sizes: settings.predictor,
    onSize: watched("predictor"),
  });
  return {
    truth: [...rows, ...renamed(retrained, "the pairs"), ...ofSample.rows],
    rows,
    curve,
    sample: ofSample.sample,
  };
}

/** Writes truth.csv and the other tables, and the figures, into `out`. */
export async function writeTruthStudy(
  out: string,
  bench: SpikenasBench,
  study: TruthStudy,
  {signal}: {readonly signal?: AbortSignal | undefined} = {},
): Promise<void> {
  const {truth, rows, curve, sample} = study;
  const front = activityFront(bench.networks).map(({id, ops, meanFiringRate, test, params}) => ({id, ops: ops.join(" "), meanFiringRate, test, params})); // prettier-ignore
  const tables = {
    truth,
    predictor: curve,
    operations: operationTable(bench.networks),
    convolutions: convEdgeTable(bench.networks),
    "activity-front": front,
    ...(sample.length > 0 && {sample}),
  };
  for (const [name, lines] of Object.entries(tables))
    writeCsv(
      join(out, `${name}.csv`),
      lines.map((line) => ({...line})),
    );
  await saveFigures(
    {
      truth: truthFigure(truth, {what: `trained networks of SpikeNAS-Bench (${bench.dataset})`}),
      predictor: predictorFigure(curve, rows),
      "activity-front": activityFrontFigure(bench.networks),
    },
    join(out, "figures"),
    {signal},
  );
}
