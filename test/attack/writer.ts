// A process that writes until it is killed: whole files of changing size, each with the sum of its bytes, and a journal whose ids it
// says once they are kept.

import {createHash} from "node:crypto";
import {join} from "node:path";
import {writeWhole} from "../../src/atomic.js";
import {openJournal, TRIALS} from "../../src/studies/journal.js";
import {recordOf} from "../records/record.js";

/** Bytes that say whether they are whole: the sum of the rest in front. */
export function summed(size: number, fill: number): Buffer {
  const rest = Buffer.alloc(size, fill);
  return Buffer.concat([createHash("sha256").update(rest).digest(), rest]);
}

export const isWhole = (bytes: Buffer): boolean =>
  createHash("sha256").update(bytes.subarray(32)).digest().equals(bytes.subarray(0, 32));

const [, program, folder] = process.argv;
if (program?.endsWith("writer.js") && folder !== undefined) {
  const journal = openJournal(folder, TRIALS);
  const first = journal.finished.size;
  process.stdout.write("ready\n");
  for (let n = first; ; ++n) {
    writeWhole(join(folder, "whole.bin"), summed(1000 * ((n * 37) % 300), n % 256));
    journal.append(recordOf({id: `id${n}`}));
    process.stdout.write(`id${n}\n`);
  }
}
