// The parts of tslab 1.0.22 that the kernel is built on: its converter (TypeScript to JavaScript, cell by cell, with types and
// top-level await) and its executor. Its own server is not used: it loses output and says nothing of errors.

import {createRequire} from "node:module";

const require = createRequire(import.meta.url);

/** Takes the value of a cell's last expression (`log`), or what went wrong (`error`). */
export type ExecutorConsole = {log(value: unknown): void; error(...args: unknown[]): void};

export type Executor = {
  /** Whether the code compiled and ran to its end. */
  execute(code: string): Promise<boolean>;
  inspect(code: string, position: number): object | undefined;
  complete(code: string, position: number): {start: number; end: number; candidates: string[]};
  /** Gives up waiting for the code that runs. */
  interrupt(): void;
};

type Converter = {close(): void};

const {createConverter, isCompleteCode} = require("tslab/dist/converter.js") as {
  createConverter(options: {isJS: boolean; isBrowser: boolean}): Converter;
  isCompleteCode(code: string): {completed: boolean; indent?: string};
};
const {createExecutor} = require("tslab/dist/executor.js") as {
  createExecutor(folder: string, converters: object, console: ExecutorConsole): Executor;
};
const {printQuickInfo} = require("tslab/dist/inspect.js") as {printQuickInfo(info: object): string};
const jupyter = require("tslab/dist/jupyter.js") as {
  lastWriteDisplayData: (content: Record<string, unknown>, update: boolean) => void;
};
const typescript = require("@tslab/typescript-for-tslab") as {
  version: string;
  sys: Record<"watchFile" | "watchDirectory", (path: string, ...rest: unknown[]) => {close(): void}>;
};

export {isCompleteCode, printQuickInfo};
export const typescriptVersion: string = typescript.version;

/** Installed packages and built files do not change under a running kernel: watching thousands of them costs for nothing. */
function watchLess(): void {
  for (const name of ["watchFile", "watchDirectory"] as const) {
    const watch = typescript.sys[name];
    typescript.sys[name] = (path, ...rest) =>
      /[\\/](node_modules|build)([\\/]|$)/.test(path) ? {close() {}} : watch.call(typescript.sys, path, ...rest);
  }
}

/** An executor for cells; names resolve from `folder`, which must be the working directory. */
export function newExecutor(folder: string, console: ExecutorConsole): Executor {
  watchLess();
  const node = createConverter({isJS: false, isBrowser: false});
  const converters = {
    node,
    get browser(): never {
      throw new Error("cells for the browser are not supported");
    },
    close: () => node.close(),
  };
  return createExecutor(folder, converters, console);
}

/** Where `import {display} from "tslab"` sends what it shows. */
export function onTslabDisplay(write: (content: Record<string, unknown>, update: boolean) => void): void {
  jupyter.lastWriteDisplayData = write;
}
