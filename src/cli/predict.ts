// spikebook predict: what a network out of a file says of images or recordings.

import {readdirSync, statSync} from "node:fs";
import {join} from "node:path";
import type {Command} from "commander";
import {check, InputError, invalid} from "../check.js";
import {isImage} from "../datasets/imageListing.js";
import {loadNetwork} from "../files/networkFile.js";
import type {TrainedNetwork} from "../files/networkText.js";
import {predict, type Prediction, readSample} from "../files/predict.js";
import {disposeNetwork} from "../networks/parameters.js";
import {progress} from "../notebook/progress.js";
import {formatTable} from "../tables/formatTable.js";
import {numberIn} from "../ranges.js";
import {interruptSignal} from "./interrupt.js";
import {backendOf, backendOption, type StudyOptions} from "./studyOptions.js";

type Options = Pick<StudyOptions, "backend"> & {
  readonly network: string;
  readonly top: number;
  readonly json?: boolean;
};
type Unread = {readonly file: string; readonly why: string};

const isRecording = (name: string): boolean => /\.wav$/i.test(name);

/** The files that are meant: those named, and those of the network's kind below folders, in alphabetical order. */
function filesOf(named: readonly string[], {sample}: TrainedNetwork): string[] {
  const [what, isOne, kinds] = sample.sound ? ["recording", isRecording, "WAV files"] as const : ["image", isImage, "PNG or JPEG files"] as const; // prettier-ignore
  return named.flatMap((path) => {
    const there = statSync(path, {throwIfNoEntry: false});
    if (!there) throw invalid(what, path, `existing ${kinds}, or a folder of them`);
    if (!there.isDirectory()) return [path];
    const found = readdirSync(path, {recursive: true, encoding: "utf8"}).filter(isOne).sort();
    check("folder", path, found.length > 0, `${kinds} in it`);
    return found.map((name) => join(path, name));
  });
}

/** Files that can be decoded, with their pixels, and those that cannot. */
async function readAll(files: readonly string[], {sample}: TrainedNetwork) {
  const read: {file: string; pixels: ArrayLike<number>}[] = [];
  const unread: Unread[] = [];
  for (const file of files)
    try {
      read.push({file, pixels: await readSample(file, sample)});
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      unread.push({file, why: error.message});
    }
  return {read, unread};
}

const rowOf = (file: string, {probabilities, synOps}: Prediction, top: number) => {
  const ranked = Object.entries(probabilities).sort(([, a], [, b]) => b - a);
  const others = ranked.slice(1, top).map(([name, p]) => `${name} ${(100 * p).toFixed(1)} %`);
  const [name, p] = ranked[0]!;
  return {image: file, class: name, probability: `${(100 * p).toFixed(1)} %`, others: others.join(", "), synOps: Math.round(synOps)}; // prettier-ignore
};

async function run(images: readonly string[], o: Options): Promise<void> {
  const network = await loadNetwork(o.network, {backend: backendOf(o)});
  const {read, unread} = await readAll(filesOf(images, network), network);
  const found = await predict(
    network,
    read.map(({pixels}) => pixels),
    {signal: interruptSignal(), ...(!o.json && read.length > 50 && {onProgress: progress("predict")})},
  );
  disposeNetwork(network);
  if (o.json)
    console.log(JSON.stringify({network: o.network, predictions: found.map((one, i) => ({image: read[i]!.file, ...one})), unread}, null, 2)); // prettier-ignore
  else if (found.length > 0) console.log(formatTable(found.map((one, i) => rowOf(read[i]!.file, one, o.top))));
  for (const {why} of unread) console.error(why);
  if (unread.length > 0) process.exitCode = 1;
}

/** Adds `predict` to the program. */
export function predictCommand(program: Command): void {
  program
    .command("predict")
    .summary("what a saved network says of images or recordings")
    .description(
      "Prints the class, its probability and the synaptic operations of each image, or recording where the network was trained\n" +
        "on sound. Images are cut and scaled to the size that the network reads; recordings are mono WAV files of its rate. One\n" +
        "that cannot be read is named, and the others are predicted.",
    )
    .argument("<FILE...>", "PNG, JPEG or WAV files, or folders of them")
    .requiredOption("--network <file>", "written by a study (in its folder networks/), train, compress or saveNetwork")
    .option("--top <n>", "classes shown of each image", numberIn("top"), 3)
    .addOption(backendOption())
    .option("--json", "as JSON, with the probability of every class")
    .action(run);
}
