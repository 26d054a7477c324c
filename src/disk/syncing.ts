// What makes files survive a power failure: their bytes and the names in their folder are forced onto the disk.

import {spawnSync} from "node:child_process";
import {closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync} from "node:fs";
import {dirname, join, resolve} from "node:path";
import {InputError} from "../check.js";

const sync = (path: string): void => {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

/** What systems and disks say that cannot sync a folder: Windows, some network disks. */
const CANNOT = ["EISDIR", "EPERM", "EACCES", "EINVAL", "ENOTSUP", "EBADF"];

/** Syncs the names in a folder, where the system can. */
export function syncFolder(folder: string): void {
  try {
    sync(folder);
  } catch (error) {
    if (!CANNOT.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

/** Makes a folder and those that it stands in, and syncs their names. Node's own `recursive` never ends below /proc. */
export function makeFolder(folder: string): void {
  const absent: string[] = [];
  for (let at = resolve(folder); !existsSync(at) && at !== dirname(at); at = dirname(at)) absent.unshift(at);
  for (const path of absent) {
    try {
      mkdirSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST")
        throw new InputError(`cannot make ${folder}: ${(error as Error).message}`, {cause: error});
    }
    syncFolder(dirname(path));
  }
}

/** Files of a folder up to which each is synced by itself; of many, the system syncs the whole disk at once. */
const FEW = 100;

/** Syncs everything in a folder. */
export function syncTree(folder: string): void {
  const entries = readdirSync(folder, {recursive: true, encoding: "utf8"});
  if (entries.length > FEW && spawnSync("sync", ["-f", folder], {stdio: "ignore"}).status === 0) return;
  for (const name of [...entries, "."]) syncFolder(join(folder, name));
}
