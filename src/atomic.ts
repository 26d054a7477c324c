// Files appear whole or not at all: written beside, then renamed (by write-file-atomic).

import {mkdirSync, writeSync} from "node:fs";
import {dirname} from "node:path";
import writeFileAtomicSync from "write-file-atomic";

/** Writes a file so that a reader, a kill or a full disk never sees half of it. Makes its folder. */
export function writeWhole(path: string, data: string | Buffer): void {
  mkdirSync(dirname(path), {recursive: true});
  try {
    writeFileAtomicSync.sync(path, data);
  } catch (error) {
    throw new Error(`cannot write ${path}: ${(error as Error).message}; nothing was changed there`);
  }
}

/** Writes all of `data` where the open file stands: a disk that is nearly full takes a part, and says so by a number alone. */
export function writeAll(file: number, data: Buffer): void {
  for (let at = 0; at < data.length; ) at += writeSync(file, data, at);
}
