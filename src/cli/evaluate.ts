// spikebook evaluate: a network out of a file, on the test images of a data set.

import type {Command} from "commander";
import {datasetName} from "../datasets/index.js";
import {loadNetwork} from "../files/networkFile.js";
import {disposeNetwork} from "../networks/parameters.js";
import {progress} from "../notebook/progress.js";
import {evaluateNetwork} from "../studies/evaluateNetwork.js";
import {getBackend} from "../tf.js";
import type {Evaluation} from "../training/evaluate.js";
import {numberIn} from "../ranges.js";
import {addDataOption, type DataNameOptions, dataNameOf} from "./dataOption.js";
import {interruptSignal} from "./interrupt.js";
import {backendOf, backendOption, type StudyOptions} from "./studyOptions.js";
import {somePath} from "./paths.js";

type Options = DataNameOptions &
  Pick<StudyOptions, "backend"> & {
    readonly network: string;
    readonly test?: number;
    readonly dataDir?: string;
    readonly json?: boolean;
  };

const percent = (fraction: number): string => `${(100 * fraction).toFixed(2)} %`;

async function run(o: Options): Promise<void> {
  const network = await loadNetwork(o.network, {backend: backendOf(o)});
  const {made, compressed} = network;
  const name = dataNameOf(o);
  const {evaluation, data, same} = await evaluateNetwork(network, {
    ...(name !== undefined && {data: datasetName(name)}),
    ...(o.test !== undefined && {testCount: o.test}),
    ...(o.dataDir !== undefined && {dataDir: o.dataDir}),
    signal: interruptSignal(),
    ...(!o.json && {onProgress: progress("evaluate")}),
  });
  disposeNetwork(network);
  const {accuracy, n, loss, synOps, meanFiringRate, dnn} = evaluation;
  const recorded = made && {testAccuracy: made.testAccuracy, testImages: made.testImages, data: made.data};
  if (o.json)
    return console.log(JSON.stringify({network: o.network, data, sameData: same, compressed, testAccuracy: accuracy, testImages: n, testLoss: loss, synOps, meanFiringRate, dnn, backend: getBackend(), recorded}, null, 2)); // prettier-ignore
  const lines = [
    `network          ${o.network}`,
    `data             ${data.name}, ${n} test images`,
    ...(compressed === undefined ? [] : [`compressed       ${compressed}`]),
    `test accuracy    ${percent(accuracy)} (${accuracy})`,
    `test loss        ${loss.toFixed(4)}`,
    `work             ${workOf(evaluation)}`,
    ...(made ? [`its record       ${percent(made.testAccuracy)} (${made.testAccuracy}) of ${made.testImages} images of ${made.data.name}: ${verdict(same, accuracy === made.testAccuracy, compressed)}`] : []), // prettier-ignore
  ];
  console.log(lines.join("\n"));
}

const grouped = (count: number): string => Math.round(count).toLocaleString("en-US");

/** Of a spiking network its synaptic operations, of a DNN the multiply-accumulates that its zeros leave. */
const workOf = ({dnn, synOps}: Evaluation): string =>
  dnn
    ? `${grouped(dnn.effectiveMacs)} multiply-accumulates of values that are not 0 an image; ${percent(dnn.zeros)} of the activations are 0`
    : `${grouped(synOps)} synaptic operations an image`;

const verdict = (same: boolean, equal: boolean, compressed: string | undefined): string =>
  !same
    ? "other data (by checksum)"
    : compressed !== undefined
      ? "the same data, before it was compressed"
      : equal
        ? "the same"
        : "the same data, computed otherwise (another backend or version)";

/** Adds `evaluate` to the program. */
export function evaluateCommand(program: Command): void {
  const command = program
    .command("evaluate")
    .summary("the accuracy of a saved network on test images")
    .description(
      "Evaluates a network out of a file. With the data of the trial that made it, the accuracy of its record comes out again,\n" +
        "to the last digit. Images are scaled as in its training.",
    )
    .requiredOption("--network <file>", "written by a study (in its folder networks/), train, compress or saveNetwork");
  addDataOption(command)
    .option("--test <n>", "first images of the test set (default: as many as its trial had)", numberIn("test"))
    .option("--data-dir <dir>", "where data sets are installed (default: data)", somePath("data dir"))
    .addOption(backendOption())
    .option("--json", "as JSON")
    .addHelpText("after", "\nWithout --data: the data set of the trial that made the network.")
    .action(run);
}
