// The program under attack: a process of its own, with its output, its end, how long it took and the memory that it held.

import {type ChildProcess, spawn} from "node:child_process";
import {readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {packageRoot} from "../../src/root.js";

export type Ran = {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
  /** The most memory that it had at one time, without its children's; 0 where the system does not tell. */
  readonly peakBytes: number;
  /** Whether it had to be killed at the limit. */
  readonly hung: boolean;
};

export type Options = {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** It is killed then, where a processor was there for it; 60 unless told. */
  readonly limitSeconds?: number;
  /** Given the process as soon as it runs: to signal it, to kill it. */
  readonly meanwhile?: (child: ChildProcess) => void;
};

const MILLISECONDS = 20;

/** What `read` gives of a process; `otherwise` where it is gone, or the system does not tell. */
function orElse<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

const told = (path: string): string => orElse(() => readFileSync(path, "utf8").trim(), "");

/** The most memory that a process had at one time, in bytes. */
const highWater = (pid: number): number =>
  1024 * Number(/VmHWM:\s+(\d+) kB/.exec(told(`/proc/${pid}/status`))?.[1] ?? 0);

/** The processes that a process has started. */
export const childrenOf = (pid: number): number[] =>
  told(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);

/** Seconds for which a process's threads were ready and had no processor; 0 where the system does not tell. */
export function waitedFor(pid: number): number {
  const threads = orElse(() => readdirSync(`/proc/${pid}/task`), []);
  const waits = threads.map((thread) => Number(told(`/proc/${pid}/task/${thread}/schedstat`).split(" ")[1] ?? 0));
  return waits.reduce((sum, wait) => sum + wait, 0) / 1e9;
}

/** Whether a process has had `limit` seconds: those do not count in which a loaded machine kept it waiting, up to ten times as many. */
function overLimit(pid: number, seconds: number, limit: number): boolean {
  if (seconds < limit) return false;
  const waited = [pid, ...childrenOf(pid)].reduce((sum, each) => sum + waitedFor(each), 0);
  return seconds - waited > limit || seconds > 10 * limit;
}

/** Runs Node with arguments to its end. */
export function runNode(args: readonly string[], {cwd, env, limitSeconds = 60, meanwhile}: Options = {}): Promise<Ran> {
  const began = performance.now();
  const child = spawn(process.execPath, args, {
    ...(cwd !== undefined && {cwd}),
    env: {...process.env, SPIKEBOOK_DEBUG: "", SPIKEBOOK_ROOT: packageRoot, ...env},
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr, peakBytes, hung] = ["", "", 0, false];
  child.stdout.on("data", (data: Buffer) => (stdout += String(data)));
  child.stderr.on("data", (data: Buffer) => (stderr += String(data)));
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, highWater(child.pid!));
    if (!overLimit(child.pid!, (performance.now() - began) / 1000, limitSeconds)) return;
    hung = true;
    child.kill("SIGKILL");
  }, MILLISECONDS);
  meanwhile?.(child);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => {
      clearInterval(watch);
      resolve({status, signal, stdout, stderr, seconds: (performance.now() - began) / 1000, peakBytes, hung});
    });
  });
}

/** Runs a spikebook command as a user does. */
export const runProgram = (args: readonly string[], options: Options = {}): Promise<Ran> =>
  runNode([join(packageRoot, "bin", "spikebook.js"), ...args], options);

/** Words of errors that no user can act on: the language's and the system's own. */
const RAW =
  /is not a function|is not iterable|is not a constructor|Cannot (read|set|destructure|convert|mix)|is not defined|\b(Type|Range|Reference|Syntax)Error\b|Maximum call stack|Invalid (typed )?array|Unexpected (token|end)|heap out of memory|FATAL ERROR|^\s+at .*:\d+:\d+|SPIKEBOOK_DEBUG=1|Unhandled/m;

/** Whether a text is an error without words for its reader. */
export const isRaw = (text: string): boolean => RAW.test(text);

/**
 * What is wrong with how a command ended that was given something bad: undefined where it refused with clear words and a status, or
 * a sentence. `within` bounds its memory in bytes.
 */
export function notRefused(ran: Ran, within = 2 ** 30): string | undefined {
  const said = ran.stderr.trim().slice(-600);
  if (ran.hung) return `still ran after ${ran.seconds.toFixed(0)} s`;
  if (ran.peakBytes > within) return `held ${(ran.peakBytes / 2 ** 20).toFixed(0)} MiB of memory; ${said}`;
  if (ran.signal !== null) return `died of ${ran.signal}; ${said}`;
  if (ran.status === 0) return `status 0; ${ran.stdout.trim().slice(-300)} ${said}`;
  if (said === "") return `status ${ran.status} without a word`;
  return isRaw(said) ? `a raw error: ${said}` : undefined;
}
