// spikebook convert: a DNN out of a file, as a spiking network, with what it does over time.

import {existsSync, readdirSync, statSync} from "node:fs";
import {basename, join} from "node:path";
import type {Command} from "commander";
import {accuracyInterval} from "../analysis/interval.js";
import {writeWhole} from "../atomic.js";
import {invalid} from "../check.js";
import {type Balance, BALANCES, READOUTS, STARTS} from "../conversion/convert.js";
import {datasetName} from "../datasets/index.js";
import {loadNetwork, saveNetwork} from "../files/networkFile.js";
import {disposeNetwork} from "../networks/parameters.js";
import {progress} from "../notebook/progress.js";
import {conversionFigure} from "../plots/conversion.js";
import {saveFigure} from "../plots/save.js";
import {numberIn} from "../ranges.js";
import type {ConversionRecord} from "../records/conversion.js";
import {convertTrained} from "../studies/convertTrained.js";
import {conversionLayerRows, overTimeRows, shownTimesteps} from "../tables/conversion.js";
import {writeCsv} from "../tables/csv.js";
import {formatTable} from "../tables/formatTable.js";
import {addDataOption, type DataNameOptions, dataNameOf} from "./dataOption.js";
import {interruptSignal} from "./interrupt.js";
import {folderPath, somePath} from "./paths.js";
import {backendOf, backendOption, choice, given, type StudyOptions} from "./studyOptions.js";

type Options = DataNameOptions &
  Pick<StudyOptions, "backend"> & {
    readonly from: string;
    readonly out: string;
    readonly timesteps: number;
    readonly percentile: number;
    readonly images: number;
    readonly balance: Balance;
    readonly start: keyof typeof STARTS;
    readonly readout: keyof typeof READOUTS;
    readonly test?: number;
    readonly dataDir?: string;
  };

/** The network's file: itself, or the only one of a study's folder. */
function networkIn(from: string): string {
  if (!statSync(from, {throwIfNoEntry: false})?.isDirectory()) return from;
  const folder = existsSync(join(from, "networks")) ? join(from, "networks") : from;
  const files = readdirSync(folder).filter((name) => name.endsWith(".safetensors")).sort(); // prettier-ignore
  if (files.length === 1) return join(folder, files[0]!);
  const some = files.slice(0, 3).map((name) => join(folder, name));
  throw invalid("from", from, files.length === 0 ? "a network's file, or a folder that holds one" : `one network of ${files.length}, such as ${some.join(", ")}`); // prettier-ignore
}

const percent = (fraction: number): string => `${(100 * fraction).toFixed(2)} %`;
const grouped = (count: number): string => Math.round(count).toLocaleString("en-US");

function interval(correct: number, n: number): string {
  const {low, high} = accuracyInterval(correct, n);
  return `${percent(correct / n)} (${percent(low)} to ${percent(high)})`;
}

/** What a person reads. */
function report(record: ConversionRecord): string {
  const {dnn, snn, latency, data, percentile, balance, start} = record;
  const rows = overTimeRows(record);
  const shown = shownTimesteps(record).map((t) => {
    const {timesteps, accuracy, low, high, spikes, synOps} = rows[t - 1] as Record<string, number>;
    return {timesteps, accuracy: percent(accuracy!), "95 % interval": `${percent(low!)} to ${percent(high!)}`, spikes: Math.round(spikes!), synOps: Math.round(synOps!)}; // prettier-ignore
  });
  return [
    `data             ${data.name}, ${data.testImages} test images`,
    `DNN              ${interval(dnn.correct, snn.n)}`,
    `its work         ${grouped(dnn.macs)} multiply-accumulates an image, ${grouped(dnn.effectiveMacs)} of them not by 0`,
    `spiking network  ${interval(snn.correct.at(-1)!, snn.n)} after ${snn.T} timesteps`,
    `latency          ${latency === undefined ? `not within one point of the DNN in ${snn.T} timesteps` : `${latency} timesteps to within one point of the DNN: ${grouped(snn.synOps[latency - 1]!)} synaptic operations an image`}`,
    `scales           percentile ${percentile} of ${record.images} training images, in ${balance}; neurons start at ${start}`,
    "",
    formatTable(shown, {align: {accuracy: "right", "95 % interval": "right"}}),
    "",
    formatTable(conversionLayerRows(record)),
  ].join("\n");
}

async function run(o: Options): Promise<void> {
  const file = networkIn(o.from);
  const dnn = await loadNetwork(file, {backend: backendOf(o)});
  const name = dataNameOf(o);
  const {network, record} = await convertTrained(dnn, {
    ...{T: o.timesteps, percentile: o.percentile, images: o.images, from: basename(file)},
    ...{balance: o.balance, start: o.start, readout: o.readout},
    ...given({data: name === undefined ? undefined : datasetName(name), testCount: o.test, dataDir: o.dataDir}),
    signal: interruptSignal(),
    onProgress: progress("convert"),
  });
  disposeNetwork(dnn);
  const converted = join(o.out, "converted.safetensors");
  await saveNetwork(converted, network);
  disposeNetwork(network);
  writeWhole(join(o.out, "conversion.json"), `${JSON.stringify(record)}\n`);
  writeCsv(join(o.out, "over-time.csv"), overTimeRows(record));
  writeCsv(join(o.out, "layers.csv"), conversionLayerRows(record));
  const figure = await saveFigure(conversionFigure(record), o.out, "over-time");
  console.log([report(record), "", `network          ${converted}`, `figure           ${figure}`].join("\n"));
}

const names = (table: object): string[] => Object.keys(table);

/** Adds `convert` to the program. */
export function convertCommand(program: Command): void {
  const command = program
    .command("convert")
    .summary("a DNN as a spiking network, measured over time")
    .description(
      "Converts a DNN of ReLUs (train --activation relu) into a spiking network of integrate-and-fire neurons, and runs both on\n" +
        "test images: accuracy and synaptic operations after each timestep, and how many it takes to within one point of the DNN.\n" +
        "Writes the network, a record, tables and a figure.",
    )
    .requiredOption("--from <path>", "the DNN: its file, or a folder that holds it alone", somePath("from"))
    .requiredOption("--out <dir>", "where the results go", folderPath("out"))
    .option("--timesteps <T>", "timesteps", numberIn("timesteps"), 200)
    .option("--percentile <p>", "of a layer's positive activations: above it they saturate", numberIn("percentile"), 99.9)
    .option("--images <n>", "training images that it is taken over", numberIn("images"), 1000)
    .addOption(choice("--balance <how>", "where scales go: a threshold for each population, or each layer's weights", names(BALANCES)).default("thresholds")) // prettier-ignore
    .addOption(choice("--start <potential>", "membrane potential before the first timestep, half: of the threshold", names(STARTS)).default("zero")) // prettier-ignore
    .addOption(choice("--readout <what>", "the last layer's potentials accumulate, or it spikes", names(READOUTS)).default("potentials")); // prettier-ignore
  addDataOption(command)
    .option("--test <n>", "first images of the test set (default: as many as its trial had)", numberIn("test"))
    .option("--data-dir <dir>", "where data sets are installed (default: data)", somePath("data dir"))
    .addOption(backendOption())
    .addHelpText("after", "\nWithout --data: the data set of the trial that made the DNN.")
    .action(run);
}
