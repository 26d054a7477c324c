// A lock that one process holds, of all that see a file: on this machine, or on others that share its disk.
//
//   taken     : the owner is written beside and linked into place, which fails where the name exists, on network disks too; a reader
//               never sees half of it
//   heartbeat : the owner writes the last byte again every 10 s, so that the file's time is of the disk's own clock
//   dead      : its process is gone or, where that cannot be seen (another machine; no /proc), no heartbeat for 3 minutes, measured
//               on the disk's clock by a file that was written this moment: the clocks of two machines are never compared
//   taken over: under a lock of its own, named after the dead owner and taken by these same rules. Whoever holds it reads the dead
//               lock once more and replaces it by one rename. So of many that saw the same dead owner one succeeds, and no lock of a
//               living process is ever moved aside.
//   fenced    : an owner that stood still for so long that it was taken over sees that by `held`, which is asked before every write
//
// Why not proper-lockfile (4.1.2, MIT, the most used): it knows a heartbeat and no owner. A process that dies blocks its folder
// although its pid could be looked up, one that works for 10 s without returning to the event loop loses its lock while it lives, an
// error cannot name who holds it, and two processes that meet a stale lock can both take it (its issue 121). lockfile has the same
// race and is deprecated; flock(2) is not in Node.

import {closeSync, openSync, readdirSync, rmSync} from "node:fs";
import {basename, dirname, join} from "node:path";
import {setTimeout as pause} from "node:timers/promises";
import {InputError} from "../check.js";
import {type Found, linked, readLock, touch, writeOver, writeOwn} from "./lockFile.js";
import {type Owner, runs, thisOwner, TRACE, traceOf, traceRuns} from "./owner.js";

/** Milliseconds between two heartbeats, and without one until an owner that cannot be seen counts as dead. */
export type Timing = {readonly beat: number; readonly silence: number};
export const TIMING: Timing = {beat: 10_000, silence: 180_000};

export type Lock = {
  /** Whether it is still this process's: false after another took it over. */
  held(): boolean;
  release(): void;
};

/** The lock is another's. */
export class LockedError extends InputError {}

/** Milliseconds and attempts to wait for another process that is just taking over the same dead lock. */
const [PAUSE, PATIENCE] = [5, 400];

/** Takes the lock at `path`, or throws an error that names who has it. `what` is what it protects: "the study in results/mine". */
export function takeLock(path: string, what: string, timing: Timing = TIMING): Lock {
  const me = thisOwner();
  const own = `${path}.${traceOf(me)}.${me.token}.new`;
  let clock: number | undefined;
  try {
    clock = writeOwn(own, me);
    const other = attempt(path, {me, own, clock, timing});
    if (other) throw new LockedError(refusal(path, what, other, me, timing));
    sweep(path, me);
    return holding(path, me, timing);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`cannot lock ${what} by ${path}: ${(error as Error).message}`, {cause: error});
  } finally {
    if (clock !== undefined) closeSync(clock);
    rmSync(own, {force: true});
  }
}

/** Milliseconds from one look at a lock that another has to the next. */
const LOOK = 200;

/** Takes the lock once it is free. `waited` says whether another had it. */
export async function takeLockInTurn(
  path: string,
  what: string,
  {signal, onWait}: {readonly signal?: AbortSignal | undefined; readonly onWait?: (seconds: number) => void} = {},
): Promise<{readonly lock: Lock; readonly waited: boolean}> {
  const began = performance.now();
  for (let waited = false; ; waited = true) {
    signal?.throwIfAborted();
    try {
      return {lock: takeLock(path, what), waited};
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
    }
    onWait?.((performance.now() - began) / 1000);
    await pause(LOOK, undefined, {signal}).catch(() => undefined);
  }
}

type Attempt = {readonly me: Owner; readonly own: string; readonly clock: number; readonly timing: Timing};

/** Tries to take the lock; returns undefined, or the living owner's. */
function attempt(path: string, by: Attempt): Found | undefined {
  for (let patience = PATIENCE; ; ) {
    if (linked(by.own, path)) return undefined;
    const found = readLock(path);
    if (!found) continue; // released this moment
    if (!dead(found, by)) return found;
    const guard = `${path}.${found.token}`;
    const taker = attempt(guard, by);
    if (taker) {
      if (--patience <= 0) return taker;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
      continue;
    }
    try {
      if (readLock(path)?.token !== found.token) continue; // another was faster
      writeOver(path, by.me);
      return undefined;
    } finally {
      rmSync(guard, {force: true});
    }
  }
}

const dead = ({owner, beaten}: Found, {me, clock, timing}: Attempt): boolean => {
  const alive = owner && runs(owner, me);
  return alive === undefined ? touch(clock) - beaten > timing.silence : !alive;
};

/** What stands beside a lock while it is taken: of whom, whether or not he has written it. */
const BESIDE = new RegExp(`\\.(${TRACE})\\.[\\w-]+\\.(new|over)$`);

/** Removes what processes left that died while they took this lock. */
function sweep(path: string, me: Owner): void {
  for (const name of readdirSync(dirname(path))) {
    if (!name.startsWith(`${basename(path)}.`)) continue;
    const left = join(dirname(path), name);
    try {
      const trace = BESIDE.exec(name)?.[1];
      const owner = readLock(left)?.owner;
      const alive = trace === undefined ? owner && runs(owner, me) : traceRuns(trace, me);
      if (alive === false) rmSync(left, {force: true});
    } catch {
      // not ours to judge: what stands there changes nothing about the lock
    }
  }
}

/** The lock as its owner keeps it: beaten by a timer that keeps no process alive. */
function holding(path: string, me: Owner, {beat}: Timing): Lock {
  const held = (): boolean => readLock(path)?.token === me.token;
  const file = openSync(path, "r+"); // of this file alone, whatever becomes of its name
  const timer = setInterval(() => {
    try {
      touch(file);
    } catch {
      // a disk that is away for a moment; `held` sees whether the lock was lost meanwhile
    }
  }, beat).unref();
  return {
    held,
    release() {
      clearInterval(timer);
      closeSync(file);
      if (held()) rmSync(path, {force: true});
    },
  };
}

function refusal(path: string, what: string, {owner, beaten}: Found, me: Owner, {silence}: Timing): string {
  const elsewhere = "wait for it, or choose another folder";
  const away = `if it is gone, the folder is free ${Math.round(silence / 1000)} s after its last sign of life (${new Date(beaten).toISOString()}), or delete ${path}`;
  if (!owner) return `${what} has a lock that names no process: ${path}; ${elsewhere}; ${away}`;
  const {host, pid, since} = owner;
  const seen = runs(owner, me);
  if (seen && pid === me.pid)
    return `${what} is being run by this process (${pid}), since ${since} (${path}); ${elsewhere}`;
  const who = `process ${pid} on ${host === me.host && seen !== undefined ? `this machine, ${host}` : host}`;
  return `${what} is being run by ${who}, since ${since} (${path}); ${elsewhere}${seen === undefined ? `; ${away}` : ""}`;
}
