// Executes a notebook with Node alone: every code cell in order in a fresh kernel, until the first error. The executed notebook
// is written whatever happens, and no kernel is left behind.

import {setTimeout as wait} from "node:timers/promises";
import {inRange} from "../ranges.js";
import {type KernelClient, startKernel} from "./client.js";
import {type Cell, type Notebook, joined, readNotebook, writeNotebook} from "./file.js";
import {type Displays, createCollector} from "./outputs.js";
import type {Json} from "./wire.js";

export type RunOptions = {
  /** Where the executed notebook goes. */
  readonly out: string;
  /** Added to the kernel's environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Limit for each cell; none unless given. */
  readonly timeoutSeconds?: number;
  /** Called when a code cell starts: its number among code cells, from 1, and how many there are. */
  readonly onCell?: (cell: number, of: number) => void;
  /** What cells print, as it comes. */
  readonly onStream?: (text: string) => void;
  /** Interrupts the running cell, and with it the run. */
  readonly signal?: AbortSignal;
};

export type RunResult = {
  readonly ok: boolean;
  readonly seconds: number;
  /** The code cell that failed, counted from 1, and why. */
  readonly failed?: {readonly cell: number; readonly name: string; readonly message: string; readonly trace: string};
};

/** From the interrupt of a cell to the end of its kernel, if it does not obey. */
const PATIENCE_MS = 3000;
/** Interrupts are repeated: Node loses one that comes while a cell is compiled, when vm puts its own handler in the place of ours. */
const REPEAT_MS = 300;

type Failed = {name: string; message: string; trace: string};

const failedBy = (name: string, message: string): Failed => ({name, message, trace: `${name}: ${message}`});

/** Runs one cell and fills in its outputs; returns what went wrong. */
async function runCell(
  kernel: KernelClient,
  cell: Cell,
  displays: Displays,
  {timeoutSeconds, signal, onStream}: RunOptions,
): Promise<Failed | undefined> {
  const collector = createCollector(displays);
  const over = new AbortController();
  let why: Failed | undefined;
  const stop = async (name: string, message: string): Promise<void> => {
    why = failedBy(name, message);
    kernel.interrupt();
    const again = setInterval(kernel.interrupt, REPEAT_MS);
    await wait(PATIENCE_MS, undefined, {signal: over.signal}).then(kernel.kill, () => {});
    clearInterval(again);
  };
  const onAbort = (): void => void stop("Interrupted", "the run was interrupted");
  signal?.addEventListener("abort", onAbort);
  const limit = timeoutSeconds && setTimeout(() => void stop("Timeout", `the cell took longer than ${timeoutSeconds} s`), timeoutSeconds * 1000); // prettier-ignore

  const tolerated = cell.metadata.tags?.includes("raises-exception") === true;
  const onMessage = (type: string, content: Json): void => {
    if (type === "stream") onStream?.(String(content.text));
    collector.add(type, content);
  };
  let reply: Json;
  try {
    reply = await kernel.execute(joined(cell.source), onMessage, {stopOnError: !tolerated});
  } catch (error) {
    const {name, message} = error as Error;
    reply = {status: "died", ename: name, evalue: message, traceback: [`${name}: ${message}`]};
    collector.add("error", reply);
  } finally {
    over.abort();
    clearTimeout(limit);
    signal?.removeEventListener("abort", onAbort);
  }
  cell.outputs = collector.outputs();
  cell.execution_count = typeof reply.execution_count === "number" ? reply.execution_count : null;
  if (why) return why;
  if (reply.status === "ok" || (tolerated && reply.status === "error")) return undefined;
  return {name: String(reply.ename), message: String(reply.evalue), trace: (reply.traceback as string[]).join("\n")};
}

function clear(notebook: Notebook): Cell[] {
  const cells = notebook.cells.filter((cell) => cell.cell_type === "code");
  for (const cell of cells) {
    cell.outputs = [];
    cell.execution_count = null;
  }
  return cells.filter((cell) => joined(cell.source).trim() !== "");
}

/** What is told of a run that was interrupted. */
const INTERRUPTED: Failed = failedBy("Interrupted", "the run was interrupted");

/** A kernel, or why there is none. */
async function kernelOr({env = {}, signal}: RunOptions): Promise<{kernel: KernelClient} | {failure: Failed}> {
  try {
    return {kernel: await startKernel({env, signal})};
  } catch (error) {
    const {name, message} = error as Error;
    return {failure: signal?.aborted ? INTERRUPTED : failedBy(name, message)};
  }
}

/** Executes the notebook in `file` and writes the result to `options.out`, also where no kernel can be started. */
export async function runNotebook(file: string, options: RunOptions): Promise<RunResult> {
  if (options.timeoutSeconds !== undefined) inRange("timeout", options.timeoutSeconds);
  const start = performance.now();
  const notebook = readNotebook(file);
  const cells = clear(notebook);
  const displays: Displays = new Map();
  let failed: RunResult["failed"];
  const ended = (): RunResult => ({
    ok: !failed,
    seconds: (performance.now() - start) / 1000,
    ...(failed && {failed}),
  });
  const started = await kernelOr(options);
  if ("failure" in started) {
    const {name, message, trace} = started.failure;
    failed = {cell: 1, ...started.failure};
    if (cells[0]) cells[0].outputs = [{output_type: "error", ename: name, evalue: message, traceback: [trace]}];
    writeNotebook(options.out, notebook);
    return ended();
  }
  const {kernel} = started;
  try {
    for (const [i, cell] of cells.entries()) {
      options.onCell?.(i + 1, cells.length);
      const failure = options.signal?.aborted ? INTERRUPTED : await runCell(kernel, cell, displays, options);
      if (!failure) continue;
      failed = {cell: i + 1, ...failure};
      break;
    }
  } finally {
    await kernel.stop();
    writeNotebook(options.out, notebook);
  }
  return ended();
}
