// A thread of a team: takes a network and a shard, sends the shard's outcome back.

import {parentPort} from "node:worker_threads";
import type {Network} from "../networks/parameters.js";
import {restoredKey, type RandomKey} from "../random.js";
import {startBackend} from "../kernels/index.js";
import {dispose, type Tensor1D} from "../tf.js";
import {lossOf} from "./loss.js";
import type {LossSpec} from "./lossSpec.js";
import {deserialise, deserialiseAll, type Serialised, serialiseAll, type SerialisedTensors} from "./serialise.js";
import {outcomeOf, type StepOutcome} from "./shards.js";

export type ToThread = {
  readonly backend: string;
  /** The network without its tensors. */
  readonly described: Omit<Network, "parameters" | "statistics">;
  readonly parameters: SerialisedTensors;
  readonly statistics: SerialisedTensors;
  readonly x: Serialised;
  readonly labels: Serialised;
  readonly dropout: RandomKey["state"];
  readonly loss: LossSpec;
  /** Parameters to differentiate by. */
  readonly names: readonly string[];
};
export type FromThread =
  | {
      readonly outcome: Pick<StepOutcome, "images" | "loss" | "terms" | "correct"> & {
        readonly gradients: SerialisedTensors;
        readonly statistics: SerialisedTensors;
      };
    }
  | {readonly error: {readonly name: string; readonly message: string}};

let last: {readonly text: string; readonly described: ToThread["described"]} | undefined;

/** The description received before, where this one is equal: what was worked out from its graph stands beside that object. */
function sameAsBefore(described: ToThread["described"]): ToThread["described"] {
  const text = JSON.stringify(described);
  if (last?.text !== text) last = {text, described};
  return last.described;
}

async function answer({backend, described, names, ...sent}: ToThread): Promise<FromThread> {
  await startBackend(backend);
  const [parameters, statistics] = [deserialiseAll(sent.parameters), deserialiseAll(sent.statistics)];
  const [x, labels] = [deserialise(sent.x), deserialise(sent.labels) as Tensor1D];
  const shard = {x, labels, dropout: restoredKey(sent.dropout)};
  const work = {loss: lossOf(sent.loss), names};
  const {
    gradients,
    statistics: after,
    ...numbers
  } = outcomeOf({...sameAsBefore(described), parameters, statistics}, shard, work);
  const outcome = {...numbers, gradients: serialiseAll(gradients), statistics: serialiseAll(after)};
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
