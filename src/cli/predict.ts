// spikebook predict: what a network out of a file says of images.

import {readdirSync, statSync} from "node:fs";
import {join} from "node:path";
import type {Command} from "commander";
import {check, InputError, invalid} from "../check.js";
import {isImage} from "../datasets/imageListing.js";
import {loadNetwork, type TrainedNetwork} from "../files/networkFile.js";
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

/** The images that are meant: files, and the PNG and JPEG files below folders, in alphabetical order. */
function filesOf(named: readonly string[]): string[] {
  return named.flatMap((path) => {
    const what = statSync(path, {throwIfNoEntry: false});
    if (!what) throw invalid("image", path, "an existing PNG or JPEG file, or a folder of them");
    if (!what.isDirectory()) return [path];
    const found = readdirSync(path, {recursive: true, encoding: "utf8"}).filter(isImage).sort();
    check("folder", path, found.length > 0, "PNG or JPEG files in it");
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
  const {read, unread} = await readAll(filesOf(images), network);
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
    .summary("what a saved network says of images")
    .description(
      "Prints the class, its probability and the synaptic operations of each image. Images are cut and scaled to the size that\n" +
        "the network reads. One that cannot be read is named, and the others are predicted.",
    )
    .argument("<IMAGE...>", "PNG and JPEG files, or folders of them")
    .requiredOption("--network <file>", "written by a study (in its folder networks/), train or saveNetwork")
    .option("--top <n>", "classes shown of each image", numberIn("top"), 3)
    .addOption(backendOption())
    .option("--json", "as JSON, with the probability of every class")
    .action(run);
}
