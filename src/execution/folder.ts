// A folder that one process writes: made where it is absent, locked, and gone again where nothing was written into it.

import {existsSync, mkdirSync, rmdirSync, statSync} from "node:fs";
import {dirname, join, resolve} from "node:path";
import {InputError, invalid} from "../check.js";
import {type Lock, takeLock} from "../disk/lock.js";
import {syncFolder} from "../disk/syncing.js";

/** Attempts to make a folder that another process, which had made it, removes at the same moment. */
const ATTEMPTS = 5;

/** Makes `folder` where it is absent and takes its lock. `what` is said of it in errors: "the study in results/mine". */
export function takeFolder(folder: string, lockName: string, what: string): Lock {
  if (folder === "") throw invalid("folder", folder, "a path");
  for (let attempt = 1; ; ++attempt) {
    const made: string[] = [];
    try {
      makeFolders(resolve(folder), made);
      const lock = takeLock(join(folder, lockName), what);
      return {
        held: lock.held,
        release() {
          lock.release();
          removeEmpty(made);
        },
      };
    } catch (error) {
      removeEmpty(made);
      const {cause} = error as {cause?: NodeJS.ErrnoException};
      if (cause?.code !== "ENOENT" || attempt >= ATTEMPTS) throw error;
    }
  }
}

/** Makes a folder and those that it stands in; adds the new ones to `made`, the outermost first. */
function makeFolders(folder: string, made: string[]): void {
  const absent: string[] = [];
  for (let path = folder; !existsSync(path) && path !== dirname(path); path = dirname(path)) absent.unshift(path);
  if (absent.length === 0 && !statSync(folder).isDirectory()) throw invalid("folder", folder, "a folder, not a file");
  for (const path of absent)
    try {
      mkdirSync(path);
      made.push(path);
      syncFolder(dirname(path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST")
        throw new InputError(`cannot make ${folder}: ${(error as Error).message}`, {cause: error});
    }
}

function removeEmpty(folders: readonly string[]): void {
  try {
    for (const folder of [...folders].reverse()) rmdirSync(folder);
  } catch {
    // something was written into it
  }
}
