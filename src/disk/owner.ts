// Who holds a lock, so that another process can tell whether it still lives.
//
// A pid alone says little: another machine has its own, and a pid is given again once its process has ended. So an owner names its
// machine and the moment at which its process started, in clock ticks since boot as Linux's proc(5) says (field 22 of /proc/PID/stat).

import {createHash, randomUUID} from "node:crypto";
import {readFileSync, readlinkSync} from "node:fs";
import {hostname} from "node:os";

export type Owner = {
  readonly host: string;
  /** Boot and namespace of process ids: these can be compared only where both are equal. "" where the system does not say. */
  readonly machine: string;
  readonly pid: number;
  /** When the process started; "" where the system does not say. */
  readonly started: string;
  /** When it took the lock, for people. */
  readonly since: string;
  /** Names this one holding of a lock. */
  readonly token: string;
};

/** What `read` gives, or "" on systems that lack it. */
function orNothing(read: () => string): string {
  try {
    return read().trim();
  } catch {
    return "";
  }
}

const machine = (): string =>
  [
    orNothing(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8")),
    orNothing(() => readlinkSync("/proc/self/ns/pid")),
  ].join(" ");

/** State and start of a process by /proc; "" where there is no such process, or the system does not show it. */
function processOf(pid: number): {readonly state: string; readonly started: string} {
  const stat = orNothing(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // the name before it may hold blanks and parentheses
  return {state: fields[0] ?? "", started: fields[19] ?? ""};
}

/** This process, about to take a lock. */
export const thisOwner = (): Owner => ({
  host: hostname(),
  machine: machine(),
  pid: process.pid,
  started: processOf(process.pid).started,
  since: new Date().toISOString(),
  token: randomUUID(),
});

/** Whether a process of this machine has this pid; it may be another user's. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether an owner's process runs; undefined where that cannot be seen from `here`. */
export function runs(owner: Owner, here: Owner): boolean | undefined {
  if (owner.host !== here.host || owner.machine !== here.machine) return undefined;
  if (!exists(owner.pid)) return false;
  const {state, started} = processOf(owner.pid);
  if (state === "Z" || state === "X") return false; // ended, and not yet waited for by its parent
  return started === "" || owner.started === "" ? undefined : started === owner.started;
}

const machineDigest = ({host, machine}: Owner): string =>
  createHash("sha256").update(`${host} ${machine}`).digest("hex").slice(0, 8);

/** An owner as a part of a file's name: who is writing it, though it may still be empty. */
export const traceOf = (owner: Owner): string => `${machineDigest(owner)}-${owner.pid}-${owner.started || 0}`;
export const TRACE = "[0-9a-f]{8}-\\d+-\\d+";

/** Whether the process of a trace runs; undefined where that cannot be seen from `here`. */
export function traceRuns(trace: string, here: Owner): boolean | undefined {
  const [machine, pid, started] = trace.split("-");
  if (machine !== machineDigest(here)) return undefined;
  return runs({...here, pid: Number(pid), started: started === "0" ? "" : started!}, here);
}

/** The owner that a lock's text names; undefined where it names none. */
export function ownerIn(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Owner;
    const texts = [owner.host, owner.machine, owner.started, owner.since, owner.token];
    if (!texts.every((part) => typeof part === "string") || !Number.isSafeInteger(owner.pid)) return undefined;
    return /^[\w-]+$/.test(owner.token) ? owner : undefined; // the token becomes part of a file's name
  } catch {
    return undefined;
  }
}
