// Sound in WAV files: RIFF chunks, of which "fmt " says how the samples in "data" are kept. Uncompressed, 16 bits.
//
//   "RIFF", size, "WAVE", then chunks: name, size, content (padded to an even size)                     little-endian

import {invalid} from "../check.js";

/** Samples of the first channel, −1..1, and how many there are in a second. */
export type Sound = {readonly rate: number; readonly samples: Float32Array};

const UNCOMPRESSED = 1;

/** The chunks of a file by name. */
function chunksOf(file: Buffer, what: string): Map<string, Buffer> {
  if (file.toString("latin1", 0, 4) !== "RIFF" || file.toString("latin1", 8, 12) !== "WAVE")
    throw invalid(what, "it does not begin with RIFF … WAVE", "a WAV file");
  const chunks = new Map<string, Buffer>();
  for (let at = 12; at + 8 <= file.length; ) {
    const [name, size] = [file.toString("latin1", at, at + 4), file.readUInt32LE(at + 4)];
    if (at + 8 + size > file.length)
      throw invalid(what, `a chunk ${name.trim()} of ${size} bytes in a file of ${file.length}`, "a whole WAV file");
    chunks.set(name, file.subarray(at + 8, at + 8 + size));
    at += 8 + size + (size % 2);
  }
  return chunks;
}

/** Reads a file's content; `what` names it in errors. */
export function parseWav(file: Buffer, what: string): Sound {
  const chunks = chunksOf(file, what);
  const [format, data] = [chunks.get("fmt "), chunks.get("data")];
  if (!format || format.length < 16 || !data)
    throw invalid(what, [...chunks.keys()].join(", "), `chunks "fmt " and "data"`);
  const [kind, channels, bits] = [format.readUInt16LE(0), format.readUInt16LE(2), format.readUInt16LE(14)];
  if (kind !== UNCOMPRESSED || bits !== 16 || channels < 1)
    throw invalid(`format of ${what}`, `kind ${kind}, ${bits} bits, ${channels} channels`, "uncompressed, 16 bits");
  const samples = new Float32Array(Math.floor(data.length / (2 * channels)));
  for (let i = 0; i < samples.length; ++i) samples[i] = data.readInt16LE(2 * i * channels) / 32768;
  return {rate: format.readUInt32LE(4), samples};
}
