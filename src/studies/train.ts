// The front door: a network and a data set in, a trained network and its accuracy out.

import type {NetworkDescription} from "../architectures/description.js";
import {validateDescription} from "../architectures/description.js";
import {checkOptions} from "../check.js";
import type {LoadOptions} from "../datasets/dataset.js";
import type {TrainedNetwork} from "../files/networkText.js";
import {disposeNetwork} from "../networks/parameters.js";
import type {DataSpec, Profile, TrialRecord} from "../records/trial.js";
import type {BackendName} from "../tf.js";
import type {Recipe} from "../training/recipe.js";
import {trainTrial} from "./evaluateTrial.js";
import {macroOf, studySettings, trialOf} from "./settings.js";

export type TrainOptions = {
  /** A data set's name, or "folder:DIR" or "npz:FILE"; "procedural-16" unless given. */
  readonly data?: string | DataSpec;
  /** `quick`: 2,000 training images and a short recipe, seconds to minutes. `full`: all images, the papers' recipe. */
  readonly profile?: Profile;
  /** Passes over the training images. */
  readonly epochs?: number;
  /** Any other part of the recipe, such as {learningRate: 0.001, batchSize: 32}. */
  readonly recipe?: Partial<Recipe>;
  readonly seed?: number;
  /** Precision at which the size is stated. */
  readonly bits?: number;
  readonly backend?: BackendName;
  readonly dataDir?: string;
  readonly threads?: number;
} & Pick<LoadOptions, "signal" | "onProgress">;

export type Trained = {
  /** Save it with `saveNetwork`, ask it with `predict`, free it with `disposeNetwork`. */
  readonly network: TrainedNetwork;
  /** Fraction of the test images whose class it finds. */
  readonly accuracy: number;
  /** Everything that was measured. */
  readonly record: TrialRecord;
};

const KNOWN = ["data", "profile", "epochs", "recipe", "seed", "bits", "backend", "dataDir", "threads", "signal", "onProgress"]; // prettier-ignore

/**
 * Trains a network and measures it on the test images. The size of its input and its classes become those of the data.
 * A network that cannot be trained (silent, saturated, diverged) is an error that says why.
 *
 * @example
 * const {network, accuracy} = await train(convNet({T: 4}), {data: "fashion-mnist", epochs: 3});
 * await saveNetwork("fashion.safetensors", network);
 */
export async function train(description: NetworkDescription, options: TrainOptions = {}): Promise<Trained> {
  checkOptions("train", options, KNOWN);
  const {data, profile, epochs, recipe, seed = 1, bits, backend, dataDir, threads, signal, onProgress} = options;
  const settings = studySettings(
    "train",
    {},
    {
      ...(data !== undefined && {data}),
      ...(profile !== undefined && {profile}),
      ...(bits !== undefined && {bits}),
      ...(backend !== undefined && {backend}),
      ...{seeds: 1, firstSeed: seed, recipe: {...recipe, ...(epochs !== undefined && {epochs})}},
    },
  );
  const {input, classes} = macroOf(settings);
  const architecture = validateDescription({...description, input, classes});
  const trial = trialOf(settings, {study: "train", labels: {}, seed, architecture});
  const {record, network} = await trainTrial(trial, {
    ...(dataDir !== undefined && {dataDir}),
    ...(threads !== undefined && {threads}),
    ...(signal && {signal}),
    ...(onProgress && {onProgress}),
  });
  if (record.testAccuracy === undefined) {
    disposeNetwork(network);
    throw new Error(`the network was not trained (${record.status}): ${record.message}`);
  }
  return {network, accuracy: record.testAccuracy, record};
}
