// The safetensors container: named tensors and text, readable from Python, Rust and elsewhere.
//
//   8 bytes n, little-endian │ n bytes of JSON: {"__metadata__": {key: text}, name: {dtype, shape, data_offsets: [begin, end]}} │ values
//
// Offsets count from the end of the header. Here all values are float32, little-endian. The text `sha256` seals the file: the digest
// of all its bytes, with the digits of the digest itself as zeros. https://github.com/huggingface/safetensors

import {createHash} from "node:crypto";
import {closeSync, fstatSync, openSync, readSync} from "node:fs";
import {writeWhole} from "../atomic.js";
import {InputError} from "../check.js";

export type TensorValues = {readonly shape: readonly number[]; readonly values: Float32Array};
export type TensorFile = {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, TensorValues>;
};

/** Bytes of a header beyond which a file is refused; other readers of the format have the same limit. */
const LARGEST_HEADER = 100e6;
const NO_DIGEST = "0".repeat(64);
const SEAL = '"sha256":"';

const digestOf = (header: Buffer, body: Buffer, length: Buffer): string =>
  createHash("sha256").update(length).update(header).update(body).digest("hex");

/** 8 bytes that say how long the header is. */
function lengthOf(header: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return length;
}

/** Writes a sealed file, whole or not at all. Tensors come in the order of the map. */
export function writeTensorFile(path: string, {metadata, tensors}: TensorFile): void {
  let end = 0;
  const table = [...tensors].map(([name, {shape, values}]) => {
    const begin = end;
    end += values.byteLength;
    return [name, {dtype: "F32", shape, data_offsets: [begin, end]}] as const;
  });
  const text = JSON.stringify({__metadata__: {sha256: NO_DIGEST, ...metadata}, ...Object.fromEntries(table)});
  const bytes = Buffer.byteLength(text);
  const header = Buffer.alloc(Math.ceil(bytes / 8) * 8, " "); // values begin at a multiple of 8
  header.write(text);
  const parts = [...tensors.values()].map(({values: v}) => Buffer.from(v.buffer, v.byteOffset, v.byteLength));
  const body = Buffer.concat(parts);
  const length = lengthOf(header);
  const digest = digestOf(header, body, length);
  header.write(digest, header.indexOf(SEAL) + SEAL.length);
  writeWhole(path, Buffer.concat([length, header, body]));
}

type Entry = {readonly name: string; readonly shape: readonly number[]; readonly begin: number; readonly end: number};

/** Why a file cannot be read. */
export type Refuse = (why: string) => InputError;

const isText = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === "object" && value !== null && Object.values(value).every((text) => typeof text === "string");

function entryOf(name: string, value: unknown, refuse: Refuse): Entry {
  const {dtype, shape, data_offsets: offsets} = (value ?? {}) as Record<string, unknown>;
  if (dtype !== "F32") throw refuse(`its tensor ${name} is of type ${String(dtype)}, not F32`);
  const whole = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (!whole(shape) || !whole(offsets) || offsets.length !== 2)
    throw refuse(`its tensor ${name} has no shape or place`);
  const [begin, end] = offsets as [number, number];
  if (end - begin !== 4 * shape.reduce((n, d) => n * d, 1))
    throw refuse(`its tensor ${name} of shape [${shape.join(", ")}] has ${end - begin} bytes`);
  return {name, shape, begin, end};
}

/** The table of tensors, without gaps, that fills `size` bytes. */
function tableOf(header: Readonly<Record<string, unknown>>, size: number, refuse: Refuse): Entry[] {
  const entries = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, value]) => entryOf(name, value, refuse))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let at = 0;
  for (const {name, begin, end} of entries) {
    if (begin !== at) throw refuse(`its tensor ${name} begins at byte ${begin} of the values, not at ${at}`);
    at = end;
  }
  if (at !== size) throw refuse(`its tensors take ${at} bytes, and ${size} are there: it is not whole`);
  return entries;
}

/** The next `count` bytes of an open file. */
function take(file: number, count: number, position: number, refuse: Refuse): Buffer {
  const bytes = Buffer.allocUnsafe(count);
  for (let done = 0; done < count; ) {
    const read = readSync(file, bytes, done, count - done, position + done);
    if (read === 0) throw refuse("it ends early");
    done += read;
  }
  return bytes;
}

/**
 * Reads a file. `accept` sees the metadata before anything else is taken into memory, and throws where the file is not one of its
 * own. A file that was changed anywhere since it was written is refused.
 */
export function readTensorFile(
  path: string,
  {refuse, accept}: {readonly refuse: Refuse; readonly accept: (metadata: TensorFile["metadata"]) => void},
): TensorFile {
  const file = openSync(path, "r");
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw refuse("it is no file");
    if (stat.size < 8) throw refuse(`it has ${stat.size} bytes`);
    const length = take(file, 8, 0, refuse);
    const count = length.readBigUInt64LE();
    if (count > BigInt(LARGEST_HEADER) || count > BigInt(stat.size - 8))
      throw refuse(`it is no safetensors file, or not whole: its header would have ${count} of ${stat.size} bytes`);
    const header = take(file, Number(count), 8, refuse);
    const {__metadata__: metadata, ...table} = headerOf(header, refuse);
    if (!isText(metadata)) throw refuse("it has no metadata");
    accept(metadata);
    const body = stat.size - 8 - header.length;
    const entries = tableOf(table, body, refuse);
    const values = take(file, body, 8 + header.length, refuse);
    checkSeal(metadata.sha256, {length, header, values, refuse});
    return {metadata, tensors: new Map(entries.map((entry) => [entry.name, valuesOf(entry, values)]))};
  } finally {
    closeSync(file);
  }
}

function headerOf(header: Buffer, refuse: Refuse): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(header.toString());
  } catch {
    throw refuse("its header is not JSON: it is no safetensors file, or damaged");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw refuse("its header is no record");
  return value as Record<string, unknown>;
}

type Sealed = {readonly length: Buffer; readonly header: Buffer; readonly values: Buffer; readonly refuse: Refuse};

function checkSeal(digest: string | undefined, {length, header, values, refuse}: Sealed): void {
  const place = header.indexOf(SEAL) + SEAL.length;
  const open = Buffer.from(header);
  open.write(NO_DIGEST, place);
  const sealed = header.toString("latin1", place, place + NO_DIGEST.length) === digest;
  if (!sealed || digestOf(open, values, length) !== digest)
    throw refuse("its checksum is not that of its bytes: it was changed or damaged");
}

/** A tensor's values, in memory of their own. */
function valuesOf({shape, begin, end}: Entry, body: Buffer): TensorValues {
  const values = new Float32Array((end - begin) / 4);
  Buffer.from(values.buffer).set(body.subarray(begin, end));
  return {shape, values};
}
