// Trains a network: epochs of steps, a validation after each, a checkpoint after each, and a stop where going on is useless.

import {asGraph, type NetworkDescription} from "../architectures/description.js";
import type {Graph} from "../graphs/graph.js";
import type {Dataset, Progress} from "../datasets/dataset.js";
import {disposeNetwork, type Network} from "../networks/parameters.js";
import type {RandomKey} from "../random.js";
import type {EpochRecord} from "./checkpoint.js";
import {choicesOfNetwork} from "./choices.js";
import {trainEpoch} from "./epoch.js";
import {evaluate} from "./evaluate.js";
import type {Loss} from "./loss.js";
import {planOf} from "./plan.js";
import type {Recipe} from "./recipe.js";
import {startTeam} from "./threads.js";
import {type CheckpointPlace, endTraining, type FitStatus, saveTraining, startTraining} from "./training.js";

export type FitResult = {
  readonly network: Network;
  /** `silent` and `saturated`: a layer does not work (guard). `diverged`: the loss is no longer a number. */
  readonly status: FitStatus;
  /** Why training stopped early or what the guard noticed; empty when nothing is to be said. */
  readonly message: string;
  readonly curve: readonly EpochRecord[];
  /** Of the training steps that this process ran. */
  readonly imagesPerSecond: number;
  /** Largest resident memory of this process so far. */
  readonly peakMemoryBytes: number;
};

export type FitOptions = {
  readonly data: Dataset;
  /** Indices into `data.train`. Validation may be empty; the test set is never looked at here. */
  readonly train: ArrayLike<number>;
  readonly validation?: ArrayLike<number>;
  /** Images for passes of the recipe that ask for others than the step's. */
  readonly otherTrain?: ArrayLike<number>;
  readonly recipe: Recipe;
  /** A loss of your own functions instead of the recipe's; it is computed by one thread. */
  readonly loss?: Loss;
  /** Names every random stream: initial weights, order, augmentation, dropout. */
  readonly key: RandomKey;
  /** Where to keep a checkpoint after each epoch, and to go on from; `identity` says which training it belongs to. */
  readonly checkpoint?: CheckpointPlace;
  /** Threads that share a step where the recipe cuts batches into shards; they change the time it takes and nothing else. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: Progress;
};

/** What an epoch's record says of the choices that a network holds. */
function choicesNow(network: Network): Pick<EpochRecord, "choices"> {
  const choices = choicesOfNetwork(network);
  return Object.keys(choices).length ? {choices} : {};
}

/** Trains a network from fresh weights, or from its checkpoint: the result is the same, bit for bit, on one backend. */
export async function fit(description: NetworkDescription | Graph, options: FitOptions): Promise<FitResult> {
  const graph = asGraph(description);
  const {data, train, validation, recipe, loss, checkpoint, threads = 1, signal} = options;
  const plan = planOf(recipe, {graph}, {images: train.length, ...(loss && {loss})});
  const training = startTraining(graph, plan, options);
  let [images, seconds] = [0, 0];
  const team = startTeam(Math.min(threads, recipe.shards));
  try {
    for (let epoch = training.curve.length; epoch < recipe.epochs; ++epoch) {
      const began = performance.now();
      const trained = await trainEpoch(training, epoch, {...options, team});
      if (training.status !== "ok") break;
      const elapsed = (performance.now() - began) / 1000;
      images += trained.images;
      seconds += elapsed;
      const validated = validation?.length
        ? await evaluate(training.network, data, data.train, {indices: validation, activityImages: 0, signal})
        : undefined;
      training.curve.push({
        epoch: epoch + 1,
        loss: trained.loss,
        ...(Object.keys(trained.terms).length && {terms: trained.terms}),
        trainAccuracy: trained.trainAccuracy,
        learningRate: plan.groups[0]!.rateAt((epoch + 1) * plan.stepsPerEpoch - 1),
        ...(validated && {validationAccuracy: validated.accuracy}),
        ...choicesNow(training.network),
        seconds: elapsed,
      });
      if (checkpoint) saveTraining(checkpoint, training);
    }
  } catch (error) {
    disposeNetwork(training.network);
    throw error;
  } finally {
    endTraining(training);
    await team.close();
  }
  const {network, status, message, curve} = training;
  const imagesPerSecond = seconds > 0 ? images / seconds : 0;
  return {network, status, message, curve, imagesPerSecond, peakMemoryBytes: process.resourceUsage().maxRSS * 1024};
}
