// The first half of a trial whose architecture holds choices: they are weighed, then decided. The second half trains what is left.

import {invalid} from "../check.js";
import {decode, isSearchable, type Searchable} from "../architectures/decode.js";
import type {Dataset, Progress} from "../datasets/dataset.js";
import type {Split} from "../datasets/split.js";
import {inherited} from "../networks/inherit.js";
import {disposeNetwork, type Network} from "../networks/parameters.js";
import {randomKey} from "../random.js";
import type {SearchRecord, Trial} from "../records/trial.js";
import {choicesOfNetwork} from "../training/choices.js";
import {evaluate} from "../training/evaluate.js";
import {fit, type FitResult} from "../training/fit.js";
import type {CheckpointPlace} from "../training/training.js";

export type SearchContext = {
  readonly data: Dataset;
  readonly split: Split;
  readonly threads: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: Progress | undefined;
  readonly checkpoint: CheckpointPlace | undefined;
};

/** What a search leaves: the decided architecture and the record of it; or the training that did not go through. */
export type Searched =
  | {readonly architecture: Searchable; readonly record: SearchRecord; readonly failed?: undefined}
  | {readonly architecture?: undefined; readonly record?: undefined; readonly failed: FitResult};

/** Indices in two halves, with as many of each class in both as can be. */
export function halvesOf(indices: ArrayLike<number>, labels: ArrayLike<number>): [number[], number[]] {
  const halves: [number[], number[]] = [[], []];
  const met = new Map<number, number>();
  for (const index of Array.from(indices)) {
    const label = labels[index]!;
    const before = met.get(label) ?? 0;
    met.set(label, before + 1);
    halves[before % 2]!.push(index);
  }
  return halves;
}

/** The training images of the search, and those of passes that ask for others. */
function imagesOf({search}: Trial, {split: {train}, data}: SearchContext) {
  const divided = search!.recipe.passes?.some(({images}) => images === "other") ?? false;
  if (!divided) return {train};
  const [own, otherTrain] = halvesOf(train, data.train.labels);
  return {train: own, otherTrain};
}

/** Accuracy on the validation images; undefined where there are none. */
async function validated(network: Network, {data, split, signal}: SearchContext): Promise<number | undefined> {
  if (split.validation.length === 0) return undefined;
  const options = {indices: split.validation, activityImages: 0, ...(signal && {signal})};
  return (await evaluate(network, data, data.train, options)).accuracy;
}

/** Weighs the choices of a trial's architecture and decides them. */
export async function searchTrial(trial: Trial, context: SearchContext): Promise<Searched> {
  const {recipe, rule, maxBytes} = trial.search!;
  const searched = trial.architecture;
  if (!isSearchable(searched)) throw invalid("network with choices", searched.family, "snasnet or lite");
  const {data, split, threads, signal, onProgress, checkpoint} = context;
  const fitted = await fit(searched, {
    ...{data, validation: split.validation, ...imagesOf(trial, context)},
    ...{recipe, key: randomKey(trial.seed, "search"), threads, signal, onProgress},
    ...(checkpoint && {checkpoint}),
  });
  if (fitted.status !== "ok") return {failed: fitted};
  const {network, curve, imagesPerSecond} = fitted;
  try {
    const weights = choicesOfNetwork(network);
    const architecture = decode(searched, weights, {...(rule && {rule}), ...(maxBytes !== undefined && {maxBytes})});
    const before = await validated(network, context);
    const decided = inherited(architecture, network, searched);
    const after = await validated(decided, context);
    disposeNetwork(decided);
    const gap = before !== undefined && after !== undefined ? {validation: {searched: before, decided: after}} : {};
    return {
      architecture,
      record: {
        architecture: searched,
        ...trial.search!,
        weights,
        curve: curve.map(asRecorded),
        imagesPerSecond,
        ...gap,
      },
    };
  } finally {
    disposeNetwork(network);
  }
}

/** An epoch as records hold it: null where the loss is no number. */
const asRecorded = ({loss, ...epoch}: FitResult["curve"][number]): SearchRecord["curve"][number] => ({
  ...epoch,
  loss: Number.isFinite(loss) ? loss : null,
});
