// Arrays in NumPy's .npy format (numpy.lib.format, versions 1 to 3).
//
//   "\x93NUMPY", major, minor, header's length (16 bits in version 1, 32 later), header, data           little-endian
//   header: {'descr': '<f4', 'fortran_order': False, 'shape': (60, 28, 28), }
//
// A header is compared with the bytes that follow it before anything is allocated.

import {invalid, listed} from "../check.js";

export type Npy = {readonly dtype: string; readonly shape: readonly number[]; readonly data: ArrayLike<number>};
export type NpyHeader = {readonly dtype: string; readonly shape: readonly number[]; readonly start: number};

type Reader = {readonly bytes: number; readonly read: (view: DataView, at: number) => number};

const of = (bytes: number, read: Reader["read"]): Reader => ({bytes, read});
/** How an element of each type is read. */
const DTYPES: Readonly<Record<string, Reader>> = {
  "|b1": of(1, (v, at) => v.getUint8(at)),
  "|u1": of(1, (v, at) => v.getUint8(at)),
  "|i1": of(1, (v, at) => v.getInt8(at)),
  "<u2": of(2, (v, at) => v.getUint16(at, true)),
  "<i2": of(2, (v, at) => v.getInt16(at, true)),
  "<u4": of(4, (v, at) => v.getUint32(at, true)),
  "<i4": of(4, (v, at) => v.getInt32(at, true)),
  "<u8": of(8, (v, at) => Number(v.getBigUint64(at, true))),
  "<i8": of(8, (v, at) => Number(v.getBigInt64(at, true))),
  "<f4": of(4, (v, at) => v.getFloat32(at, true)),
  "<f8": of(8, (v, at) => v.getFloat64(at, true)),
};
const MAGIC = "\x93NUMPY";
const LONGEST_HEADER = 65_536;
/** Of a list of names. */
const [MOST_STRINGS, MOST_CHARACTERS] = [65_536, 1024];

/** Whether elements of a type are whole numbers. */
export const isWhole = (dtype: string): boolean => /^.[ui]/.test(dtype);

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Characters of an element of a string type (<U12), or undefined. */
const charactersOf = (dtype: string): number | undefined => {
  const [, n] = /^<U(\d+)$/.exec(dtype) ?? [];
  return n === undefined ? undefined : Number(n);
};

const bytesOf = (dtype: string, what: string): number => {
  const characters = charactersOf(dtype);
  if (characters !== undefined) return 4 * characters;
  const reader = DTYPES[dtype];
  if (!reader) throw invalid(`type of ${what}`, dtype, `${listed(Object.keys(DTYPES))}, as NumPy writes them`);
  return reader.bytes;
};

/** Reads the header at the beginning of a file of `size` bytes, whose data it must fill exactly. */
export function npyHeader(file: Uint8Array, size: number, what: string): NpyHeader {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.toString("latin1", 0, 6) !== MAGIC || bytes.length < 12)
    throw invalid(what, "it does not begin as an array", "an array that NumPy wrote (.npy)");
  const long = bytes[6]! > 1;
  const length = long ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8);
  const start = (long ? 12 : 10) + length;
  if (bytes[6]! > 3 || length > LONGEST_HEADER || start > bytes.length)
    throw invalid(`header of ${what}`, `version ${bytes[6]}, ${length} bytes`, "a whole one of version 1 to 3");
  const text = bytes.toString("latin1", start - length, start);
  const dtype = /'descr':\s*'([^']+)'/.exec(text)?.[1];
  const fortran = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const dimensions = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (dtype === undefined || fortran === undefined || dimensions === undefined)
    throw invalid(`header of ${what}`, text.trim(), "a plain type, an order and a shape");
  if (fortran === "True") throw invalid(`order of ${what}`, "by columns (Fortran)", "by rows: numpy.ascontiguousarray");
  const shape = dimensions.split(",").filter((n) => n.trim() !== "").map(Number); // prettier-ignore
  const expected = start + product(shape) * bytesOf(dtype, what);
  if (expected !== size)
    throw invalid(`size of ${what}`, `${size} bytes`, `${expected}, for ${dtype} of shape [${shape.join(", ")}]; it is truncated or damaged`); // prettier-ignore
  return {dtype, shape, start};
}

/** Reads the numbers of an array; single bytes and floats keep their type. */
export function parseNpy(file: Uint8Array, what: string): Npy {
  const {dtype, shape, start} = npyHeader(file, file.length, what);
  if (charactersOf(dtype) !== undefined) throw invalid(`type of ${what}`, dtype, "numbers");
  const {bytes, read} = DTYPES[dtype]!;
  if (bytes === 1 && dtype !== "|i1") return {dtype, shape, data: file.subarray(start)};
  const view = new DataView(file.buffer, file.byteOffset + start);
  const count = product(shape);
  const data = dtype.startsWith("<f") ? new Float32Array(count) : new Float64Array(count);
  for (let i = 0; i < count; ++i) data[i] = read(view, i * bytes);
  return {dtype, shape, data};
}

/** Reads an array of strings. */
export function parseNpyStrings(file: Uint8Array, what: string): string[] {
  const {dtype, shape, start} = npyHeader(file, file.length, what);
  const characters = charactersOf(dtype);
  if (characters === undefined || shape.length !== 1)
    throw invalid(`array ${what}`, `${dtype} of shape [${shape.join(", ")}]`, "a list of strings");
  if (shape[0]! > MOST_STRINGS || characters > MOST_CHARACTERS)
    throw invalid(`array ${what}`, `${dtype} of shape [${shape.join(", ")}]`, `at most ${MOST_STRINGS} strings of at most ${MOST_CHARACTERS} characters`); // prettier-ignore
  const view = new DataView(file.buffer, file.byteOffset + start);
  const pointsOf = (i: number): number[] =>
    Array.from({length: characters}, (_, j) => view.getUint32(4 * (i * characters + j), true)).filter((p) => p !== 0);
  return Array.from({length: shape[0]!}, (_, i) => {
    const points = pointsOf(i);
    if (points.some((p) => p > 0x10ffff)) throw invalid(`string ${i} of ${what}`, points, "Unicode");
    return String.fromCodePoint(...points);
  });
}
