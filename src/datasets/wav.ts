// Sound in WAV files, one channel of integers or floats, parsed by wavefile.
//
// The package takes what is there of a file that was cut; here the lengths that a file declares must be the ones it has.

import wavefile from "wavefile";
import {InputError, invalid} from "../check.js";

/** Samples, −1..1, and how many there are in a second. */
export type Sound = {readonly rate: number; readonly samples: Float32Array};

/** Of what the package reads; its types say no more than `object`. */
type Format = {readonly audioFormat: number; readonly numChannels: number; readonly sampleRate: number; readonly bitsPerSample: number}; // prettier-ignore
type Data = {readonly chunkSize: number; readonly samples: Uint8Array};

const [INTEGERS, FLOATS, EXTENSIBLE] = [1, 3, 0xfffe];
/** Kinds of samples and their bits. */
const BITS: Readonly<Record<number, readonly number[]>> = {[INTEGERS]: [8, 16, 24, 32], [FLOATS]: [32, 64], [EXTENSIBLE]: [16, 24, 32]}; // prettier-ignore

function parsed(file: Buffer, what: string): wavefile.WaveFile {
  const wav = new wavefile.WaveFile();
  try {
    wav.fromBuffer(file);
  } catch (error) {
    throw invalid(what, (error as Error).message, "a whole WAV file");
  }
  return wav;
}

const valuesOf = (wav: wavefile.WaveFile): ArrayLike<number> => wav.getSamples(false, Float64Array);

/** Two bytes a sample, little-endian: the package takes 2 ms for a second of sound, and data sets have hours. */
function shortsOf({samples: bytes}: Data): ArrayLike<number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Int16Array.from({length: bytes.length >> 1}, (_, i) => view.getInt16(2 * i, true));
}

/** Integers of so many bits on the scale −1..1; those of 8 bits have no sign. */
function scaled(values: ArrayLike<number>, bits: number): Float32Array {
  const [zero, most] = [bits === 8 ? 128 : 0, 2 ** (bits - 1)];
  return Float32Array.from(values, (value) => (value - zero) / most);
}

/** Reads a file's content, at `rate` samples a second where that is given; `what` names it in errors. */
export function parseWav(file: Buffer, what: string, rate?: number): Sound {
  const wav = parsed(file, what);
  const [format, data] = [wav.fmt as Format, wav.data as Data];
  const {audioFormat: kind, numChannels, sampleRate, bitsPerSample: bits} = format;
  if (!BITS[kind]?.includes(bits))
    throw invalid(`format of ${what}`, `kind ${kind}, ${bits} bits`, "uncompressed, 8, 16, 24 or 32 bits, or floats");
  if (numChannels !== 1) throw invalid(`channels of ${what}`, numChannels, "1: mono");
  if (data.samples.length !== data.chunkSize)
    throw invalid(`samples of ${what}`, `${data.samples.length} bytes of the ${data.chunkSize} that it declares`, "a whole WAV file"); // prettier-ignore
  if (rate !== undefined && sampleRate !== rate) throw invalid(`rate of ${what}`, sampleRate, `${rate} samples a second`); // prettier-ignore
  if (data.samples.length < bits / 8) throw new InputError(`${what} is empty: it has no samples`);
  const samples = kind === FLOATS ? Float32Array.from(valuesOf(wav)) : scaled(bits === 16 ? shortsOf(data) : valuesOf(wav), bits); // prettier-ignore
  if (!samples.every(Number.isFinite)) throw invalid(`samples of ${what}`, "numbers that are not finite", "−1 to 1");
  return {rate: sampleRate, samples};
}
