// Files of text, read within a bound: a file may be of any size, and memory is taken for as much as one of its kind can hold.

import {closeSync, constants, fstatSync, openSync, readSync} from "node:fs";
import {stepAside} from "../giveWay.js";

/** Bytes of a file that is read whole, and of a line of one that is read by lines: many times what is ever written. */
const [MOST_TEXT, MOST_LINE] = [2 ** 28, 2 ** 26];
/** Bytes that are read at once, and of a file whose reading takes so long that signals must not wait for it. */
const [PIECE, LONG] = [2 ** 20, 2 ** 23];

/** How many bytes a file has at most, and the error for one that cannot be read: why, and in which line, from 1. */
export type Bounded = {readonly most: number; readonly refuse: (why: string, line?: number) => Error};

/** Opens a plain file for reading; a pipe that nobody writes does not wait here. */
function openPlain(path: string, {most, refuse}: Bounded): {readonly file: number; readonly size: number} {
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw refuse("it is no file");
    if (stat.size > most) throw refuse(`it has ${stat.size} bytes, and may have at most ${most}`);
    if (stat.size > LONG) stepAside();
    return {file, size: stat.size};
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** The text of a file. Its errors are bare reasons, for a reader that knows what the file is for. */
export function readText(path: string): string {
  const {file, size} = openPlain(path, {most: MOST_TEXT, refuse: (why) => new Error(why)});
  try {
    const bytes = Buffer.alloc(size);
    let got = 0;
    for (let read = 1; got < size && read > 0; got += read) read = readSync(file, bytes, got, size - got, got);
    return bytes.toString("utf8", 0, got);
  } finally {
    closeSync(file);
  }
}

/** A line: its text, its number from 1, and the byte at which the next one begins. */
export type Line = {readonly text: string; readonly number: number; readonly end: number};

/** The lines of a file that end with \n, read one after another, so that one is in memory; what follows the last \n is passed over. */
export function* linesOf(path: string, bounds: Bounded): Generator<Line> {
  const {file} = openPlain(path, bounds);
  try {
    let held: Buffer[] = [];
    let [length, number, begin] = [0, 1, 0];
    const hold = (part: Buffer): void => {
      held.push(part);
      length += part.length;
      if (length > MOST_LINE) throw bounds.refuse(`it has more than ${MOST_LINE} bytes`, number);
    };
    for (;;) {
      const room = Buffer.allocUnsafe(PIECE);
      const piece = room.subarray(0, readSync(file, room, 0, PIECE, null));
      if (piece.length === 0) return;
      let at = 0;
      for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, at)) {
        hold(piece.subarray(at, end));
        yield {text: Buffer.concat(held).toString("utf8"), number, end: begin + end + 1};
        [held, length, number, at] = [[], 0, number + 1, end + 1];
      }
      hold(piece.subarray(at));
      begin += piece.length;
    }
  } finally {
    closeSync(file);
  }
}
