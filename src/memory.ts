// What this machine can hold, asked before it is taken.

import {constants} from "node:buffer";
import {totalmem} from "node:os";
import {invalid} from "./check.js";

/** Bytes of memory that this process may have: the machine's, or less where a container is given less. */
export const machineMemory = (): number => Math.min(totalmem(), process.constrainedMemory() || Infinity);

/** Bytes that one array can be long. */
export const LONGEST_ARRAY = Math.min(constants.MAX_LENGTH, 2 ** 33);

const spelled = (bytes: number): string => `${(bytes / 1e9).toPrecision(3)} GB`;

/** Throws where `what` needs more bytes, at the least, than there can be; `instead` says what would do. */
export function checkMemory(what: string, bytes: number, instead: string, held = machineMemory()): void {
  if (bytes > held) throw invalid(`memory of ${what}`, `at least ${spelled(bytes)}`, `at most ${spelled(held)}: ${instead}`); // prettier-ignore
}
