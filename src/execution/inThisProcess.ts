// The executor that needs no other process: one task after the other, in this one.

import {giveWay} from "../giveWay.js";
import type {Executor} from "./executor.js";
import type {TaskKind} from "./task.js";

export function inThisProcess<Task extends object, Result>(
  {evaluate}: TaskKind<Task, Result>,
  {signal}: {readonly signal?: AbortSignal} = {},
): Executor<Task, Result> {
  return {
    async run(tasks, {onResult, onProgress}) {
      for (const task of tasks) {
        signal?.throwIfAborted();
        onResult(task, await evaluate(task, {onProgress: (...p) => onProgress?.(task, ...p), ...(signal && {signal})}));
        await giveWay(signal); // tasks that never wait would keep signals and timers from being heard
      }
    },
    close() {},
  };
}
