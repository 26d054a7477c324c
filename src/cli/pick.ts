// spikebook pick: the best network of a study that fits a device.

import {resolve} from "node:path";
import type {Command} from "commander";
import {provenanceOf} from "../records/provenance.js";
import {type Choice, pick} from "../analysis/pick.js";
import {type Budget, parseBytes} from "../architectures/budget.js";
import {graphOf, titleOf} from "../architectures/description.js";
import {invalid} from "../check.js";
import {kernelSizesOf} from "../graphs/graph.js";
import {readRecords} from "../studies/journal.js";
import {findNetworkFile} from "../studies/networkFiles.js";
import {numberIn} from "../ranges.js";
import {bytes} from "./costTable.js";

type Options = {
  readonly from: string;
  readonly maxParams?: number;
  readonly maxBytes?: number;
  readonly maxWorkingBytes?: number;
  readonly bits: number;
  readonly json?: boolean;
};

const percent = (fraction: number): string => (100 * fraction).toFixed(1);
const grouped = (count: number): string => Math.round(count).toLocaleString("en-US");

/** The file of a choice's network; undefined where the study did not keep it. */
const fileOf = (folder: string, {trialId}: Choice): string | undefined => findNetworkFile(folder, trialId);

function described(title: string, folder: string, choice: Choice, bits: number): string {
  const {architecture: a} = choice;
  const over = choice.interval === "seeds" ? `${choice.seeds} seeds, t-interval` : "one seed, test images";
  return [
    `${title}: ${titleOf(a)}`,
    `  kernels              ${
      kernelSizesOf(graphOf(a))
        .map((k) => `${k}×${k}`)
        .join(", ") || "none"
    }`,
    `  test accuracy        ${percent(choice.testAccuracy)} % (95 %: ${percent(choice.testLow)} to ${percent(choice.testHigh)}; ${over})`,
    `  validation accuracy  ${percent(choice.validationAccuracy)} %, which chose it`,
    `  memory               ${grouped(choice.params)} parameters, ${bytes(choice.weightBytes)} at ${bits} bits`,
    `  work                 ${grouped(choice.synOps)} synaptic operations, ${(choice.energyPJ / 1e6).toFixed(2)} µJ an image`,
    `  file                 ${fileOf(folder, choice) ?? "not kept in this study's folder"}`,
  ].join("\n");
}

function run(o: Options): void {
  const limits = {maxParams: o.maxParams, maxBytes: o.maxBytes, maxWorkingBytes: o.maxWorkingBytes};
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  if (given.length === 0) throw invalid("budget", "none given", "--max-params, --max-bytes or --max-working-bytes");
  const budget: Budget = {...Object.fromEntries(given), bits: o.bits};
  const folder = resolve(o.from);
  const records = readRecords(folder);
  const {best, runnerUp, feasible, infeasible} = pick(records, budget);
  if (o.json) {
    const withFile = (choice: Choice | undefined) => choice && {...choice, file: fileOf(folder, choice)};
    return console.log(JSON.stringify({best: withFile(best), runnerUp: withFile(runnerUp), feasible: feasible.length, infeasible: infeasible.length}, null, 2)); // prettier-ignore
  }
  const better = infeasible.filter(({validationAccuracy}) => validationAccuracy > best.validationAccuracy);
  console.log(
    [
      described("best", folder, best, o.bits),
      "",
      runnerUp ? described("runner-up", folder, runnerUp, o.bits) : "no other network of the study fits",
      "",
      `${feasible.length} of ${feasible.length + infeasible.length} architectures fit; ${better.length} of the others are better by validation.`,
      ...(runnerUp && runnerUp.testHigh >= best.testLow ? ["Their intervals overlap: more seeds may change the order."] : []), // prettier-ignore
      ...(o.bits < 32 ? [`Trained at 32 bits: what ${o.bits} bits cost in accuracy is not in these numbers.`] : []),
      provenanceOf(records),
    ].join("\n"),
  );
}

/** Adds `pick` to the program. */
export function pickCommand(program: Command): void {
  program
    .command("pick")
    .summary("the best network of a study that fits a budget")
    .description(
      "Picks, from the records of a study, the network with the highest validation accuracy among those that fit,\n" +
        "and the runner-up. The test accuracy is reported and chooses nothing.",
    )
    .requiredOption("--from <dir>", "a study's --out folder")
    .option("--max-bytes <size>", "bytes of the weights, such as 2MB, 512kB or 1.5MiB", parseBytes)
    .option("--bits <n>", "precision of the weights on the device", numberIn("bits"), 32)
    .option("--max-params <n>", "parameters", numberIn("maxParams"))
    .option(
      "--max-working-bytes <size>",
      "bytes of one image's activations at one timestep and of the neurons' state, at 32 bits",
      parseBytes,
    )
    .option("--json", "as JSON")
    .action(run);
}
