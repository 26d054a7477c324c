// spikebook study race: search algorithms against random search on SpikeNAS-Bench, in seconds, without training anything.

import {join, resolve} from "node:path";
import type {Command} from "commander";
import {type RaceRow, raceTable, spentUntil} from "../analysis/searchRace.js";
import {check} from "../check.js";
import {benchChecksum} from "../datasets/benchFormats.js";
import {loadBench} from "../datasets/benchSource.js";
import {defaultDataDir} from "../datasets/index.js";
import type {SpikenasBench} from "../datasets/spikenasBench.js";
import {progress} from "../notebook/progress.js";
import type {RaceUnit} from "../records/race.js";
import {writeSearchRace} from "../studies/writeSearchRace.js";
import {EPOCH_RACERS, epochRace, epochRaceSettings, WHOLE_TRAINING} from "../studies/epochRace.js";
import {RACERS, raceSettings, searchRace} from "../studies/searchRace.js";
import {formatTable} from "../tables/formatTable.js";
import {numberIn} from "../ranges.js";
import {interruptSignal} from "./interrupt.js";
import {folderPath, somePath} from "./paths.js";

type Options = {
  readonly bench?: string;
  readonly dataDir?: string;
  readonly queries?: number;
  readonly epochs?: number;
  readonly seeds: number;
  readonly firstSeed: number;
  readonly algorithms?: readonly string[];
  readonly out?: string;
};

/** The bench of an option --bench PATH, or the installed one. */
export const benchOf = ({bench, dataDir}: Pick<Options, "bench" | "dataDir">, dataset = "cifar10") =>
  loadBench({
    dataset,
    ...(bench !== undefined && {from: resolve(bench)}),
    dataDir: resolve(dataDir ?? defaultDataDir()),
    signal: interruptSignal(),
  });

/** The most that any search could report: the best test accuracy, and that of the best by validation. */
export function ceilingOf({networks}: SpikenasBench): {best: number; bestByValidation: number} {
  const best = Math.max(...networks.map(({test}) => test));
  const validated = networks.reduce((a, b) => (b.validationFinal > a.validationFinal ? b : a));
  return {best, bestByValidation: validated.test};
}

/** The last row of each algorithm and those after 10, 100 and 1,000 networks, or trainings of one. */
function printed<U extends RaceUnit>(rows: readonly RaceRow<U>[], unit: U): string {
  const last = Math.max(...rows.map((row) => row[unit]));
  const one = unit === "epochs" ? WHOLE_TRAINING : 1;
  const shown = rows.filter((row) => [10 * one, 100 * one, 1000 * one, last].includes(row[unit]));
  return formatTable(shown, {
    columns: ["algorithm", unit, "n", "test", "testLow", "testHigh", "sd", "overRandom"],
    units: {test: "%", testLow: "95 %", testHigh: "95 %", sd: "of one search", overRandom: "points"},
    digits: {test: 2, testLow: 2, testHigh: 2, sd: 2, overRandom: 2},
  });
}

/** What each algorithm spends until it finds what random search finds with 1,000 networks, where that was raced. */
function earned(rows: readonly RaceRow<"epochs">[]): string {
  const line = rows.find(({algorithm, epochs}) => algorithm === "random" && epochs === 1000 * WHOLE_TRAINING)?.test;
  if (line === undefined) return "";
  const until = [...new Set(rows.map(({algorithm}) => algorithm))].map((algorithm) => {
    const epochs = spentUntil(rows, {algorithm, test: line, unit: "epochs"});
    return `  ${algorithm.padEnd(16)}${epochs === undefined ? "not reached" : `${epochs} epochs, ${((1000 * WHOLE_TRAINING) / epochs).toFixed(0)} times fewer`}`; // prettier-ignore
  });
  return `\n\nuntil ${line.toFixed(2)} %, random search's mean with 1,000 networks:\n${until.join("\n")}`;
}

const titlesOf = (racers: Readonly<Record<string, {readonly title: string}>>): Record<string, string> =>
  Object.fromEntries(Object.entries(racers).map(([name, {title}]) => [name, title]));

async function run(o: Options): Promise<void> {
  check("options", "--queries and --epochs", o.queries === undefined || o.epochs === undefined, "one of them: what searches spend"); // prettier-ignore
  const common = {seeds: o.seeds, firstSeed: o.firstSeed, ...(o.algorithms && {algorithms: o.algorithms})};
  const byEpochs = o.epochs === undefined ? undefined : epochRaceSettings({...common, epochs: o.epochs});
  const byQueries = byEpochs ? undefined : raceSettings({...common, queries: o.queries ?? 300});
  const out = resolve(o.out ?? join("results", byEpochs ? "epoch-race" : "race"));
  const bench = await benchOf(o);
  const tools = {signal: interruptSignal(), onProgress: progress("race")};
  const provenance = {dataset: bench.dataset, networks: bench.networks.length, sha256: benchChecksum(bench)};
  let table: string;
  if (byEpochs) {
    const traces = await epochRace(bench, byEpochs, tools);
    const options = {titles: titlesOf(EPOCH_RACERS), unit: "epochs", ...ceilingOf(bench)} as const;
    await writeSearchRace(out, {...byEpochs, bench: provenance}, traces, options);
    const rows = raceTable(traces, "epochs");
    table = `${printed(rows, "epochs")}${earned(rows)}`;
  } else {
    const traces = await searchRace(bench, byQueries!, tools);
    const options = {titles: titlesOf(RACERS), unit: "queries", ...ceilingOf(bench)} as const;
    await writeSearchRace(out, {...byQueries!, bench: provenance}, traces, options);
    table = printed(raceTable(traces), "queries");
  }
  console.log(
    `\n${table}\n\ntable     ${join(out, "race.csv")}\ntraces    ${join(out, "traces.csv")}\nfigure    ${join(out, "figures", "race.png")}`,
  );
}

/** Adds `race` to the command `study`. */
export function raceCommand(study: Command): void {
  study
    .command("race")
    .summary("search algorithms against random search on SpikeNAS-Bench (seconds)")
    .description(
      "Races search algorithms over 15,284 trained networks: a query looks up a validation accuracy, the incumbent's test\n" +
        "accuracy is reported. Nothing is trained. Algorithms:\n" +
        Object.entries(RACERS)
          .map(([name, {title}]) => `  ${name.padEnd(18)}${title}`)
          .join("\n") +
        "\n\nWith --epochs searches pay for epochs of training, and may stop a training and go on with it:\n" +
        Object.entries(EPOCH_RACERS)
          .map(([name, {title}]) => `  ${name.padEnd(18)}${title}`)
          .join("\n"),
    )
    .option("--bench <path>", "the authors' repository or its table; the installed one unless given")
    .option("--data-dir <dir>", "where data sets are installed (default: data)", somePath("data dir"))
    .option("--queries <n>", "networks that each search may spend (default: 300)", numberIn("queries"))
    .option("--epochs <n>", "race by epochs of training: how many each search may spend", numberIn("raceEpochs"))
    .option("--seeds <n>", "searches of each algorithm", numberIn("searches"), 100)
    .option("--first-seed <n>", "the first seed", numberIn("firstSeed"), 1)
    .option("--algorithms <list>", "such as random,evolution (default: all)", (text: string) => text.split(","))
    .option(
      "--out <dir>",
      "folder for race.csv, traces.csv and the figure (default: results/race, by epochs results/epoch-race)",
      folderPath("out"),
    )
    .action(run);
}
