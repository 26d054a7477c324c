// spikebook study race: search algorithms against random search on SpikeNAS-Bench, in seconds, without training anything.

import {join, resolve} from "node:path";
import type {Command} from "commander";
import {type RaceRow, raceTable} from "../analysis/searchRace.js";
import {benchChecksum} from "../datasets/benchFormats.js";
import {loadBench} from "../datasets/benchSource.js";
import {defaultDataDir} from "../datasets/index.js";
import type {SpikenasBench} from "../datasets/spikenasBench.js";
import {progress} from "../notebook/progress.js";
import {writeSearchRace} from "../studies/writeSearchRace.js";
import {RACERS, raceSettings, searchRace} from "../studies/searchRace.js";
import {formatTable} from "../tables/formatTable.js";
import {numberIn} from "../ranges.js";
import {interruptSignal} from "./interrupt.js";
import {folderPath, somePath} from "./paths.js";

type Options = {
  readonly bench?: string;
  readonly dataDir?: string;
  readonly queries: number;
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

/** The last row of each algorithm and those at 10, 100 and 1,000 queries. */
function printed(rows: readonly RaceRow[]): string {
  const last = Math.max(...rows.map(({queries}) => queries));
  const shown = rows.filter(({queries}) => [10, 100, 1000, last].includes(queries));
  return formatTable(shown, {
    columns: ["algorithm", "queries", "n", "test", "testLow", "testHigh", "sd", "overRandom"],
    units: {test: "%", testLow: "95 %", testHigh: "95 %", sd: "of one search", overRandom: "points"},
    digits: {test: 2, testLow: 2, testHigh: 2, sd: 2, overRandom: 2},
  });
}

async function run(o: Options): Promise<void> {
  const settings = raceSettings({
    queries: o.queries,
    seeds: o.seeds,
    firstSeed: o.firstSeed,
    ...(o.algorithms && {algorithms: o.algorithms}),
  });
  const out = resolve(o.out ?? join("results", "race"));
  const bench = await benchOf(o);
  const traces = await searchRace(bench, settings, {signal: interruptSignal(), onProgress: progress("race")});
  const provenance = {dataset: bench.dataset, networks: bench.networks.length, sha256: benchChecksum(bench)};
  const titles = Object.fromEntries(Object.entries(RACERS).map(([name, {title}]) => [name, title]));
  await writeSearchRace(out, {...settings, bench: provenance}, traces, {titles, ...ceilingOf(bench)});
  console.log(
    `\n${printed(raceTable(traces))}\n\ntable     ${join(out, "race.csv")}\ntraces    ${join(out, "traces.csv")}\nfigure    ${join(out, "figures", "race.png")}`,
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
          .join("\n"),
    )
    .option("--bench <path>", "the authors' repository or its table; the installed one unless given")
    .option("--data-dir <dir>", "where data sets are installed (default: data)", somePath("data dir"))
    .option("--queries <n>", "networks that each search may spend", numberIn("queries"), 300)
    .option("--seeds <n>", "searches of each algorithm", numberIn("searches"), 100)
    .option("--first-seed <n>", "the first seed", numberIn("firstSeed"), 1)
    .option("--algorithms <list>", "such as random,evolution (default: all)", (text: string) => text.split(","))
    .option("--out <dir>", "folder for race.csv, traces.csv and the figure (default: results/race)", folderPath("out"))
    .action(run);
}
