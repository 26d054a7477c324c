// The place of an installed data set: filled beside, by one process at a time, and put in by renames.
//
//   DATA/NAME.lock     held while it is installed; a second installation waits
//   DATA/NAME.partial  what is being brought together
//   DATA/NAME.old      what was installed before, from the one rename to the other
//
// Who dies between the two renames leaves NAME.old alone: whoever asks for the set next gives it its name back.

import {existsSync, renameSync} from "node:fs";
import {rename, rm} from "node:fs/promises";
import {basename, dirname} from "node:path";
import {InputError} from "../check.js";
import {LockedError, takeLock, takeLockInTurn} from "../disk/lock.js";
import {makeFolder, syncFolder, syncTree} from "../disk/syncing.js";
import type {Progress} from "./dataset.js";

const [lockOf, oldOf] = [(folder: string) => `${folder}.lock`, (folder: string) => `${folder}.old`];
const whatOf = (folder: string): string => `the installation of ${folder}`;

/** A set's place while it is this process's. */
export type Place = {
  /** An empty folder to fill. */
  readonly partial: string;
  /** Whether another installation of the same set ended while this one waited for it. */
  readonly waited: boolean;
  /** Puts the partial folder in the place of what is installed. */
  readonly moveIn: () => Promise<void>;
};

type Tools = {readonly signal?: AbortSignal | undefined; readonly onProgress?: Progress | undefined};

/** Lets `fill` install into `folder`, after any other process that does. What it leaves half done is removed. */
export async function installInto<T>(
  folder: string,
  {signal, onProgress}: Tools,
  fill: (place: Place) => Promise<T>,
): Promise<T> {
  makeFolder(dirname(folder));
  const onWait = (seconds: number): void =>
    onProgress?.(Math.floor(seconds), NaN, `seconds waited: ${basename(folder)} is being installed by another process`);
  const {lock, waited} = await takeLockInTurn(lockOf(folder), whatOf(folder), {signal, onWait});
  const partial = `${folder}.partial`;
  try {
    giveBack(folder);
    await rm(partial, {recursive: true, force: true});
    makeFolder(partial);
    const moveIn = (): Promise<void> => {
      if (!lock.held())
        throw new InputError(`${folder} is being installed by another process, which took it over while this one stood still`); // prettier-ignore
      return replace(folder, partial);
    };
    return await fill({partial, waited, moveIn});
  } finally {
    giveBack(folder);
    await rm(partial, {recursive: true, force: true});
    lock.release();
  }
}

async function replace(folder: string, by: string): Promise<void> {
  syncTree(by);
  await rm(oldOf(folder), {recursive: true, force: true});
  if (existsSync(folder)) await rename(folder, oldOf(folder));
  await rename(by, folder);
  syncFolder(dirname(folder));
  await rm(oldOf(folder), {recursive: true, force: true});
}

/** Undoes a replacement that stopped between its renames. */
function giveBack(folder: string): void {
  if (existsSync(folder) || !existsSync(oldOf(folder))) return;
  renameSync(oldOf(folder), folder);
  syncFolder(dirname(folder));
}

/** Milliseconds and times that a reader waits for another process between its two renames. */
const [PAUSE, PATIENCE] = [10, 200];

/** Whether something is installed in `folder`. Where a process died while it replaced it, what was there before is. */
export function isInstalled(folder: string): boolean {
  for (let patience = PATIENCE; !existsSync(folder) && existsSync(oldOf(folder)) && patience > 0; --patience)
    try {
      const lock = takeLock(lockOf(folder), whatOf(folder));
      giveBack(folder);
      lock.release();
    } catch (error) {
      if (!(error instanceof LockedError))
        throw new InputError(`${folder} was being replaced when a process died; rename ${oldOf(folder)} to ${folder}`, {cause: error}); // prettier-ignore
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
    }
  return existsSync(folder);
}
