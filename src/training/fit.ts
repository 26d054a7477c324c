// Trains a network: epochs of steps, a validation after each, a checkpoint after each, and a stop where going on is useless.

import {dispose} from "../tf.js";
import type {Dataset, Progress} from "../datasets/dataset.js";
import type {Architecture} from "../architectures/architecture.js";
import {disposeNetwork, initialise, type Network} from "../networks/parameters.js";
import type {RandomKey} from "../random.js";
import {batchOf, epochBatches} from "./batches.js";
import {type EpochRecord, loadCheckpoint, saveCheckpoint} from "./checkpoint.js";
import {evaluate} from "./evaluate.js";
import {guard} from "./guard.js";
import {initOptimiser, optimiserOf, updateParameters} from "./optimiser.js";
import {learningRateAt, type Recipe} from "./recipe.js";
import {averaged, shardsOf} from "./shards.js";
import {startTeam} from "./threads.js";

export type FitStatus = "ok" | "silent" | "saturated" | "diverged";

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
  readonly recipe: Recipe;
  /** Names every random stream: initial weights, order, augmentation, dropout. */
  readonly key: RandomKey;
  /** Where to keep a checkpoint after each epoch, and to go on from; `identity` says which training it belongs to. */
  readonly checkpoint?: {readonly path: string; readonly identity: string};
  /** Threads that share a step where the recipe cuts batches into shards; they change the time it takes and nothing else. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: Progress;
};

/** Trains `architecture` from fresh weights, or from its checkpoint: the result is the same, bit for bit, on one backend. */
export async function fit(architecture: Architecture, options: FitOptions): Promise<FitResult> {
  const {data, train, validation, recipe, key, checkpoint, threads = 1, signal, onProgress} = options;
  const optimiser = optimiserOf(recipe.optimiser, recipe.weightDecay);
  const saved = checkpoint && loadCheckpoint(checkpoint.path, checkpoint.identity);
  let network: Network = saved
    ? {architecture, parameters: saved.parameters, statistics: saved.statistics}
    : initialise(architecture, key.split("init"), recipe.headInit);
  let state = saved?.optimiser ?? initOptimiser(optimiser, network.parameters);
  const curve: EpochRecord[] = [...(saved?.curve ?? [])];
  const stepsPerEpoch = Math.ceil(train.length / recipe.batchSize);
  const steps = stepsPerEpoch * recipe.epochs;
  let [message, status]: [string, FitStatus] = [saved?.message ?? "", "ok"];
  let [images, seconds] = [0, 0];
  const team = startTeam(Math.min(threads, recipe.shards));
  try {
    for (let epoch = curve.length; epoch < recipe.epochs && status === "ok"; ++epoch) {
      const began = performance.now();
      let [lossSum, correct, seen] = [0, 0, 0];
      for (const [i, indices] of epochBatches(train, recipe.batchSize, key.split("order", epoch)).entries()) {
        signal?.throwIfAborted();
        const augment = {...recipe, key: key.split("augment", epoch, i)};
        const {x, labels} = batchOf(data, data.train, indices, {augment});
        if (epoch === 0 && i === 0 && recipe.guard !== "off") {
          const report = guard(network, x);
          message = report.message;
          if (report.status !== "ok" && recipe.guard === "stop") {
            status = report.status;
            dispose([x, labels]);
            break;
          }
        }
        const shards = shardsOf(x, labels, key.split("dropout", epoch, i), recipe.shards);
        const step = averaged(await team.outcomes(network, shards));
        const {loss, gradients, statistics} = step;
        correct += step.correct;
        lossSum += loss * indices.length;
        seen += indices.length;
        dispose([x, labels, ...shards.flatMap((shard) => [shard.x, shard.labels])]);
        const rate = learningRateAt(state.step, steps, recipe);
        const next = updateParameters(optimiser, state, network.parameters, gradients, rate);
        dispose(Object.values(gradients));
        dispose(Object.values(network.statistics));
        network = {architecture, parameters: next.parameters, statistics};
        state = next.state;
        if (!Number.isFinite(loss)) {
          status = "diverged";
          message = `the loss became ${loss} at step ${state.step} of ${steps} (learning rate ${rate.toPrecision(3)}); a smaller learning rate may hold`;
          break;
        }
        onProgress?.(
          epoch * stepsPerEpoch + i + 1,
          steps,
          `epoch ${epoch + 1}/${recipe.epochs} loss ${(lossSum / seen).toFixed(3)} train ${((100 * correct) / seen).toFixed(1)} %`,
        );
        await new Promise(setImmediate);
      }
      if (status !== "ok") break;
      const elapsed = (performance.now() - began) / 1000;
      images += seen;
      seconds += elapsed;
      const validated = validation?.length
        ? await evaluate(network, data, data.train, {indices: validation, activityImages: 0, signal})
        : undefined;
      curve.push({
        epoch: epoch + 1,
        loss: lossSum / seen,
        trainAccuracy: correct / seen,
        learningRate: learningRateAt(state.step - 1, steps, recipe),
        ...(validated && {validationAccuracy: validated.accuracy}),
        seconds: elapsed,
      });
      if (checkpoint)
        saveCheckpoint(checkpoint.path, {
          identity: checkpoint.identity,
          curve,
          message,
          parameters: network.parameters,
          statistics: network.statistics,
          optimiser: state,
        });
    }
  } catch (error) {
    disposeNetwork(network);
    throw error;
  } finally {
    for (const moment of state.moments) dispose(Object.values(moment));
    await team.close();
  }
  return {
    network,
    status,
    message,
    curve,
    imagesPerSecond: seconds > 0 ? images / seconds : 0,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  };
}
