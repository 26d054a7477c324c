// A thread of a team: takes a network and a shard, sends the shard's outcome back.

import {parentPort} from "node:worker_threads";
import type {Architecture} from "../architectures/architecture.js";
import {restoredKey, type RandomKey} from "../random.js";
import {startBackend} from "../kernels/index.js";
import {dispose, type Tensor1D, type Tensor4D} from "../tf.js";
import {bring, bringAll, type Carried, type CarriedTensors, carryAll} from "./carry.js";
import {outcomeOf, type StepOutcome} from "./shards.js";

export type ToThread = {
  readonly backend: string;
  readonly architecture: Architecture;
  readonly parameters: CarriedTensors;
  readonly statistics: CarriedTensors;
  readonly x: Carried;
  readonly labels: Carried;
  readonly dropout: RandomKey["state"];
};
export type FromThread =
  | {
      readonly outcome: Pick<StepOutcome, "images" | "loss" | "correct"> & {
        readonly gradients: CarriedTensors;
        readonly statistics: CarriedTensors;
      };
    }
  | {readonly error: {readonly name: string; readonly message: string}};

async function answer({backend, architecture, ...carried}: ToThread): Promise<FromThread> {
  await startBackend(backend);
  const [parameters, statistics] = [bringAll(carried.parameters), bringAll(carried.statistics)];
  const [x, labels] = [bring(carried.x) as Tensor4D, bring(carried.labels) as Tensor1D];
  const shard = {x, labels, dropout: restoredKey(carried.dropout)};
  const {gradients, statistics: after, ...numbers} = outcomeOf({architecture, parameters, statistics}, shard);
  const outcome = {...numbers, gradients: carryAll(gradients), statistics: carryAll(after)};
  for (const tensors of [parameters, statistics, gradients, after]) dispose(Object.values(tensors));
  dispose([x, labels]);
  return {outcome};
}

parentPort?.on("message", (request: ToThread) => {
  answer(request).then(
    (message) => parentPort!.postMessage(message),
    ({name, message}: Error) => parentPort!.postMessage({error: {name, message}}),
  );
});
