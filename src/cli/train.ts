// spikebook train: one network, trained, measured and kept in a file.

import {resolve} from "node:path";
import type {Command} from "commander";
import {parseCell} from "../architectures/cell.js";
import {type NetworkDescription, titleOf} from "../architectures/description.js";
import {LAYER_LIST_HELP, parseLayers} from "../architectures/layerList.js";
import {snasnet} from "../architectures/architecture.js";
import {InputError} from "../check.js";
import {saveNetwork} from "../files/networkFile.js";
import {disposeNetwork} from "../networks/parameters.js";
import {progress} from "../notebook/progress.js";
import {provenanceOf} from "../records/provenance.js";
import {trainTrial} from "../studies/evaluateTrial.js";
import {layersOf, sequentialNetwork} from "../studies/sequential.js";
import {studyArchitecture, studySettings, type StudySettings, trialOf} from "../studies/settings.js";
import {numberIn} from "../ranges.js";
import {dataNameOf} from "./dataOption.js";
import {interruptSignal} from "./interrupt.js";
import {addTrainingOptions, backendOf, changesOf, given, profileOption, type StudyOptions} from "./studyOptions.js";
import {filePath} from "./paths.js";

type Options = Omit<StudyOptions, "out"> & {
  readonly out: string;
  readonly seed: number;
  readonly layers?: string;
  readonly cell?: string;
  readonly cells?: number;
};

/** SNASNet with a cell, or a list of layers. */
function networkOf(settings: StudySettings, o: Options): NetworkDescription {
  if (o.layers !== undefined) {
    if (o.cell !== undefined) throw new InputError("invalid options: --layers --cell; expected one of them");
    layersOf(o);
    return sequentialNetwork(settings, parseLayers(o.layers));
  }
  const cell = o.cell === undefined ? {} : {cell: parseCell(o.cell)};
  return studyArchitecture(settings, snasnet({...cell, cellCount: settings.cellCount}).cells);
}

async function run(o: Options): Promise<void> {
  const name = dataNameOf(o);
  const base = studySettings("train", {}, {profile: o.profile, ...given({data: name})});
  const settings = studySettings("train", {}, {...changesOf(o, base), ...given({backend: backendOf(o)}), seeds: 1, firstSeed: o.seed}); // prettier-ignore
  const architecture = networkOf(settings, o);
  const trial = trialOf(settings, {study: "train", labels: {}, seed: o.seed, architecture});
  const {record, network} = await trainTrial(trial, {
    ...given({dataDir: o.dataDir, threads: o.threads}),
    signal: interruptSignal(),
    onProgress: progress("train"),
  });
  const {testAccuracy, testImages = 0} = record;
  if (testAccuracy === undefined) {
    disposeNetwork(network);
    console.error(`the network was not trained (${record.status}): ${record.message}`);
    process.exitCode = 1;
    return;
  }
  const out = resolve(o.out);
  await saveNetwork(out, network);
  disposeNetwork(network);
  console.log(
    [
      `network          ${titleOf(architecture)}`,
      `test accuracy    ${(100 * testAccuracy).toFixed(1)} % of ${testImages} images`,
      `memory           ${record.params.toLocaleString("en-US")} parameters, ${record.weightBytes.toLocaleString("en-US")} bytes at ${record.bits} bits`,
      `work             ${Math.round(record.synOps ?? 0).toLocaleString("en-US")} synaptic operations an image`,
      `file             ${out}`,
      "",
      provenanceOf([record]),
    ].join("\n"),
  );
}

/** Adds `train` to the program. */
export function trainCommand(program: Command): void {
  const command = program
    .command("train")
    .summary("train one network and keep it in a file")
    .description(
      "Trains one network on a data set or on your own images, measures it on test images, and writes it into a file that\n" +
        "evaluate, predict and loadNetwork read. SNASNet unless --layers is given. Several seeds or networks, in parallel and\n" +
        "resumable: spikebook study sequential.",
    )
    .requiredOption("--out <file>", "the network's file, such as my.safetensors", filePath("out"))
    .option("--layers <list>", `a sequential network: ${LAYER_LIST_HELP}`)
    .option("--cell <rows>", 'SNASNet\'s wiring in op codes, such as "0333 0012 0003 0000"')
    .option("--seed <n>", "names the initial weights and the order of images", numberIn("seed"), 1)
    .addOption(profileOption())
    .option("--threads <n>", "threads, where there are shards", numberIn("threads"))
    .optionsGroup("Data:");
  addTrainingOptions(command).action(run);
}
