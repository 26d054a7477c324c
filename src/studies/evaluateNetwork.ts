// A network out of a file, on test images again: with the data of the trial that made it, its record's accuracy to the last digit.

import {check, InputError} from "../check.js";
import {type Dataset, dimensionsOf, type Progress, type SampleShape} from "../datasets/dataset.js";
import {datasetEntry, datasetName, loadDataset} from "../datasets/index.js";
import {ownDataName, parseOwnData} from "../datasets/ownData.js";
import type {TrainedNetwork} from "../files/networkText.js";
import {evaluate, type Evaluation} from "../training/evaluate.js";

export type NetworkEvaluation = {
  readonly evaluation: Evaluation;
  /** The data set, by the name and checksum that a record has. */
  readonly data: {readonly name: string; readonly checksum: string};
  /** Whether these are the very images of the record, so that its accuracy must come out again. */
  readonly same: boolean;
};

export type EvaluateOptions = {
  /** The data set; that of the trial which made it unless given. */
  readonly data?: string;
  /** The first n test images; as many as the trial had unless given. */
  readonly testCount?: number;
  readonly dataDir?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: Progress;
};

/** The name of a folder of images, of which no size is said, with the size and channels that the network reads. */
function sizedFor(name: string, shape: SampleShape): string {
  const own = parseOwnData(name);
  if (
    own?.form !== "folder" ||
    Object.keys(own.options).length > 0 ||
    `${datasetEntry(name).sampleShape}` === `${shape}`
  )
    return name;
  const {height, width, channels} = dimensionsOf(shape);
  const size = height === width ? `${height}` : `${height}x${width}`;
  return datasetName(ownDataName({...own, options: {size, ...(channels !== 3 && {channels: `${channels}`})}}));
}

/** A data set as a network reads it: scaled as it was trained. `trainCount`: training samples, where its trial does not say. */
export async function dataFor(
  {made, sample, classes}: TrainedNetwork,
  {data: asked, testCount, trainCount, dataDir, signal}: Omit<EvaluateOptions, "onProgress"> & {trainCount?: number},
): Promise<Dataset> {
  const named = asked ?? made?.data.name;
  if (named === undefined) throw new InputError("the file does not say which data made this network; name a data set");
  const name = sizedFor(datasetName(named), sample.shape);
  const own = made?.data.name === name ? made.data : undefined;
  const {sampleShape} = datasetEntry(name);
  check(`samples of ${name}`, sampleShape, `${sampleShape}` === `${sample.shape}`, `[${sample.shape.join(", ")}], which this network reads`); // prettier-ignore
  const loaded = await loadDataset(name, {
    ...(own ? {trainCount: own.trainCount, seed: own.seed} : {...(trainCount !== undefined && {trainCount})}),
    ...(own && testCount === undefined ? {testCount: own.testCount} : {}),
    ...(testCount !== undefined && {testCount}),
    ...(dataDir !== undefined && {dataDir}),
    ...(signal && {signal}),
  });
  check(`classes of ${name}`, loaded.classes, loaded.classes.length === classes.length, `${classes.length}, which this network tells apart`); // prettier-ignore
  return {...loaded, mean: sample.mean, sd: sample.sd};
}

/** Evaluates a network on test images, which are scaled as it was trained. */
export async function evaluateNetwork(
  network: TrainedNetwork,
  {signal, onProgress, ...options}: EvaluateOptions = {},
): Promise<NetworkEvaluation> {
  const data = await dataFor(network, {...options, ...(signal && {signal})});
  const evaluation = await evaluate(network, data, data.test, {
    ...(signal && {signal}),
    ...(onProgress && {onProgress}),
  });
  const {name, checksum} = data;
  return {evaluation, data: {name, checksum}, same: checksum === network.made?.data.checksum};
}
