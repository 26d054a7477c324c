// spikebook study scores: how well scores rank the trained networks of SpikeNAS-Bench, and what that table says by itself.

import {join, resolve} from "node:path";
import type {Command} from "commander";
import {activityFront, aliveNetworks, convEdgeTable, operationTable, retrainedPairs} from "../analysis/bench.js";
import {predictorCurve, type PredictorRow, worthOf} from "../analysis/predictorCurve.js";
import {asCoarseAs} from "../analysis/ties.js";
import {type ScoreColumn, truthTable, type TruthRow} from "../analysis/truthTable.js";
import {checkInteger, checkName} from "../check.js";
import {defaultDataDir} from "../datasets/index.js";
import type {SpikenasBench} from "../datasets/spikenasBench.js";
import {progress} from "../notebook/progress.js";
import {activityFrontFigure} from "../plots/activityFront.js";
import {saveFigures} from "../plots/save.js";
import {predictorFigure} from "../plots/predictor.js";
import {truthFigure} from "../plots/truthTable.js";
import {randomKey} from "../random.js";
import {benchScores} from "../studies/benchScores.js";
import {NETWORK_SCORES, scoreBenchNetworks, stratifiedSample} from "../studies/benchNetworkScores.js";
import type {BenchScoring} from "../studies/benchScoreTask.js";
import {type ScoreName, SCORES} from "../scoring/registry.js";
import {writeCsv} from "../tables/csv.js";
import {formatTable} from "../tables/formatTable.js";
import {interruptSignal} from "./interrupt.js";
import {numberOf} from "./number.js";
import {choice} from "./studyOptions.js";
import {benchOf} from "./studyRace.js";

type Options = {
  readonly bench?: string;
  readonly dataDir?: string;
  readonly resamples: number;
  readonly seed: number;
  readonly predictor: readonly number[];
  readonly sample?: number;
  readonly scores?: readonly ScoreName[];
  readonly data: string;
  readonly channels: number;
  readonly hidden: number;
  readonly batch: number;
  readonly repeats: number;
  readonly workers: number;
  readonly out?: string;
};

function worth(tau: number, curve: readonly PredictorRow[]): string {
  const found = worthOf(tau, curve);
  if ("less" in found) return `fewer than ${found.less}`;
  return "more" in found ? `more than ${found.more}` : `about ${found.networks}`;
}

/** The truth table's rows of scores that look at networks, on a sample of the bench. */
async function sampledRows(o: Options, out: string, bench: SpikenasBench, signal: AbortSignal): Promise<TruthRow[]> {
  if (o.sample === undefined) return [];
  const scores = o.scores ?? NETWORK_SCORES;
  scores.forEach((name) => checkName("score", name, SCORES));
  const {networks, measured, scores: counted} = benchScores(bench);
  const ids = stratifiedSample(
    networks.map(({id}) => id),
    o.sample,
    o.seed,
  );
  const scoring: BenchScoring = {
    scores,
    channels: checkInteger("channels", o.channels),
    hidden: checkInteger("hidden", o.hidden),
    repeats: checkInteger("repeats", o.repeats),
    data: {name: o.data, trainCount: Math.max(1000, o.batch), seed: 0, batch: checkInteger("batch", o.batch, 2)},
    head: "unitVariance",
    seed: o.seed,
    backend: "wasm",
  };
  const show = progress("networks");
  const records = await scoreBenchNetworks(ids, scoring, {
    out,
    workers: o.workers,
    dataDir: resolve(o.dataDir ?? defaultDataDir()),
    signal,
    onProgress: show,
  });
  const places = new Map(networks.map(({id}, i) => [id, i]));
  const chosen = ids.map((id) => places.get(id)!);
  const columns = [
    ...counted.filter(({name}) => ["params", "longestConvPath"].includes(name)).map(({name, values}) => ({name, values: chosen.map((i) => values[i])})), // prettier-ignore
    ...scores.map((name) => ({name, values: records.map(({values}) => values[name] ?? undefined)})),
  ];
  const rows = truthTable(
    chosen.map((i) => measured[i]!),
    columns,
    {key: randomKey(o.seed), resamples: o.resamples},
  );
  writeCsv(join(out, "sample.csv"), records.map((record, i) => ({id: record.network, cell: record.cell, test: measured[chosen[i]!], ...Object.fromEntries(columns.map(({name, values}) => [name, values[i] ?? null]))}))); // prettier-ignore
  return [...rows.map((row) => ({...row, scope: `${row.scope} of the sample`})), ...coarseRows(chosen.map((i) => measured[i]!), columns, o)]; // prettier-ignore
}

/** The same scores, each cut into classes as large as those of the longest convolution path. */
function coarseRows(measured: readonly number[], columns: readonly ScoreColumn[], o: Options): TruthRow[] {
  const path = columns.find(({name}) => name === "longestConvPath")!.values as number[];
  const usable = columns.filter(({values}) => values.every((value) => value !== undefined));
  const coarse = usable.map(({name, values}) => ({name, values: asCoarseAs(values as number[], path)}));
  return truthTable(measured, coarse, {key: randomKey(o.seed), resamples: o.resamples})
    .filter(({scope}) => scope === "all")
    .map((row) => ({...row, scope: "all of the sample, as coarse as the path"}));
}

async function run(o: Options): Promise<void> {
  checkInteger("resamples", o.resamples, 2);
  checkInteger("seed", o.seed, 0);
  const out = resolve(o.out ?? join("results", "scores"));
  const bench = await benchOf(o);
  const {measured, scores} = benchScores(bench);
  const options = {key: randomKey(o.seed), resamples: o.resamples};
  const [show, learning] = [progress("scores"), progress("predictor")];
  const signal = interruptSignal();
  const rows = truthTable(measured, scores, {
    ...options,
    onScore: (done, total, note) => {
      signal.throwIfAborted();
      show(done, total, note);
    },
  });
  const pairs = retrainedPairs(bench.networks);
  const retrained = truthTable(
    pairs.map(([a]) => a.test),
    [{name: "retrained", values: pairs.map(([, b]) => b.test)}],
    options,
  ).map((row) => ({...row, scope: `${row.scope} of the pairs`}));
  const truth = [...rows, ...retrained, ...(await sampledRows(o, out, bench, signal))];
  const curve = predictorCurve(aliveNetworks(bench.networks), {
    key: randomKey(o.seed),
    sizes: o.predictor,
    onSize: (done, total, note) => {
      signal.throwIfAborted();
      learning(done, total, note);
    },
  });
  const operations = operationTable(bench.networks);
  writeCsv(join(out, "truth.csv"), truth);
  writeCsv(join(out, "predictor.csv"), curve);
  writeCsv(join(out, "operations.csv"), operations);
  writeCsv(join(out, "convolutions.csv"), convEdgeTable(bench.networks));
  writeCsv(join(out, "activity-front.csv"), activityFront(bench.networks).map(({id, ops, meanFiringRate, test, params}) => ({id, ops: ops.join(" "), meanFiringRate, test, params}))); // prettier-ignore
  const what = `trained networks of SpikeNAS-Bench (${bench.dataset})`;
  await saveFigures(
    {
      truth: truthFigure(truth, {what}),
      predictor: predictorFigure(curve, rows),
      "activity-front": activityFrontFigure(bench.networks),
    },
    join(out, "figures"),
  );
  const dead = bench.networks.length - aliveNetworks(bench.networks).length;
  console.log(
    [
      "",
      formatTable(truth, {
        columns: ["score", "scope", "n", "tau", "tauLow", "tauHigh", "spearman", "regret@10"],
        units: {tauLow: "95 %", tauHigh: "95 %", "regret@10": "points"},
        digits: {tau: 3, tauLow: 3, tauHigh: 3, spearman: 3, "regret@10": 2},
      }),
      "",
      `${dead} of ${bench.networks.length} networks have no path from input to output and are left out.`,
      "retrained: the same function, trained once more from another seed; no score of the function can rank better.",
      "",
      "What a score is worth: the trained networks from which a random forest on path features learns to rank as well.",
      ...rows.flatMap(({score, scope, tau}) => (scope === "all" ? [`  ${score.padEnd(24)}${worth(tau, curve)}`] : [])),
      "",
      formatTable(operations, {units: {mean: "test %", best: "test %"}, digits: {mean: 2, best: 2}}),
      "",
      `tables    ${join(out, "truth.csv")}, predictor.csv, operations.csv, convolutions.csv, activity-front.csv`,
      `figures   ${join(out, "figures")}`,
    ].join("\n"),
  );
}

/** Adds `scores` to the command `study`. */
export function scoresCommand(study: Command): void {
  study
    .command("scores")
    .summary("how well scores rank the trained networks of SpikeNAS-Bench")
    .description(
      "The truth table: Kendall's τ, Spearman's ρ and regret of each score against the test accuracy of 15,284 trained networks,\n" +
        "over all of them and among the best tenth, beside early validation accuracy and the noise of training itself.",
    )
    .option("--bench <path>", "the authors' repository or its table; the installed one unless given")
    .option("--data-dir <dir>", "where data sets are installed (default: data)")
    .option("--resamples <n>", "bootstrap resamples for each interval", numberOf("resamples"), 200)
    .option("--seed <n>", "names the resamples", numberOf("seed"), 1)
    .option(
      "--predictor <list>",
      "numbers of trained networks that the predictor learns from, ascending",
      (text: string) => text.split(",").map(numberOf("predictor")),
      [20, 50, 100, 300, 1000],
    )
    .option(
      "--sample <n>",
      "networks, stratified by convolutions, that scores needing a network are computed on (default: none)",
      numberOf("sample"),
    )
    .option(
      "--scores <list>",
      `of ${NETWORK_SCORES.join(", ")} (default: all)`,
      (text: string) => text.split(",") as ScoreName[],
    )
    .addOption(
      choice("--data <name>", "images that networks of the sample are scored on", ["cifar10", "procedural"]).default(
        "cifar10",
      ),
    )
    .option("--channels <n>", "channels C of those networks (the bench has 128)", numberOf("channels"), 16)
    .option("--hidden <n>", "units of their hidden layer (the bench has 1024)", numberOf("hidden"), 256)
    .option("--batch <n>", "images of a batch", numberOf("batch"), 64)
    .option("--repeats <n>", "measurements of a network", numberOf("repeats"), 1)
    .option("--workers <n>", "parallel processes", numberOf("workers"), 2)
    .option("--out <dir>", "folder for truth.csv and the other tables and figures (default: results/scores)")
    .action(run);
}
