// One kernel's memory: the executor with its variables, the cells that wait, the history. Cells run one after another; after an
// error the ones already waiting are aborted, as Jupyter's "Run All" expects.

import {setMaxListeners} from "node:events";
import {setTimeout as wait} from "node:timers/promises";
import {resultBundle} from "./bundle.js";
import {failureOf} from "./failure.js";
import {setKernelHost} from "./host.js";
import {expandShorthand} from "./shorthand.js";
import {capture, createGatherer} from "./streams.js";
import {type Executor, newExecutor, onTslabDisplay} from "./tslab.js";
import type {Json, Message} from "./wire.js";

/** Sends a message to all clients, as an answer to `parent`. */
export type Publish = (type: string, content: Json, parent: Message) => void;

type Cell = {
  readonly request: Message;
  readonly code: string;
  readonly abort: AbortController;
  /** Arguments of each complaint of the executor. */
  readonly complaints: unknown[][];
  /** The last expression's value, in an array that is empty when there is none. */
  readonly result: unknown[];
  readonly held: Promise<unknown>[];
  /** What nobody caught while it ran, by the promise that was rejected; of what was thrown, by itself. */
  readonly loose: Map<unknown, unknown>;
};

export type Session = {
  readonly executor: Executor;
  /** Runs a cell when its turn comes; `begin` is called then. Returns the reply's content. */
  readonly execute: (request: Message, begin: () => void) => Promise<Json>;
  /** Sends what is printed so far. */
  readonly flush: () => void;
  readonly interrupt: () => void;
  /** Takes what nobody caught: it fails the cell that runs, and is printed where none does. */
  readonly unhandled: (reason: unknown, promise?: unknown) => void;
  /** Takes back a rejection that was caught late. */
  readonly handled: (promise: unknown) => void;
  /** Codes that ran, by execution count - 1. */
  readonly history: readonly string[];
};

/** Requests that arrive within this time of an error were sent before their sender could know of it. */
const GRACE_MS = 20;

export function createSession(folder: string, publish: Publish): Session {
  const history: string[] = [];
  const waiting: {request: Message; begin: () => void; finish: (reply: Json) => void}[] = [];
  let cell: Cell | undefined; // the running one, or the last: late prints go there
  let runs = false; // whether code of `cell` runs
  let draining = false;

  const tell = (type: string, content: Json): void => {
    if (cell) publish(type, content, cell.request);
  };
  const gatherer = createGatherer((name, text) => tell("stream", {name, text}));
  const tellAfterPrints = (type: string, content: Json): void => {
    gatherer.flush();
    tell(type, content);
  };
  const executor = newExecutor(folder, {
    log: (value) => void cell?.result.push(value),
    error: (...args) => void cell?.complaints.push(args),
  });
  capture(gatherer.write);
  onTslabDisplay((content, update) => tellAfterPrints(update ? "update_display_data" : "display_data", content));
  setKernelHost({
    display: (data, metadata) => tellAfterPrints("display_data", {data, metadata, transient: {}}),
    signal: () => (cell?.abort ?? new AbortController()).signal,
    hold: (work) => {
      work.catch(() => {}); // judged where the cell ends
      cell?.held.push(work);
    },
  });

  async function run(request: Message): Promise<Json> {
    const {code = "", silent = false, store_history: stored = !silent} = request.content as Record<string, never>;
    gatherer.flush(); // late prints of the cell before
    cell = {request, code, abort: new AbortController(), complaints: [], result: [], held: [], loose: new Map()};
    runs = true;
    setMaxListeners(0, cell.abort.signal);
    if (stored) history.push(code);
    const count = history.length;
    if (!silent) tell("execute_input", {code, execution_count: count});
    let ok = await executor.execute(expandShorthand(code));
    for (const {status, reason} of (await Promise.allSettled(cell.held)) as PromiseRejectedResult[])
      if (ok && status === "rejected") {
        ok = false;
        cell.complaints.push([reason]);
      }
    await new Promise(setImmediate); // rejections are known to be unhandled by then
    runs = false;
    for (const reason of cell.loose.values()) {
      if (!ok) console.error("unhandled:", reason);
      else cell.complaints.push([reason]);
      ok = false;
    }
    if (!ok) {
      const failure = failureOf(cell.complaints, code, cell.abort.signal.aborted);
      tellAfterPrints("error", {...failure});
      return {status: "error", execution_count: count, ...failure};
    }
    for (const value of cell.result)
      if (!silent) tellAfterPrints("execute_result", {execution_count: count, ...(await resultBundle(value))});
    gatherer.flush();
    return {status: "ok", execution_count: count, payload: [], user_expressions: {}};
  }

  async function drain(): Promise<void> {
    if (draining) return;
    draining = true;
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      job.begin();
      const reply = await run(job.request).catch((error: unknown) => {
        const failure = failureOf([[error]], "", false);
        tellAfterPrints("error", {...failure});
        return {status: "error", execution_count: history.length, ...failure};
      });
      const stop = reply.status === "error" && job.request.content.stop_on_error !== false;
      if (stop) await wait(GRACE_MS);
      const aborted = stop ? waiting.splice(0) : [];
      job.finish(reply);
      for (const {begin, finish} of aborted) {
        begin();
        finish({status: "aborted"});
      }
    }
    draining = false;
  }

  return {
    executor,
    history,
    flush: gatherer.flush,
    execute: (request, begin) =>
      new Promise((finish) => {
        waiting.push({request, begin, finish});
        void drain();
      }),
    unhandled(reason, promise = reason) {
      if (cell && runs) cell.loose.set(promise, reason);
      else console.error("unhandled:", reason);
    },
    handled: (promise) => void cell?.loose.delete(promise),
    interrupt() {
      cell?.abort.abort(new Error("interrupted"));
      executor.interrupt();
    },
  };
}
