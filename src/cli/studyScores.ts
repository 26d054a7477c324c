// spikebook study scores: how well scores rank the trained networks of SpikeNAS-Bench, and what that table says by itself.

import {join, resolve} from "node:path";
import type {Command} from "commander";
import {aliveNetworks, operationTable} from "../analysis/bench.js";
import {type PredictorRow, worthOf} from "../analysis/predictorCurve.js";
import {checkName} from "../check.js";
import {defaultDataDir} from "../datasets/index.js";
import type {SpikenasBench} from "../datasets/spikenasBench.js";
import {progress} from "../notebook/progress.js";
import {SCORES, type ScoreName} from "../scoring/registry.js";
import {NETWORK_SCORES} from "../studies/benchNetworkScores.js";
import {
  truthSettings,
  type TruthSettings,
  truthStudy,
  type TruthStudy,
  writeTruthStudy,
} from "../studies/truthTable.js";
import {formatTable} from "../tables/formatTable.js";
import {numberIn} from "../ranges.js";
import {interruptSignal} from "./interrupt.js";
import {choice} from "./studyOptions.js";
import {benchOf} from "./studyRace.js";
import {folderPath, somePath} from "./paths.js";

type Options = Partial<TruthSettings> & {
  readonly bench?: string;
  readonly dataDir?: string;
  readonly workers: number;
  readonly out?: string;
};

function worth(tau: number, curve: readonly PredictorRow[]): string {
  const found = worthOf(tau, curve);
  if ("less" in found) return `fewer than ${found.less}`;
  return "more" in found ? `more than ${found.more}` : `about ${found.networks}`;
}

function printed({networks}: SpikenasBench, {truth, rows, curve}: TruthStudy): string {
  const dead = networks.length - aliveNetworks(networks).length;
  return [
    "",
    formatTable(truth, {
      columns: ["score", "scope", "n", "tau", "tauLow", "tauHigh", "spearman", "regret@10"],
      units: {tauLow: "95 %", tauHigh: "95 %", "regret@10": "points"},
      digits: {tau: 3, tauLow: 3, tauHigh: 3, spearman: 3, "regret@10": 2},
    }),
    "",
    `${dead} of ${networks.length} networks have no path from input to output and are left out.`,
    "retrained: the same function, trained once more from another seed; no score of the function can rank better.",
    "",
    "What a score is worth: the trained networks from which a random forest on path features learns to rank as well.",
    ...rows.flatMap(({score, scope, tau}) => (scope === "all" ? [`  ${score.padEnd(24)}${worth(tau, curve)}`] : [])),
    "",
    formatTable(operationTable(networks), {units: {mean: "test %", best: "test %"}, digits: {mean: 2, best: 2}}),
  ].join("\n");
}

async function run({bench: path, dataDir, workers, out: folder, ...changes}: Options): Promise<void> {
  const settings = truthSettings(changes);
  const out = resolve(folder ?? join("results", "scores"));
  const bench = await benchOf({...(path !== undefined && {bench: path}), ...(dataDir !== undefined && {dataDir})});
  const study = await truthStudy(bench, settings, {
    out,
    workers,
    dataDir: resolve(dataDir ?? defaultDataDir()),
    signal: interruptSignal(),
    onProgress: (step) => progress(step),
  });
  await writeTruthStudy(out, bench, study, {signal: interruptSignal()});
  console.log(
    [
      printed(bench, study),
      "",
      `tables    ${join(out, "truth.csv")}, predictor.csv, operations.csv, convolutions.csv, activity-front.csv`,
      `figures   ${join(out, "figures")}`,
    ].join("\n"),
  );
}

/** Adds `scores` to the command `study`. */
export function scoresCommand(study: Command): void {
  const usual = truthSettings();
  study
    .command("scores")
    .summary("how well scores rank the trained networks of SpikeNAS-Bench")
    .description(
      "The truth table: Kendall's τ, Spearman's ρ and regret of each score against the test accuracy of 15,284 trained networks,\n" +
        "over all of them and among the best tenth, beside early validation accuracy and the noise of training itself.",
    )
    .option("--bench <path>", "the authors' repository or its table; the installed one unless given")
    .option("--data-dir <dir>", "where data sets are installed (default: data)", somePath("data dir"))
    .option("--resamples <n>", "bootstrap resamples for each interval", numberIn("resamples"), usual.resamples)
    .option("--seed <n>", "names the resamples", numberIn("seed"), usual.seed)
    .option(
      "--predictor <list>",
      "numbers of trained networks that the predictor learns from, ascending",
      (text: string) => text.split(",").map(numberIn("predictor")),
      usual.predictor,
    )
    .option(
      "--sample <n>",
      "networks, stratified by convolutions, that scores needing a network are computed on (default: none)",
      numberIn("sample"),
    )
    .option("--scores <list>", `of ${NETWORK_SCORES.join(", ")} (default: all)`, (text: string): ScoreName[] =>
      text.split(",").map((name) => checkName("score", name, SCORES)),
    )
    .addOption(
      choice("--data <name>", "images that networks of the sample are scored on", ["cifar10", "procedural"]).default(
        usual.data,
      ),
    )
    .option("--channels <n>", "channels C of those networks (the bench has 128)", numberIn("channels"), usual.channels)
    .option("--hidden <n>", "units of their hidden layer (the bench has 1024)", numberIn("hidden"), usual.hidden)
    .option("--batch <n>", "images of a batch", numberIn("batch"), usual.batch)
    .option("--repeats <n>", "measurements of a network", numberIn("repeats"), usual.repeats)
    .option("--workers <n>", "parallel processes", numberIn("workers"), 2)
    .option(
      "--out <dir>",
      "folder for truth.csv and the other tables and figures (default: results/scores)",
      folderPath("out"),
    )
    .action(run);
}
