// spikebook compress: a trained network made smaller without training, and what that costs.

import {existsSync, statSync} from "node:fs";
import {join, resolve} from "node:path";
import {type Command, Option} from "commander";
import {parseBytes} from "../architectures/budget.js";
import {check, invalid, parseNumber} from "../check.js";
import {SCALES, STEP_RULES} from "../compression/steps.js";
import type {Compression} from "../compression/compress.js";
import {PRUNED_ACROSS} from "../compression/prune.js";
import {datasetName} from "../datasets/index.js";
import {savePacked} from "../files/packed.js";
import {disposeNetwork} from "../networks/parameters.js";
import {progress} from "../notebook/progress.js";
import {compressionFigure, sensitivityFigure} from "../plots/compression.js";
import type {Figure} from "../plots/figure.js";
import {saveFigures} from "../plots/save.js";
import {inRange, numberIn, RANGES, rangeText} from "../ranges.js";
import type {CompressionRow} from "../records/compression.js";
import {
  chooseBits,
  closeWorkbench,
  compressAndMeasure,
  measureSensitivity,
  mixedText,
  openWorkbench,
  originalRow,
  RECALIBRATE,
  VALIDATION,
  type Workbench,
} from "../studies/compression.js";
import {readRecords} from "../studies/journal.js";
import {bestTrial, findNetworkFile} from "../studies/networkFiles.js";
import {writeCsv} from "../tables/csv.js";
import {formatTable} from "../tables/formatTable.js";
import {addDataOption, type DataNameOptions, dataNameOf} from "./dataOption.js";
import {interruptSignal} from "./interrupt.js";
import {folderPath, somePath} from "./paths.js";
import {backendOf, backendOption, type StudyOptions} from "./studyOptions.js";

type Options = DataNameOptions &
  Pick<StudyOptions, "backend"> & {
    readonly from: string;
    readonly trial?: string;
    readonly out: string;
    readonly bits?: readonly number[];
    readonly keep: readonly number[];
    readonly timesteps?: readonly number[];
    readonly ends?: number;
    readonly maxBytes?: number;
    readonly widths: readonly number[];
    readonly sensitivity?: boolean;
    readonly step: keyof typeof STEP_RULES;
    readonly scale: keyof typeof SCALES;
    readonly across: keyof typeof PRUNED_ACROSS;
    readonly recalibrate: number;
    readonly validation: number;
    readonly test?: number;
    readonly dataDir?: string;
    readonly json?: boolean;
  };

/** "8,4,2": numbers of a range, each once. */
const listOf =
  (what: string, read: (text: string) => number) =>
  (text: string): number[] => {
    const list = text.split(",").map((part) => read(part.trim()));
    check(what, text, new Set(list).size === list.length, "each number once");
    return list;
  };

const codeBits = (text: string): number => {
  const bits = parseNumber("bits", text);
  check("bits", bits, bits === 32 || (Number.isInteger(bits) && bits >= 1 && bits <= 16), `${rangeText(RANGES.codeBits)}, or 32`); // prettier-ignore
  return bits;
};

/** The network's file: the one that is named, or the best of a study's folder by validation. */
function fileOf({from, trial}: Options): string {
  const path = resolve(from);
  const found = statSync(path, {throwIfNoEntry: false});
  if (!found) throw invalid("from", from, "a network's file, or the folder of a study");
  if (!found.isDirectory()) {
    check("options", "--trial", trial === undefined, "a study's folder with it");
    return path;
  }
  const records = readRecords(path);
  const id = trial ?? bestTrial(records)?.id;
  if (id === undefined) throw invalid("from", from, "a study with a trial that was validated, or --trial with it");
  check("trial", id, records.some((record) => record.id === id), `one of the trials of ${from}`); // prettier-ignore
  const file = findNetworkFile(path, id);
  if (file === undefined) throw invalid("from", from, `a study that kept the network of ${id}`);
  return file;
}

/** Everything that is asked for: each of the bits with each fraction and each T. */
function ladderOf(o: Options): Compression[] {
  const common = {step: o.step, scale: o.scale, across: o.across, ...(o.ends !== undefined && {ends: o.ends})};
  const shortened = o.timesteps !== undefined || o.keep.some((kept) => kept < 1);
  const all = o.maxBytes !== undefined ? [undefined] : (o.bits ?? (shortened ? [32] : [8, 4, 2, 1]));
  return all.flatMap((bits) =>
    o.keep.flatMap((kept) =>
      (o.timesteps ?? [undefined]).map((timesteps) => ({
        ...common,
        ...(bits !== undefined && {bits}),
        kept,
        ...(timesteps !== undefined && {timesteps}),
      })),
    ),
  );
}

/** A row's form as the name of a file: "4 bits, 50 % kept, T = 3" is 4-bits-50-kept-T-3. */
const fileName = (form: string): string => form.replace(/[^A-Za-z0-9.]+/g, "-").replace(/-$/, "");

type Made = {readonly row: CompressionRow; readonly file: string; readonly layers?: Readonly<Record<string, number>>};

/** One rung of the ladder: compressed, measured, written. */
async function make(bench: Workbench, compression: Compression, o: Options): Promise<Made> {
  const {maxBytes, widths, out} = o;
  let chosen = compression;
  let layers: Made["layers"];
  if (maxBytes !== undefined) {
    const {ends: _ends, ...rest} = compression;
    const report = o.json ? undefined : progress("bits");
    const {bits, steps} = await chooseBits(bench, {...rest, widths, maxBytes}, ({bytes, layer, bits: to}) => report?.(0, Infinity, `${layer} ${to} bits: ${bytes} bytes`)); // prettier-ignore
    layers = bits;
    chosen = {...rest, layers: Object.fromEntries(Object.entries(bits).map(([id, own]) => [id, {bits: own}]))};
    writeCsv(join(out, "bits.csv"), steps);
  }
  const {network, row} = await compressAndMeasure(bench, chosen, maxBytes === undefined ? undefined : mixedText(maxBytes)); // prettier-ignore
  const file = join(out, "networks", `${bench.name}-${fileName(row.form)}.spikepak`);
  try {
    const written = savePacked(file, network);
    check("bytes of the file", written, written === row.fileBytes, `${row.fileBytes}`);
  } finally {
    disposeNetwork(network);
  }
  return {row, file, ...(layers && {layers})};
}

const TABLE = {
  columns: ["form", "test", "testLow", "testHigh", "difference", "differenceLow", "differenceHigh", "same answers", "weights", "file", "synOps", "bit-SynOps"], // prettier-ignore
  units: {test: "%", testLow: "95 %", testHigh: "95 %", difference: "points", differenceLow: "95 %", differenceHigh: "95 %", "same answers": "%", weights: "bytes", file: "bytes", "bit-SynOps": "millions"}, // prettier-ignore
  digits: {test: 1, testLow: 1, testHigh: 1, difference: 1, differenceLow: 1, differenceHigh: 1, "same answers": 1, synOps: 0, "bit-SynOps": 2}, // prettier-ignore
} as const;

const shown = (row: CompressionRow) => ({
  form: row.form,
  ...{test: 100 * row.accuracy, testLow: 100 * row.accuracyLow, testHigh: 100 * row.accuracyHigh},
  ...{difference: 100 * row.difference, differenceLow: 100 * row.differenceLow, differenceHigh: 100 * row.differenceHigh}, // prettier-ignore
  "same answers": 100 * row.agreement,
  ...{weights: row.weightBytes, file: row.fileBytes, synOps: row.synOps, "bit-SynOps": row.bitSynOps / 1e6},
});

async function run(o: Options): Promise<void> {
  const path = fileOf(o);
  const name = dataNameOf(o);
  const signal = interruptSignal();
  const quiet = o.json === true;
  if (o.maxBytes !== undefined) check("options", "--max-bytes --bits", o.bits === undefined, "--widths with --max-bytes, which chooses bits"); // prettier-ignore
  const bench = await openWorkbench(path, {
    ...(name !== undefined && {data: datasetName(name)}),
    ...(o.test !== undefined && {testCount: o.test}),
    ...(o.dataDir !== undefined && {dataDir: o.dataDir}),
    ...(backendOf(o) !== undefined && {backend: backendOf(o)!}),
    ...{validationCount: o.validation, recalibrate: o.recalibrate, signal},
    ...(!quiet && {onProgress: progress("evaluate")}),
  });
  try {
    const figures: Record<string, Figure> = {};
    const of = `${bench.network.made?.data.provenance ?? bench.data.name}.`;
    if (o.sensitivity) {
      const report = quiet ? undefined : progress("layers");
      const rows = await measureSensitivity(bench, o.widths, {step: o.step, scale: o.scale}, report);
      writeCsv(join(o.out, "sensitivity.csv"), rows);
      figures.sensitivity = sensitivityFigure(rows, {of});
    }
    const ladder = ladderOf(o);
    const made: Made[] = [];
    const report = quiet ? undefined : progress("compress");
    for (const compression of ladder) {
      made.push(await make(bench, compression, o));
      report?.(made.length, ladder.length, made.at(-1)!.row.form);
    }
    const rows = [originalRow(bench), ...made.map(({row}) => row)];
    writeCsv(join(o.out, "compression.csv"), rows);
    figures.compression = compressionFigure(rows, {of});
    await saveFigures(figures, join(o.out, "figures"), {signal});
    print(bench, rows, made, o, path);
  } finally {
    closeWorkbench(bench);
  }
}

function print(
  bench: Workbench,
  rows: readonly CompressionRow[],
  made: readonly Made[],
  o: Options,
  path: string,
): void {
  // prettier-ignore
  const {choosing, data} = bench;
  if (o.json) return console.log(JSON.stringify({network: path, data: {name: data.name, checksum: data.checksum}, choosing: {of: choosing.of, n: choosing.indices.length}, rows, files: made.map(({file}) => file), layers: made.map(({layers}) => layers)}, null, 2)); // prettier-ignore
  console.log(
    [
      formatTable(rows.map(shown), TABLE),
      "",
      ...made.flatMap(({layers, row}) => (layers ? [`${row.form}: ${Object.entries(layers).map(([id, bits]) => `${id} ${bits}`).join(", ")}`, ""] : [])), // prettier-ignore
      `network   ${path}`,
      `chosen by ${choosing.indices.length} ${choosing.of} images of ${data.name}${choosing.of === "training" ? ": the file does not say which ones validated it" : ""}; measured on ${rows[0]!.n} test images`, // prettier-ignore
      `tables    ${["compression.csv", "sensitivity.csv", "bits.csv"].filter((file) => existsSync(join(o.out, file))).map((file) => join(o.out, file)).join(", ")}`, // prettier-ignore
      `figures   ${join(o.out, "figures")}`,
      ...made.map(({file}) => `file      ${file}`),
    ].join("\n"),
  );
}

const choices = (table: object): string[] => Object.keys(table);

/** Adds `compress` to the program. */
export function compressCommand(program: Command): void {
  const command = program
    .command("compress")
    .summary("a trained network with fewer bits, weights and timesteps, and what that costs")
    .description(
      "Prunes and quantises the weights of a trained network, lets it run for fewer timesteps, and measures what that costs on\n" +
        "test images: accuracy beside the original's, image by image, bytes, bit-SynOps. Writes each form as a packed file, whose\n" +
        "length is the size that is reported; evaluate and predict read it. Nothing is trained, and test images choose nothing.",
    )
    .requiredOption("--from <path>", "a network's file, or a study's --out folder: its best network by validation")
    .option("--trial <id>", "with a folder: another one of its trials")
    .requiredOption("--out <dir>", "folder for tables, figures and packed networks", folderPath("out"))
    .option(
      "--bits <list>",
      "bits of a weight, such as 8,4,2,1; 32 leaves float32 (default: 8,4,2,1 where nothing else is asked)",
      listOf("bits", codeBits),
    ) // prettier-ignore
    .option(
      "--keep <list>",
      "fractions of the weights that stay, the largest by magnitude, such as 1,0.5",
      listOf("keep", numberIn("kept", "keep")),
      [1],
    ) // prettier-ignore
    .option("--timesteps <list>", "fewer timesteps, such as 3,2", listOf("timesteps", numberIn("timesteps")))
    .option("--ends <bits>", "bits of the first and the last layer", codeBits)
    .option(
      "--max-bytes <size>",
      "choose each layer's bits so that the packed file has at most this size, such as 20kB",
      maxBytes,
    ) // prettier-ignore
    .option("--widths <list>", "bits that --max-bytes and --sensitivity try", listOf("widths", codeBits), [8, 4, 2, 1])
    .option("--sensitivity", "each layer alone at each of --widths, on validation images")
    .addOption(
      new Option("--step <rule>", "how a quantiser's step is chosen")
        .choices(choices(STEP_RULES))
        .default("leastSquares"),
    ) // prettier-ignore
    .addOption(new Option("--scale <what>", "what has a step of its own").choices(choices(SCALES)).default("channel"))
    .addOption(
      new Option("--across <what>", "how pruning compares weights").choices(choices(PRUNED_ACROSS)).default("layer"),
    ) // prettier-ignore
    .option(
      "--recalibrate <n>",
      "training images on which running statistics are measured anew, where that lowers the validation loss; 0: never",
      numberIn("validation", "recalibrate"),
      RECALIBRATE,
    ) // prettier-ignore
    .option("--validation <n>", "images that choose, at most", numberIn("test", "validation"), VALIDATION);
  addDataOption(command)
    .option("--test <n>", "first images of the test set (default: as many as its trial had)", numberIn("test"))
    .option("--data-dir <dir>", "where data sets are installed (default: data)", somePath("data dir"))
    .addOption(backendOption())
    .option("--json", "as JSON")
    .action(run);
}

const maxBytes = (text: string): number => Math.floor(inRange("maxBytes", parseBytes(text)));
