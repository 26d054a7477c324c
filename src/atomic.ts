// Files appear whole or not at all: on a full disk, after a kill, after a power failure.
//
//   beside  : all bytes go into a new file of the same folder, and onto the disk
//   rename  : it takes the place of the old file, which stays until then; then the folder's names go onto the disk
//   leftover: who is killed leaves the file beside. Its name says whose it is, and whoever writes into the folder next removes those
//             of processes that are gone; where that cannot be seen (another machine), those that nobody touched for an hour

import {randomBytes} from "node:crypto";
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import {basename, dirname, join} from "node:path";
import {InputError} from "./check.js";
import {type Owner, thisOwner, TRACE, traceOf, traceRuns} from "./disk/owner.js";
import {makeFolder, syncFolder} from "./disk/syncing.js";

/** Milliseconds after which a leftover of a process that cannot be seen is removed, by the disk's clock. */
const ABANDONED = 3_600_000;

let found: Owner | undefined;
const here = (): Owner => (found ??= thisOwner());

const besideName = (): string => `.spikebook-${traceOf(here())}-${randomBytes(4).toString("hex")}.tmp`;
const BESIDE = new RegExp(`^\\.spikebook-(${TRACE})-[0-9a-f]{8}\\.tmp$`);

/** Removes what dead writers left in a folder. `now` is a moment of the disk's own clock. */
function sweep(folder: string, now: number): void {
  try {
    for (const name of readdirSync(folder).filter((other) => BESIDE.test(other))) {
      const path = join(folder, name);
      const alive = traceRuns(BESIDE.exec(name)![1]!, here());
      const touched = alive === undefined ? statSync(path, {throwIfNoEntry: false})?.mtimeMs : now;
      if (alive === false || now - (touched ?? now) > ABANDONED) rmSync(path, {force: true});
    }
  } catch {
    // a folder that cannot be listed: what lies there harms nobody
  }
}

/** Writes all of `data` where the open file stands: a disk that is nearly full takes a part, and says so by a number alone. */
export function writeAll(file: number, data: Uint8Array): void {
  for (let at = 0; at < data.length; ) {
    const written = writeSync(file, data, at);
    if (written === 0) throw new Error("the disk takes no more bytes");
    at += written;
  }
}

/** Gives a new file the owner and the mode of the one that it replaces, as far as that is allowed. */
function likeOld(file: number, old: Stats | undefined): void {
  if (!old) return;
  try {
    fchmodSync(file, old.mode & 0o7777);
    fchownSync(file, old.uid, old.gid);
  } catch {
    // another user's file, or a disk that has no owners
  }
}

/** Writes `data` beside `path`, onto the disk, and renames it. */
function replace(path: string, data: Uint8Array, old: Stats | undefined): void {
  const folder = dirname(path);
  const beside = join(folder, besideName());
  let left = false;
  try {
    const file = openSync(beside, "wx");
    left = true;
    try {
      writeAll(file, data);
      likeOld(file, old);
      fsyncSync(file);
      sweep(folder, fstatSync(file).mtimeMs);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
    left = false;
  } finally {
    if (left) rmSync(beside, {force: true});
  }
}

/** Where a link leads; a path that names nothing yet stays as it is. */
function leadingTo(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Writes a file so that no reader, kill, full disk or power failure leaves half of it. Makes its folder. */
export function writeWhole(path: string, data: string | Uint8Array): void {
  let target = path;
  try {
    makeFolder(dirname(path));
    target = leadingTo(path);
    const old = statSync(target, {throwIfNoEntry: false});
    if (old && !old.isFile()) throw new Error(`${basename(target)} is there and is no file`);
    replace(target, typeof data === "string" ? Buffer.from(data) : data, old);
  } catch (error) {
    throw new InputError(`cannot write ${path}: ${(error as Error).message}; nothing was changed there`, {
      cause: error,
    });
  }
  syncFolder(dirname(target));
}

/** Appends to an open file, onto the disk; a disk that cannot take all of `data` is left with none of it. */
export function appendWhole(file: number, path: string, data: string): void {
  const before = fstatSync(file).size;
  try {
    writeAll(file, Buffer.from(data));
    fsyncSync(file);
  } catch (error) {
    try {
      ftruncateSync(file, before);
    } catch {
      // the torn end is cut off when the file is opened again
    }
    throw new InputError(`cannot write ${path}: ${(error as Error).message}; what was finished before is kept there`);
  }
}
