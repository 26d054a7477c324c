// A training under way: the network, the optimisers' states and the curve so far, from fresh weights or from a checkpoint.

import {InputError} from "../check.js";
import type {Graph} from "../graphs/graph.js";
import {initialise, type Network, parameterShapes, type Tensors} from "../networks/parameters.js";
import type {RandomKey} from "../random.js";
import {type EpochRecord, loadCheckpoint, saveCheckpoint} from "./checkpoint.js";
import {chosen, type Plan} from "./plan.js";
import type {Recipe} from "./recipe.js";
import {disposeOptimiser, initOptimiser, type OptimiserState} from "./update.js";

export type FitStatus = "ok" | "silent" | "saturated" | "diverged";

/** Where a training keeps a checkpoint after each epoch and goes on from; `identity` says which training it belongs to. */
export type CheckpointPlace = {readonly path: string; readonly identity: string};

export type Training = {
  readonly plan: Plan;
  network: Network;
  /** Of each group of the plan. */
  optimisers: readonly OptimiserState[];
  readonly curve: EpochRecord[];
  status: FitStatus;
  /** Why training stopped early or what the guard noticed. */
  message: string;
};

export function startTraining(
  graph: Graph,
  plan: Plan,
  {recipe, key, checkpoint}: {recipe: Recipe; key: RandomKey; checkpoint?: CheckpointPlace},
): Training {
  const saved = checkpoint && loadCheckpoint(checkpoint.path, checkpoint.identity);
  if (!saved) {
    const network = initialise(graph, key.split("init"), recipe.headInit);
    const optimisers = plan.groups.map(({names, optimiser}) => initOptimiser(optimiser, chosen(network.parameters, names))); // prettier-ignore
    return {plan, network, optimisers, curve: [], status: "ok", message: ""};
  }
  const {parameters, statistics, optimisers, curve, message} = saved;
  if (optimisers.length !== plan.groups.length)
    throw new InputError(
      `the checkpoint ${checkpoint.path} has ${optimisers.length} groups of parameters, this training ${plan.groups.length}; delete it to train from the start`,
    );
  checkParameters(graph, parameters, checkpoint.path);
  const network = {graph, parameters, statistics};
  return {plan, network, optimisers, curve: [...curve], status: "ok", message};
}

/** Throws where a checkpoint's parameters are not those of the graph: one whose first line had no checksum may have been changed. */
function checkParameters(graph: Graph, parameters: Tensors, path: string): void {
  for (const {name, shape} of parameterShapes(graph)) {
    const found = parameters[name]?.shape;
    if (`${found}` !== `${shape}`)
      throw new InputError(`damaged checkpoint ${path}: ${name} has the shape [${found}], not [${shape}] of this network; delete it to train from the start`); // prettier-ignore
  }
}

export function saveTraining({path, identity}: CheckpointPlace, training: Training): void {
  const {network, optimisers, curve, message} = training;
  const {parameters, statistics} = network;
  saveCheckpoint(path, {identity, curve, message, parameters, statistics, optimisers});
}

/** Frees what a training needs and its result does not. */
export const endTraining = ({optimisers}: Training): void => optimisers.forEach(disposeOptimiser);
