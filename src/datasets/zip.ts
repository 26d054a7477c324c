// Reads the members of a zip archive one after another (PKWARE APPNOTE 6.3, without encryption or volumes).
//
// The central directory at the end says where each member lies, how it is packed and what its CRC-32 is. Archives with
// more than 65,535 members state their directory's place in the ZIP64 record. Sizes that an archive states are compared with
// the file's own, with what deflate can reach and with what the reader allows, before memory is taken for them.

import {closeSync, fstatSync, openSync, readSync} from "node:fs";
import {crc32, constants, inflateRawSync} from "node:zlib";
import {invalid} from "../check.js";
import {stepAside} from "../giveWay.js";

const END = 0x06054b50;
const END64_LOCATOR = 0x07064b50;
const DIRECTORY_ENTRY = 0x02014b50;
/** Bytes of a member that are held in one buffer. */
const MOST_BYTES = 2 ** 31 - 1;
/** Of the directory: 300,000 members with long names. */
const MOST_DIRECTORY = 2 ** 25;
/** Bytes that one packed byte becomes at most, by the format. */
const DEFLATE_RATIO = 1032;
/** What all members that are read of an archive below 10 MB may unpack to together, and how many times a larger one. */
const SMALL = {packed: 1e7, unpacked: 2 ** 28, ratio: 200};
/** Packed bytes that are read for the beginning of a member. */
const FIRST_PACKED = 65_536;

export type ZipMember = {
  readonly path: string;
  /** Bytes when unpacked, as the archive states. */
  readonly size: number;
  /** The member whole, its CRC-32 checked; throws where it states more than `most` bytes. */
  readonly bytes: (most?: number) => Uint8Array;
  /** What the first 64 KiB of the packed member unpack to; nothing is checked. */
  readonly beginning: () => Uint8Array;
};

type Archive = {readonly path: string; readonly file: number; readonly size: number};

/** Bytes that the members of an archive of this size may become while they are held together. */
export const mostTogether = (size: number): number =>
  size < SMALL.packed ? SMALL.unpacked : Math.max(SMALL.unpacked, SMALL.ratio * size);

function range({file, size}: Archive, start: number, length: number): Buffer {
  const buffer = Buffer.alloc(Math.max(0, Math.min(length, size - start, MOST_BYTES)));
  let read = 0;
  for (let got = 1; read < buffer.length && got > 0; read += got)
    got = readSync(file, buffer, read, buffer.length - read, start + read);
  return buffer.subarray(0, read);
}

/** Place and length of the central directory. */
function findDirectory(archive: Archive): {offset: number; length: number} {
  const {path, size} = archive;
  const tail = range(archive, Math.max(0, size - 65_577), 65_577);
  let at = tail.length - 22;
  while (at >= 0 && tail.readUInt32LE(at) !== END) --at;
  if (at < 0)
    throw invalid(path, "it has no end record", "a whole zip archive; this one is truncated or something else");
  const [length, offset] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
  if (offset !== 0xffffffff && length !== 0xffffffff) return {offset, length};
  if (at < 20 || tail.readUInt32LE(at - 20) !== END64_LOCATOR)
    throw invalid(path, "no ZIP64 record", "a whole zip archive");
  const record = range(archive, Number(tail.readBigUInt64LE(at - 12)), 56);
  if (record.length < 56) throw invalid(path, "no ZIP64 record", "a whole zip archive");
  return {length: Number(record.readBigUInt64LE(40)), offset: Number(record.readBigUInt64LE(48))};
}

/** A member's packed bytes, the first `most` of them. */
function packedBytes(archive: Archive, entry: Buffer, what: string, most = MOST_BYTES): Buffer {
  const [packed, unpacked, offset] = [20, 24, 42].map((at) => entry.readUInt32LE(at)) as [number, number, number];
  if (offset === 0xffffffff || packed === 0xffffffff) throw invalid(what, "it lies beyond 4 GiB", "a smaller archive");
  for (const bytes of [packed, unpacked])
    if (bytes > MOST_BYTES) throw invalid(`size of ${what}`, `${bytes} bytes`, `at most ${MOST_BYTES}`);
  const header = range(archive, offset, 30);
  if (header.length < 30) throw invalid(what, "it lies outside the file", "a whole zip archive; this one is damaged");
  const start = offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (start + packed > archive.size)
    throw invalid(what, `${packed} packed bytes from byte ${start} of ${archive.size}`, "a whole zip archive; this one is truncated"); // prettier-ignore
  return range(archive, start, Math.min(packed, most));
}

function methodOf(entry: Buffer, what: string): number {
  const method = entry.readUInt16LE(10);
  if (method !== 0 && method !== 8) throw invalid(`method of ${what}`, method, "0 (stored) or 8 (deflated)");
  return method;
}

/** Throws on a size that cannot be, or that is more than may be. */
function checkSize(entry: Buffer, method: number, what: string, most: number): void {
  const [packed, size] = [entry.readUInt32LE(20), entry.readUInt32LE(24)];
  if (size > (method === 8 ? DEFLATE_RATIO * packed + 64 : packed))
    throw invalid(`size of ${what}`, `${size} bytes of ${packed} packed ones`, "a whole zip archive; this one is damaged"); // prettier-ignore
  if (size > most) throw invalid(`size of ${what}`, `${size} bytes`, `at most ${most}`);
}

function readMember(archive: Archive, entry: Buffer, what: string, most: number): Uint8Array {
  const method = methodOf(entry, what);
  const [crc, size] = [entry.readUInt32LE(16), entry.readUInt32LE(24)];
  checkSize(entry, method, what, most);
  const data = packedBytes(archive, entry, what);
  let bytes: Buffer;
  try {
    const room = {maxOutputLength: Math.max(1, size), chunkSize: Math.max(64, size)}; // one piece, which is not copied
    bytes = method === 8 ? inflateRawSync(data, room) : data;
  } catch (error) {
    throw invalid(what, (error as Error).message, "a whole member; the archive is damaged");
  }
  if (crc32(bytes) !== crc) throw invalid(`CRC-32 of ${what}`, crc32(bytes), `${crc}; the archive is damaged`);
  return bytes;
}

/** The beginning of a member. */
function beginMember(archive: Archive, entry: Buffer, what: string): Uint8Array {
  const method = methodOf(entry, what);
  const data = packedBytes(archive, entry, what, FIRST_PACKED);
  if (method === 0) return data;
  try {
    return inflateRawSync(data, {finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 1100 * FIRST_PACKED});
  } catch (error) {
    throw invalid(what, (error as Error).message, "a whole member; the archive is damaged");
  }
}

function* membersIn(archive: Archive): Generator<ZipMember> {
  const {path} = archive;
  const {offset, length} = findDirectory(archive);
  if (length > MOST_DIRECTORY || offset + length > archive.size)
    throw invalid(`directory of ${path}`, `${length} bytes from byte ${offset} of ${archive.size}`, `a whole zip archive, with a directory of at most ${MOST_DIRECTORY} bytes`); // prettier-ignore
  const directory = range(archive, offset, length);
  for (let at = 0; at + 46 <= directory.length; ) {
    const entry = directory.subarray(at);
    if (entry.readUInt32LE(0) !== DIRECTORY_ENTRY)
      throw invalid(path, "its directory is damaged", "a whole zip archive");
    const nameLength = entry.readUInt16LE(28);
    const name = entry.toString("utf8", 46, 46 + nameLength);
    const what = `${name} in ${path}`;
    if (!name.endsWith("/"))
      yield {
        path: name,
        size: entry.readUInt32LE(24),
        bytes: (most = MOST_BYTES) => readMember(archive, entry, what, most),
        beginning: () => beginMember(archive, entry, what),
      };
    at += 46 + nameLength + entry.readUInt16LE(30) + entry.readUInt16LE(32);
  }
}

/** The files of a zip archive, in the order of its directory. Each is read when its bytes are asked for, until the next is. */
export function* zipMembers(path: string): Generator<ZipMember> {
  const file = openSync(path, "r");
  try {
    yield* membersIn({path, file, size: fstatSync(file).size});
  } finally {
    closeSync(file);
  }
}

/** What `use` makes of all members of an archive; their bytes can be asked for until it returns. Signals do not wait for it. */
export function withZip<R>(path: string, use: (members: readonly ZipMember[]) => R): R {
  stepAside();
  const file = openSync(path, "r");
  try {
    return use([...membersIn({path, file, size: fstatSync(file).size})]);
  } finally {
    closeSync(file);
  }
}
