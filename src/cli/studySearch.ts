// spikebook study search: the best untrained network under a budget, by a training-free score.

import {join, resolve} from "node:path";
import type {Command} from "commander";
import {parseBytes} from "../architectures/budget.js";
import type {KernelSize, Op} from "../architectures/ops.js";
import {KERNEL_SIZE_RULE} from "../graphs/ops.js";
import {kernelsOf} from "../studies/options.js";
import {defaultDataDir} from "../datasets/index.js";
import {progress} from "../notebook/progress.js";
import {writeSearch} from "../studies/writeSearch.js";
import {SCORES, type ScoreName} from "../scoring/registry.js";
import {ALGORITHMS, type AlgorithmName, searchAlgorithm} from "../search/algorithms.js";
import type {SearchResult} from "../records/search.js";
import {runSearchStudy, type SearchSettings} from "../studies/architectureSearch.js";
import {searchSettings} from "../studies/searchSettings.js";
import {studySettings} from "../studies/settings.js";
import {formatTable} from "../tables/formatTable.js";
import {numberIn} from "../ranges.js";
import {addDataOption, dataNameOf} from "./dataOption.js";
import {interruptSignal} from "./interrupt.js";
import {addScoringOptions, backendOf, changesOf, choice, given, type StudyOptions} from "./studyOptions.js";
import {folderPath, somePath} from "./paths.js";

type Options = StudyOptions & {
  readonly algorithm: AlgorithmName;
  readonly score: ScoreName;
  readonly candidates?: number;
  readonly maxParams?: number;
  readonly maxBytes?: number;
  readonly maxWorkingBytes?: number;
  readonly seed: number;
  readonly batch: number;
  readonly repeats?: number;
  readonly feedback?: boolean;
  readonly ops?: readonly Op[];
  readonly kernels?: readonly KernelSize[];
  readonly wiring?: "shared" | "perCell";
};

function settingsOf(options: Options): SearchSettings {
  const backend = backendOf(options);
  const o = {...options, ...(backend && {backend})};
  const {maxParams, maxBytes, maxWorkingBytes, bits} = o;
  const base = studySettings("search", {}, {profile: o.profile, ...given({data: dataNameOf(o)})});
  return searchSettings({
    ...changesOf(o, base),
    ...given({algorithm: o.algorithm, score: o.score, candidates: o.candidates, seed: o.seed, batch: o.batch}),
    ...given({repeats: o.repeats, feedback: o.feedback, ops: o.ops, kernels: o.kernels, wiring: o.wiring}),
    budget: given({maxParams, maxBytes, maxWorkingBytes, bits}),
  });
}

function printed({algorithm, source, score, counts, scoringSeconds, best, budget}: SearchResult): string {
  const table = formatTable(
    [
      {
        drawn: counts.drawn,
        refused: counts.refused,
        duplicates: counts.duplicates,
        scored: counts.evaluated,
        unusable: counts.unusable,
        seconds: scoringSeconds,
      },
    ],
    {units: {refused: "over budget", seconds: "scoring"}, digits: {seconds: 1}},
  );
  return [
    `${algorithm}: ${source}`,
    "",
    table,
    "",
    `best      ${best.cells}`,
    `${score.padEnd(9)} ${best.value.toFixed(4)}`,
    `params    ${best.params.toLocaleString("en-US")} (${best.paramsWithoutHead.toLocaleString("en-US")} without the head)`,
    `weights   ${best.weightBytes.toLocaleString("en-US")} bytes at ${budget.bits ?? 32} bits`,
  ].join("\n");
}

async function run(o: Options): Promise<void> {
  const settings = settingsOf(o);
  const out = resolve(o.out ?? join("results", "search", settings.algorithm));
  const show = progress(`search (${settings.algorithm})`);
  const signal = interruptSignal();
  const study = await runSearchStudy(settings, {
    out,
    workers: o.workers,
    dataDir: o.dataDir ?? defaultDataDir(),
    signal,
    onProgress: show,
  });
  if (study.ran === 0) console.log(`complete: all ${study.records.length} candidates are in ${out}; none was scored`);
  await writeSearch(out, study.records, study.search.draws(), study.result, {signal});
  console.log(
    `\n${printed(study.result)}\n\nresult    ${join(out, "result.json")}\nrecords   ${join(out, "scores.jsonl")}\ntable     ${join(out, "candidates.csv")}\nfigures   ${join(out, "figures")}`,
  );
}

/** Adds `search` to the command `study`. */
export function searchCommand(study: Command): void {
  const command = study
    .command("search")
    .summary("the best untrained network under a memory budget, by a training-free score")
    .description(
      "Draws networks, refuses those over budget before they are built, scores the others untrained, and keeps the best.\n" +
        "One record a candidate; an interrupted search goes on where it stopped, with the same result.\n" +
        `Algorithms:\n${Object.keys(ALGORITHMS)
          .map((name) => `  ${name.padEnd(12)}${searchAlgorithm(name).source}`)
          .join("\n")}\nScores:\n${Object.entries(SCORES)
          .map(([name, {title}]) => `  ${name.padEnd(18)}${title}`)
          .join("\n")}`,
    )
    .addOption(choice("--algorithm <name>", "search algorithm", Object.keys(ALGORITHMS)).default("spikenas"))
    .addOption(choice("--score <name>", "training-free score", Object.keys(SCORES)).default("sahd"))
    .option("--candidates <n>", "networks to draw (default: the algorithm's own number)", numberIn("candidates"))
    .option("--max-params <n>", "most parameters", numberIn("maxParams"))
    .option("--max-bytes <size>", "most bytes of the weights at --bits, such as 2MB", parseBytes)
    .option("--max-working-bytes <size>", "most bytes of activations and state of one image", parseBytes)
    .option("--seed <n>", "names the draws, the weights and the batches", numberIn("seed"), 1)
    .option("--workers <n>", "parallel processes; 0 scores in this one", numberIn("workers"), 2)
    .option("--out <dir>", "folder of the search (default: results/search/ and the algorithm)", folderPath("out"))
    .optionsGroup("Scoring:");
  addDataOption(command)
    .option("--data-dir <dir>", "where data sets are installed (default: data)", somePath("data dir"))
    .option("--batch <n>", "training images of a batch", numberIn("batch"), 64)
    .option("--repeats <n>", "measurements of a candidate (default: the algorithm's)", numberIn("repeats"))
    .optionsGroup("Space:")
    .option("--ops <list>", "ops to choose from, such as skip,conv3", (text) => text.split(",") as Op[])
    .option("--kernels <list>", `kernel sizes to choose from, each ${KERNEL_SIZE_RULE}`, (text) =>
      kernelsOf("kernels", text, ","),
    )
    .option("--feedback", "edges may run backwards in time")
    .addOption(choice("--wiring <how>", "one wiring for all cells, or one for each", ["shared", "perCell"]));
  addScoringOptions(command).action(run);
}
