// Kinds of task as a user's module declares them: what an executor's processes load by this module's address.

import {existsSync, writeFileSync} from "node:fs";
import {InputError} from "../../src/check.js";
import type {TaskKind} from "../../src/execution/task.js";

export type Number = {readonly n: number; readonly mark?: string};

export const SQUARE: TaskKind<Number, {readonly n: number; readonly pid: number}> = {
  module: import.meta.url,
  name: "SQUARE",
  titleOf: ({n}) => `the square of ${n}`,
  async evaluate({n}, {onProgress}) {
    onProgress(1, 2, "half");
    await new Promise((resolve) => setTimeout(resolve, 10 * (n % 3)));
    return {n: n * n, pid: process.pid};
  },
};

/** Its process dies at once: always, or where `mark` names a file only until that file is there. */
export const FATAL: TaskKind<Number, number> = {
  module: import.meta.url,
  name: "FATAL",
  titleOf: ({n}) => `the death of ${n}`,
  evaluate({n, mark}) {
    if (mark !== undefined && existsSync(mark)) return Promise.resolve(n);
    if (mark !== undefined) writeFileSync(mark, "");
    process.kill(process.pid, "SIGKILL");
    return new Promise(() => {});
  },
};

export const REFUSED: TaskKind<Number, number> = {
  module: import.meta.url,
  name: "REFUSED",
  titleOf: ({n}) => `${n}`,
  evaluate: ({n}) => Promise.reject(new InputError(`invalid n: ${n}; expected another`)),
};

export const ENDLESS: TaskKind<Number, number> = {
  module: import.meta.url,
  name: "ENDLESS",
  titleOf: ({n}) => `${n}`,
  evaluate: (_task, {onProgress}) =>
    new Promise(() => {
      setInterval(() => onProgress(0, 1), 300);
    }),
};
