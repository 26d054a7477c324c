// spikebook study speedup: how much less work searches did than others, why, and whether they found as much.

import {join, resolve} from "node:path";
import type {Command} from "commander";
import {foundDifference, speedUpTable} from "../analysis/speedup.js";
import type {Interval} from "../analysis/interval.js";
import {defaultDataDir} from "../datasets/index.js";
import {progress} from "../notebook/progress.js";
import {writeSpeedUp} from "../studies/writeSearch.js";
import {readSearch} from "../studies/searchFolder.js";
import {compareSearches} from "../studies/speedup.js";
import {formatTable} from "../tables/formatTable.js";
import {numberIn} from "../ranges.js";
import {interruptSignal} from "./interrupt.js";
import {folderPath, somePath} from "./paths.js";

type Options = {
  readonly search: readonly string[];
  readonly baseline: readonly string[];
  readonly repeats: number;
  readonly dataDir?: string;
  readonly out: string;
};

const described = (found: Interval | undefined): string => {
  if (!found) return "no pair in which both winners have a score";
  const range = found.low === undefined ? "one pair, no interval" : `95 % interval ${found.low.toFixed(3)} to ${found.high!.toFixed(3)}, n = ${found.n}`; // prettier-ignore
  return `${found.mean > 0 ? "+" : ""}${found.mean.toFixed(3)} (${range})`;
};

async function run(o: Options): Promise<void> {
  const [searches, baselines] = [o.search, o.baseline].map((folders) => folders.map((f) => readSearch(resolve(f))));
  const out = resolve(o.out);
  const pairs = await compareSearches(searches!, baselines!, {
    repeats: o.repeats,
    out,
    dataDir: o.dataDir ?? defaultDataDir(),
    signal: interruptSignal(),
    onProgress: progress("winners"),
  });
  await writeSpeedUp(out, pairs);
  const table = formatTable(speedUpTable(pairs), {
    columns: ["reason", "n", "factor", "lowest", "highest"],
    digits: {factor: 2, lowest: 2, highest: 2},
  });
  console.log(
    [
      `\n${table}`,
      "",
      `found by ${pairs[0]!.score}, ${o.repeats} fresh measurements of each winner, minus the baseline's winner`,
      `  whatever that needs         ${described(foundDifference(pairs, "baselineFound"))}`,
      `  within the search's budget  ${described(foundDifference(pairs, "baselineFoundWithin"))}`,
      "",
      `pairs     ${join(out, "pairs.csv")}\ntable     ${join(out, "speedup.csv")}\nfigure    ${join(out, "figures")}`,
    ].join("\n"),
  );
}

/** Adds `speedup` to the command `study`. */
export function speedUpCommand(study: Command): void {
  study
    .command("speedup")
    .summary("how much less work a search did than another, and why")
    .description(
      "Compares finished searches with baselines of the same seed and score: the ratio of their work as a product of reasons,\n" +
        "measured seconds, and the winners scored again with weights and images that no search has seen.",
    )
    .requiredOption("--search <dirs...>", "--out folders of the searches")
    .requiredOption("--baseline <dirs...>", "--out folders of the searches they are compared with")
    .option("--repeats <n>", "fresh measurements of each winner", numberIn("repeats"), 8)
    .option("--data-dir <dir>", "where data sets are installed (default: data)", somePath("data dir"))
    .option("--out <dir>", "folder for tables and the figure", folderPath("out"), join("results", "speedup"))
    .action(run);
}
