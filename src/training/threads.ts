// Threads that compute the shards of a step side by side, each with a backend and compiled kernels of its own.

import {Worker} from "node:worker_threads";
import type {Network} from "../networks/parameters.js";
import {getBackend} from "../tf.js";
import {outcomeOf, type Shard, type StepOutcome} from "./shards.js";
import {bringAll, carry, carryAll} from "./carry.js";
import type {FromThread, ToThread} from "./thread.js";

export type Team = {
  /** The shards' outcomes, in their order; the same bits whatever the number of threads. */
  outcomes(network: Network, shards: readonly Shard[]): Promise<StepOutcome[]>;
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
    async outcomes(network, shards) {
      const outcomes: StepOutcome[] = [];
      for (let first = 0; first < shards.length; first += others + 1) {
        const [own, ...rest] = shards.slice(first, first + others + 1);
        const away = rest.map((shard, i) => ask(team[i]!, requestOf(network, shard)));
        const settled = Promise.allSettled(away); // a thread's failure is looked at after this thread's own work
        outcomes.push(outcomeOf(network, own!));
        await settled;
        for (const answer of away) {
          const {gradients, statistics, ...numbers} = await answer;
          outcomes.push({...numbers, gradients: bringAll(gradients), statistics: bringAll(statistics)});
        }
      }
      return outcomes;
    },
    close: async () => void (await Promise.all(team.map((worker) => worker.terminate()))),
  };
}

function requestOf({architecture, parameters, statistics}: Network, {x, labels, dropout}: Shard): ToThread {
  return {
    backend: getBackend(),
    architecture,
    parameters: carryAll(parameters),
    statistics: carryAll(statistics),
    x: carry(x),
    labels: carry(labels),
    dropout: dropout.state,
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
