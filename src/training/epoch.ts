// One epoch of training: every batch once, in an order of its own, until it ends or going on is useless.

import {invalid} from "../check.js";
import type {Dataset, Progress} from "../datasets/dataset.js";
import {giveWay, stepAside} from "../giveWay.js";
import type {RandomKey} from "../random.js";
import {dispose} from "../tf.js";
import {type Batch, batchOf, epochBatches, scaleFor, type ValueScale} from "./batches.js";
import {guard} from "./guard.js";
import type {Plan} from "./plan.js";
import type {Recipe} from "./recipe.js";
import {summed} from "./step.js";
import type {Team} from "./threads.js";
import type {Training} from "./training.js";
import {type StepReport, takeStep} from "./trainStep.js";

export type EpochOptions = {
  readonly data: Dataset;
  readonly train: ArrayLike<number>;
  /** Images for passes that ask for others than the step's. */
  readonly otherTrain?: ArrayLike<number>;
  readonly recipe: Recipe;
  readonly key: RandomKey;
  readonly team: Team;
  readonly signal?: AbortSignal;
  readonly onProgress?: Progress;
};

export type EpochReport = {
  readonly images: number;
  /** Means over the images, as they were met. */
  readonly loss: number;
  readonly terms: Readonly<Record<string, number>>;
  readonly trainAccuracy: number;
};

/** Trains for epoch number `epoch`, from 0; the training's status says whether it went through. */
export async function trainEpoch(training: Training, epoch: number, options: EpochOptions): Promise<EpochReport> {
  const {data, train, recipe, key, team, signal, onProgress} = options;
  const {steps, stepsPerEpoch} = training.plan;
  const scale = scaleFor(training.network.graph);
  const other = otherBatches(training.plan, epoch, {...options, scale});
  const sums = meanReport();
  stepAside(); // the first step may be long
  for (const [i, indices] of epochBatches(train, recipe.batchSize, key.split("order", epoch)).entries()) {
    signal?.throwIfAborted();
    const step = epoch * stepsPerEpoch + i;
    const augment = {...recipe, key: key.split("augment", epoch, i)};
    const batches = {same: batchOf(data, data.train, indices, {augment, scale}), other: other(i)};
    try {
      if (step === 0) guardFirst(training, batches.same, recipe);
      if (training.status !== "ok") break;
      const dropout = key.split("dropout", epoch, i);
      const report = await takeStep(training, {team, shards: recipe.shards, step, dropout, batches});
      sums.add(report, indices.length);
      if (!Number.isFinite(report.loss)) stopDiverged(training, report.loss, step);
    } finally {
      for (const batch of [batches.same, batches.other]) if (batch) dispose([batch.x, batch.labels]);
    }
    if (training.status !== "ok") break;
    const {loss, trainAccuracy} = sums.means();
    onProgress?.(
      step + 1,
      steps,
      `epoch ${epoch + 1}/${recipe.epochs} loss ${loss.toFixed(3)} train ${(100 * trainAccuracy).toFixed(1)} %`,
    );
    await giveWay(signal);
  }
  return sums.means();
}

/** Means over the images met so far. */
function meanReport(): {add(report: StepReport, images: number): void; means(): EpochReport} {
  let [images, loss, correct] = [0, 0, 0];
  let terms: Record<string, number> = {};
  return {
    add(report, n) {
      images += n;
      loss += report.loss * n;
      correct += report.correct;
      terms = summed([...Object.entries(terms), ...scaled(report.terms, n)]);
    },
    means: () => ({
      images,
      loss: loss / images,
      terms: Object.fromEntries(scaled(terms, 1 / images)),
      trainAccuracy: correct / images,
    }),
  };
}

const scaled = (terms: Readonly<Record<string, number>>, by: number): [string, number][] =>
  Object.entries(terms).map(([name, value]) => [name, value * by]);

/** The batches of the images kept apart, where a pass asks for them: as many as there are, then from the first again. */
export function otherBatches(
  {passes}: Pick<Plan, "passes">,
  epoch: number,
  {
    data,
    otherTrain,
    recipe,
    key,
    scale,
  }: Pick<EpochOptions, "data" | "otherTrain" | "recipe" | "key"> & {scale?: ValueScale},
): (step: number) => Batch | undefined {
  if (!passes.some(({images}) => images === "other")) return () => undefined;
  if (!otherTrain?.length)
    throw invalid("other training images", otherTrain, "some (otherTrain), since a pass of the recipe asks for them");
  const order = epochBatches(otherTrain, recipe.batchSize, key.split("order", "other", epoch));
  return (step) => {
    const augment = {...recipe, key: key.split("augment", "other", epoch, step)};
    return batchOf(data, data.train, order[step % order.length]!, {augment, ...(scale && {scale})});
  };
}

/** Looks at the first batch's firing, as the recipe asks. */
function guardFirst(training: Training, {x}: Batch, recipe: Recipe): void {
  if (recipe.guard === "off") return;
  const {status, message} = guard(training.network, x, recipe);
  training.message = message;
  if (recipe.guard === "stop") training.status = status;
}

function stopDiverged(training: Training, loss: number, step: number): void {
  const {steps, groups} = training.plan;
  training.status = "diverged";
  training.message = `the loss became ${loss} at step ${step + 1} of ${steps} (learning rate ${groups[0]!.rateAt(step).toPrecision(3)}); a smaller learning rate may hold`;
}
