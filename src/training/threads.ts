// Threads that compute the shards of a step side by side, each with a backend and compiled kernels of its own.

import {Worker} from "node:worker_threads";
import {invalid} from "../check.js";
import type {Network} from "../networks/parameters.js";
import {getBackend} from "../tf.js";
import {deserialiseAll, serialise, serialiseAll} from "./serialise.js";
import {outcomeOf, type Shard, type StepOutcome, type Work} from "./shards.js";
import type {FromThread, ToThread} from "./thread.js";

export type Team = {
  /** The shards' outcomes, in their order; the same bits whatever the number of threads. */
  outcomes(network: Network, shards: readonly Shard[], work: Work): Promise<StepOutcome[]>;
  close(): Promise<void>;
};

const THREAD = new URL("./thread.js", import.meta.url);

/**
 * `threads` − 1 threads beside this one; shard s is computed by number s mod `threads`, 0 being this one. Native TensorFlow
 * has threads of its own, so that its shards are computed here, one after the other.
 */
export function startTeam(threads: number): Team {
  const others = getBackend() === "tensorflow" ? 0 : threads - 1;
  const team = Array.from({length: others}, () => new Worker(THREAD));
  for (const worker of team) worker.unref();
  return {
    async outcomes(network, shards, work) {
      const outcomes: StepOutcome[] = [];
      for (let first = 0; first < shards.length; first += others + 1) {
        const [own, ...rest] = shards.slice(first, first + others + 1);
        const away = rest.map((shard, i) => ask(team[i]!, requestOf(network, shard, work)));
        const settled = Promise.allSettled(away); // a thread's failure is looked at after this thread's own work
        outcomes.push(outcomeOf(network, own!, work));
        await settled;
        for (const answer of away) {
          const {gradients, statistics, ...numbers} = await answer;
          outcomes.push({...numbers, gradients: deserialiseAll(gradients), statistics: deserialiseAll(statistics)});
        }
      }
      return outcomes;
    },
    close: async () => void (await Promise.all(team.map((worker) => worker.terminate()))),
  };
}

function requestOf(
  {parameters, statistics, ...described}: Network,
  {x, labels, dropout}: Shard,
  {loss, names}: Work,
): ToThread {
  if (!loss.spec)
    throw invalid("threads", "more than 1", "1 with a loss made of functions; threads compute objectives and terms that are given by name"); // prettier-ignore
  return {
    backend: getBackend(),
    described,
    parameters: serialiseAll(parameters),
    statistics: serialiseAll(statistics),
    x: serialise(x),
    labels: serialise(labels),
    dropout: dropout.state,
    loss: loss.spec,
    names,
  };
}

/** Sends a shard to a thread and waits for its outcome, its error or its end. */
function ask(worker: Worker, request: ToThread): Promise<Extract<FromThread, {outcome: unknown}>["outcome"]> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void): void => {
      worker.unref();
      worker.off("message", onMessage).off("error", onError).off("exit", onExit);
      end();
    };
    const onMessage = (message: FromThread): void =>
      settle(() =>
        "outcome" in message
          ? resolve(message.outcome)
          : reject(Object.assign(new Error(message.error.message), {name: message.error.name})),
      );
    const onError = (error: Error): void => settle(() => reject(error));
    const onExit = (code: number): void => settle(() => reject(new Error(`a training thread ended (exit ${code})`)));
    worker.on("message", onMessage).on("error", onError).on("exit", onExit);
    worker.ref();
    worker.postMessage(request);
  });
}
