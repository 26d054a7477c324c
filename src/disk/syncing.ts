// What makes files survive a power failure: their bytes and the names in their folder are forced onto the disk.

import {spawnSync} from "node:child_process";
import {closeSync, fsyncSync, mkdirSync, openSync, readdirSync} from "node:fs";
import {dirname, join, resolve} from "node:path";

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

/** Makes a folder and those that it stands in; their names are synced. */
export function makeFolder(folder: string): void {
  const first = mkdirSync(folder, {recursive: true});
  if (first !== undefined) syncNames(resolve(first), resolve(folder));
}

/** Syncs the names of the folders from `first` down to `last`, which stands in it. */
function syncNames(first: string, last: string): void {
  for (let at = last; at.length >= first.length; at = dirname(at)) syncFolder(dirname(at));
}

/** Files of a folder up to which each is synced by itself; of many, the system syncs the whole disk at once. */
const FEW = 100;

/** Syncs everything in a folder. */
export function syncTree(folder: string): void {
  const entries = readdirSync(folder, {recursive: true, encoding: "utf8"});
  if (entries.length > FEW && spawnSync("sync", ["-f", folder], {stdio: "ignore"}).status === 0) return;
  for (const name of [...entries, "."]) syncFolder(join(folder, name));
}
