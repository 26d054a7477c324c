// The file of a lock: an owner's text, whole from the moment at which its name appears, dated by the disk's own clock.

import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import {writeAll} from "../atomic.js";
import {InputError} from "../check.js";
import {type Owner, ownerIn, traceOf} from "./owner.js";

/** A lock as it was read: its owner, where its text names one, and the last heartbeat by the disk's clock. */
export type Found = {readonly owner: Owner | undefined; readonly token: string; readonly beaten: number};

/** Bytes of an owner's text, many times over. */
const MOST_OWNER = 65_536;

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? "";

/** Writes the last byte of an owner's file again; the time that the disk gives it. */
export function touch(file: number): number {
  writeSync(file, "\n", fstatSync(file).size - 1);
  fsyncSync(file); // a network disk sets the time when it has the byte
  return fstatSync(file).mtimeMs;
}

/** A new file with the text of `me`, open. */
export function writeOwn(path: string, me: Owner): number {
  const file = openSync(path, "wx+");
  try {
    writeAll(file, Buffer.from(`${JSON.stringify(me)}\n`));
    fsyncSync(file);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** Gives a file a second name where that is free; on disks without links, copies it under the new name. */
export function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(codeOf(error))) throw error;
  }
  try {
    copyFileSync(from, to, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** Replaces the lock at `path` by one of `me`, whole. */
export function writeOver(path: string, me: Owner): void {
  const beside = `${path}.${traceOf(me)}.${me.token}.over`;
  closeSync(writeOwn(beside, me));
  renameSync(beside, path);
}

const noLock = (path: string, why: string): InputError => new InputError(`${path} ${why}; expected a lock: remove it`);

/** The lock at `path`; undefined where there is none. */
export function readLock(path: string): Found | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    if (codeOf(error) === "ELOOP" || codeOf(error) === "EMLINK") throw noLock(path, "is a link");
    throw error;
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw noLock(path, "is not a file");
    const owner = stat.size > MOST_OWNER ? undefined : ownerIn(readFileSync(file, "utf8"));
    return {owner, token: owner?.token ?? `${stat.ino}-${stat.mtimeMs}`, beaten: stat.mtimeMs};
  } finally {
    closeSync(file);
  }
}
