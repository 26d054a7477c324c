// The weights of one layer, packed. Three forms, of which each layer takes the shortest unless one is asked for:
//
//   dense     every weight: b bits, or b + 1 where pruning took some (the code 2^b is a pruned weight's)
//   bitmask   one bit for each weight says whether it stays, then b bits for each that does
//   entropy   the same two parts, each compressed by brotli (Node's own, quality 11); codes whose bits do not divide 8 as bytes
//
//   block   u8 form │ u8 bits │ u8 steps are powers of two │ u32 steps │ steps: f32, or i8 exponents │ u32 │ mask │ u32 │ codes
//
// Little-endian. Without steps bits are 32, and codes are the float32 themselves; without a mask all weights stay. 0 is pruned.

import {constants, brotliCompressSync, brotliDecompressSync} from "node:zlib";
import {check, checkName} from "../check.js";
import {packBits, packedLength, unpackBits} from "./bitPacking.js";
import type {ByteReader} from "./byteReader.js";
import {codeOf, countKept, type LayerFormat, levelOf, type Steps, stepOf} from "./weightCodes.js";

/** The forms, by their byte in the file. */
export const FORMS = {dense: 0, bitmask: 1, entropy: 2} as const;
export type Form = keyof typeof FORMS;

const FLOAT_BITS = 32;

const floats = (values: Float32Array): Buffer => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

function compressed(bytes: Buffer): Buffer {
  if (bytes.length === 0) return bytes;
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return brotliCompressSync(bytes, {params});
}

/** Bits of a code where brotli reads it: it counts bytes, which a code must not straddle. */
const widthForEntropy = (bits: number): number => (bits > 8 ? 16 : 8 % bits === 0 ? bits : 8);

/** The codes of all weights; 2^bits of a pruned one. Throws where a weight is no level of the format. */
function codesOf(weights: Float32Array, bits: number, steps: Steps, name: string): Uint32Array {
  return Uint32Array.from(weights, (w, i) => {
    if (w === 0) return 2 ** bits;
    const step = stepOf(steps, i);
    const code = codeOf(w, bits, step);
    if (levelOf(code, bits, step) !== w) throw new Error(`weight ${i} of ${name}, ${w}, is no level of its format`);
    return code;
  });
}

type Parts = {readonly mask: Buffer; readonly codes: Buffer};

/** Mask and codes in a form. */
type Pack = (weights: Float32Array, format: LayerFormat, name: string) => Parts;

const maskOf = (weights: Float32Array): Buffer =>
  countKept(weights) === weights.length ? Buffer.alloc(0) : packBits(Uint8Array.from(weights, (w) => (w === 0 ? 0 : 1)), 1); // prettier-ignore

const keptCodes = (weights: Float32Array, {bits, steps}: LayerFormat, name: string, width = bits): Buffer =>
  steps
    ? packBits(codesOf(weights, bits, steps, name).filter((code) => code < 2 ** bits), width) // prettier-ignore
    : Buffer.from(floats(weights.filter((w) => w !== 0)));

const PACKS: Readonly<Record<Form, Pack>> = {
  dense: (weights, {bits, steps}, name) => ({
    mask: Buffer.alloc(0),
    codes: steps ? packBits(codesOf(weights, bits, steps, name), denseWidth(bits, countKept(weights) < weights.length)) : Buffer.from(floats(weights)), // prettier-ignore
  }),
  bitmask: (weights, format, name) => ({mask: maskOf(weights), codes: keptCodes(weights, format, name)}),
  entropy: (weights, format, name) => ({
    mask: compressed(maskOf(weights)),
    codes: compressed(keptCodes(weights, format, name, widthForEntropy(format.bits))),
  }),
};

const denseWidth = (bits: number, zeros: boolean): number => bits + (zeros ? 1 : 0);

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

const stepBytes = ({values, powersOfTwo}: Steps): Buffer =>
  powersOfTwo ? Buffer.from(Int8Array.from(values, Math.log2).buffer) : floats(values);

/** Bit of the third byte: what steps are; and, of the dense form, whether a code means "pruned". */
const POWERS = 1;
const ZEROS = 2;

/** The block of a layer in one form; without a format its weights are float32. */
export function layerBlock(name: string, weights: Float32Array, format: LayerFormat | undefined, form: Form): Buffer {
  checkName("form", form, FORMS);
  const own = format ?? {bits: FLOAT_BITS};
  const {mask, codes} = PACKS[form](weights, own, name);
  const steps = own.steps ? stepBytes(own.steps) : Buffer.alloc(0);
  const zeros = form === "dense" && countKept(weights) < weights.length;
  const flags = (own.steps?.powersOfTwo ? POWERS : 0) | (zeros ? ZEROS : 0);
  const head = Buffer.of(FORMS[form], own.bits, flags);
  return Buffer.concat([head, u32(own.steps?.values.length ?? 0), steps, u32(mask.length), mask, u32(codes.length), codes]); // prettier-ignore
}

/** A part as it was before brotli; it must have `length` bytes. */
function whole(part: Buffer, form: Form, length: number): Buffer {
  const bytes = form === "entropy" && part.length > 0 ? brotliDecompressSync(part, {maxOutputLength: Math.max(1, length)}) : part; // prettier-ignore
  check("bytes of a part", bytes.length, bytes.length === length, `${length}`);
  return bytes;
}

function readSteps(reader: ByteReader, bits: number, powersOfTwo: boolean, channels: number): Steps | undefined {
  const count = reader.u32();
  const expected = bits === FLOAT_BITS ? "0" : `1 or ${channels}`;
  check("steps", count, bits === FLOAT_BITS ? count === 0 : count === 1 || count === channels, expected);
  if (count === 0) return undefined;
  const bytes = reader.take(powersOfTwo ? count : 4 * count);
  const values = Float32Array.from({length: count}, (_, i) => (powersOfTwo ? 2 ** bytes.readInt8(i) : bytes.readFloatLE(4 * i))); // prettier-ignore
  check("steps", [...values.slice(0, 8)], values.every((step) => step > 0 && step < Infinity), "numbers > 0"); // prettier-ignore
  return {values, powersOfTwo};
}

/** The weights of a layer of `count` weights to `channels` output channels, and their format. */
export function readLayerBlock(
  reader: ByteReader,
  {count, channels}: {readonly count: number; readonly channels: number},
): {readonly weights: Float32Array; readonly format: LayerFormat} {
  const [formByte, bits, flags] = [reader.u8(), reader.u8(), reader.u8()];
  const form = (Object.keys(FORMS) as Form[]).find((name) => FORMS[name] === formByte);
  if (form === undefined) throw new Error(`its form ${formByte} is none that is known`);
  check("bits", bits, bits === FLOAT_BITS || (bits >= 1 && bits <= 16), "1 to 16, or 32");
  const steps = readSteps(reader, bits, (flags & POWERS) !== 0, channels);
  const packedMask = reader.take(reader.u32());
  const packed = reader.take(reader.u32());
  const format: LayerFormat = {bits, ...(steps && {steps})};
  const zeros = (flags & ZEROS) !== 0;
  if (form === "dense") return {weights: denseWeights(whole(packed, form, denseBytes(count, format, zeros)), count, format, zeros), format}; // prettier-ignore
  const stays = packedMask.length > 0 ? unpackBits(whole(packedMask, form, packedLength(count, 1)), count, 1) : undefined; // prettier-ignore
  const kept = stays ? stays.reduce((sum, bit) => sum + bit, 0) : count;
  const width = form === "entropy" ? widthForEntropy(bits) : bits;
  const codes = whole(packed, form, steps ? packedLength(kept, width) : 4 * kept);
  return {weights: placed(numbersOf(codes, kept, width, steps), count, stays, format), format};
}

const denseBytes = (count: number, {bits, steps}: LayerFormat, zeros: boolean): number =>
  steps ? packedLength(count, denseWidth(bits, zeros)) : 4 * count;

/** Codes, or float32 where there are no steps. */
function numbersOf(bytes: Buffer, count: number, width: number, steps: Steps | undefined): ArrayLike<number> {
  if (steps) return unpackBits(bytes, count, width);
  return Float32Array.from({length: count}, (_, i) => bytes.readFloatLE(4 * i));
}

const weightOf = (number: number, i: number, {bits, steps}: LayerFormat): number =>
  !steps ? number : number >= 2 ** bits ? 0 : levelOf(number, bits, stepOf(steps, i));

function denseWeights(bytes: Buffer, count: number, format: LayerFormat, zeros: boolean): Float32Array {
  const numbers = numbersOf(bytes, count, denseWidth(format.bits, zeros), format.steps);
  return Float32Array.from({length: count}, (_, i) => weightOf(numbers[i]!, i, format));
}

/** What is kept, at its places. */
function placed(
  numbers: ArrayLike<number>,
  count: number,
  stays: Uint32Array | undefined,
  format: LayerFormat,
): Float32Array {
  // prettier-ignore
  let next = 0;
  return Float32Array.from({length: count}, (_, i) => (stays && !stays[i] ? 0 : weightOf(numbers[next++]!, i, format)));
}
