// The one way in which a file or an archive is read: no more of it than was said before, so that neither memory nor disk is taken by
// what a few bytes can claim, and nothing but plain files, since a pipe has no end.

import {constants} from "node:fs";
import {open, stat} from "node:fs/promises";
import {Transform} from "node:stream";
import {invalid} from "../check.js";

/** What of an archive may be unpacked, in bytes. */
export type Bounds = {
  /** Of the member at a path, or of a plain file. */
  readonly member: (path: string) => number;
  /** Of all together, also of those that are passed over. */
  readonly total: number;
};

/** Ends a stream with an error once more than `most` bytes came. */
export function bounded(most: number, what: string): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      passed += chunk.length;
      if (passed > most) done(invalid(`size of ${what}`, `more than ${most} bytes`, `at most ${most}`));
      else done(null, chunk);
    },
  });
}

/** Whether a path leads to a plain file, through links or not. */
export const isPlainFile = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isFile() ?? false;

/** The content of a plain file of at most `most` bytes. */
export async function readWithin(path: string, most: number): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)); // a pipe that nobody writes would wait here
  try {
    const what = await file.stat();
    if (!what.isFile()) throw invalid(path, "no plain file", "a file");
    if (what.size > most) throw invalid(`size of ${path}`, `${what.size} bytes`, `at most ${most}`);
    const content = Buffer.alloc(what.size);
    let got = 0;
    for (let bytesRead = 1; got < content.length && bytesRead > 0; got += bytesRead)
      ({bytesRead} = await file.read(content, got, content.length - got));
    return content.subarray(0, got);
  } finally {
    await file.close();
  }
}
