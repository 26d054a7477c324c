// spikebook study tradeoff: the trained networks of one study or several, weighed by accuracy, memory, work and energy.

import {basename, join, resolve} from "node:path";
import type {Command} from "commander";
import {tradeoff} from "../analysis/tradeoff.js";
import {type Budget, parseBytes, validateBudget} from "../architectures/budget.js";
import {TRADEOFF_COSTS, tradeoffFigure} from "../plots/tradeoff.js";
import {saveFigures} from "../plots/save.js";
import {provenanceOf} from "../records/provenance.js";
import {readRecords} from "../studies/journal.js";
import {writeCsv} from "../tables/csv.js";
import {formatTable} from "../tables/formatTable.js";
import {numberIn} from "../ranges.js";
import {folderPath} from "./paths.js";

type Options = {
  readonly from: readonly string[];
  readonly maxParams?: number;
  readonly maxBytes?: number;
  readonly maxWorkingBytes?: number;
  readonly bits: number;
  readonly mu: number;
  readonly out?: string;
};

const marks = (row: {readonly fits: boolean; readonly frontMemory: boolean; readonly knee: boolean; readonly chosen: boolean}): string => // prettier-ignore
  [row.frontMemory && "front", row.knee && "knee", row.chosen && "chosen", !row.fits && "over budget"].filter(Boolean).join(", "); // prettier-ignore

async function run(o: Options): Promise<void> {
  const {maxParams, maxBytes, maxWorkingBytes, bits, mu} = o;
  const limits = Object.entries({maxParams, maxBytes, maxWorkingBytes}).filter(([, value]) => value !== undefined);
  const budget: Budget = validateBudget({...Object.fromEntries(limits), bits});
  const records = o.from.flatMap((folder) => readRecords(resolve(folder)));
  const found = tradeoff(records, {budget, mu});
  const out = resolve(o.out ?? join("results", "tradeoff", basename(resolve(o.from[0]!))));
  writeCsv(join(out, "tradeoff.csv"), found.rows);
  writeCsv(join(out, "selection.csv"), found.selection);
  const params = [maxParams, maxBytes === undefined ? undefined : Math.floor((8 * maxBytes) / bits)].filter((limit) => limit !== undefined); // prettier-ignore
  const limit = params.length > 0 ? {maxParams: Math.min(...params)} : {};
  const figures = Object.keys(TRADEOFF_COSTS).map((cost) => [cost, tradeoffFigure(found, records, {cost, ...limit})]);
  await saveFigures(Object.fromEntries(figures), join(out, "figures"));
  console.log(
    [
      formatTable(
        found.rows.map((row) => ({...row, "": marks(row)})),
        {
          columns: ["cells", "seeds", "validation", "test", "testLow", "testHigh", "params", "synOps", "energy", "benefit", ""], // prettier-ignore
          units: {validation: "%", test: "%", testLow: "95 %", testHigh: "95 %", energy: "µJ"},
          digits: {validation: 1, test: 1, testLow: 1, testHigh: 1, synOps: 0, energy: 2, benefit: 1},
        },
      ),
      "",
      `benefit = validation accuracy (%) − ${mu} · params / largest params of those that fit; by μ:`,
      ...found.selection.map(({mu: from, cells}) => `  μ ≥ ${from.toFixed(1).padStart(5)}  ${cells}`),
      provenanceOf(records),
      `hypervolume of accuracy (%, above chance) and parameters (millions): ${found.hypervolume.toFixed(3)}`,
      "",
      `tables    ${join(out, "tradeoff.csv")}, selection.csv`,
      `figures   ${join(out, "figures")}`,
    ].join("\n"),
  );
}

/** Adds `tradeoff` to the command `study`. */
export function tradeoffCommand(study: Command): void {
  study
    .command("tradeoff")
    .summary("accuracy against memory, work and energy of trained networks")
    .description(
      "Reads the records of studies that share data and recipe: Pareto fronts, knee, hypervolume, and the network with the\n" +
        "highest benefit under a budget (SpiKernel, step 4). Selection is by validation accuracy; nothing is trained.",
    )
    .requiredOption("--from <dirs...>", "one or more --out folders of studies")
    .option("--max-bytes <size>", "bytes of the weights, such as 2MB or 512kB", parseBytes)
    .option("--bits <n>", "precision of the weights on the device", numberIn("bits"), 32)
    .option("--max-params <n>", "parameters", numberIn("maxParams"))
    .option("--max-working-bytes <size>", "bytes of one image's activations and state", parseBytes)
    .option(
      "--mu <points>",
      "what the memory of the largest network is worth, in points of accuracy",
      numberIn("mu"),
      10,
    )
    .option("--out <dir>", "folder for tables and figures (default: results/tradeoff/NAME)", folderPath("out"))
    .action(run);
}
