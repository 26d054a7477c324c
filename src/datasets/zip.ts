// Reads the members of a zip archive one after another (PKWARE APPNOTE 6.3, without encryption or volumes).
//
// The central directory at the end says where each member lies, how it is packed and what its CRC-32 is. Archives with
// more than 65,535 members state their directory's place in the ZIP64 record.

import {open, type FileHandle} from "node:fs/promises";
import {crc32, inflateRawSync} from "node:zlib";
import {invalid} from "../check.js";

const END = 0x06054b50;
const END64_LOCATOR = 0x07064b50;
const DIRECTORY_ENTRY = 0x02014b50;

export type ZipMember = {readonly path: string; readonly bytes: () => Promise<Uint8Array>};

async function range(file: FileHandle, start: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const {bytesRead} = await file.read(buffer, 0, length, start);
  return buffer.subarray(0, bytesRead);
}

/** Place and length of the central directory. */
async function findDirectory(file: FileHandle, path: string): Promise<{offset: number; length: number}> {
  const {size} = await file.stat();
  const tail = await range(file, Math.max(0, size - 65_577), Math.min(size, 65_577));
  let at = tail.length - 22;
  while (at >= 0 && tail.readUInt32LE(at) !== END) --at;
  if (at < 0)
    throw invalid(path, "it has no end record", "a whole zip archive; this one is truncated or something else");
  const [length, offset] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
  if (offset !== 0xffffffff && length !== 0xffffffff) return {offset, length};
  if (at < 20 || tail.readUInt32LE(at - 20) !== END64_LOCATOR)
    throw invalid(path, "no ZIP64 record", "a whole zip archive");
  const record = await range(file, Number(tail.readBigUInt64LE(at - 12)), 56);
  return {length: Number(record.readBigUInt64LE(40)), offset: Number(record.readBigUInt64LE(48))};
}

async function readMember(file: FileHandle, entry: Buffer, what: string): Promise<Uint8Array> {
  const [method, crc, packed] = [entry.readUInt16LE(10), entry.readUInt32LE(16), entry.readUInt32LE(20)];
  const offset = entry.readUInt32LE(42);
  if (offset === 0xffffffff || packed === 0xffffffff) throw invalid(what, "it lies beyond 4 GiB", "a smaller archive");
  if (method !== 0 && method !== 8) throw invalid(`method of ${what}`, method, "0 (stored) or 8 (deflated)");
  const header = await range(file, offset, 30);
  const data = await range(file, offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28), packed);
  let bytes: Buffer;
  try {
    bytes = method === 8 ? inflateRawSync(data) : data;
  } catch (error) {
    throw invalid(what, (error as Error).message, "a whole member; the archive is damaged");
  }
  if (crc32(bytes) !== crc) throw invalid(`CRC-32 of ${what}`, crc32(bytes), `${crc}; the archive is damaged`);
  return bytes;
}

/** The files of a zip archive, in the order of its directory. Each is read when its `bytes` are asked for. */
export async function* zipMembers(path: string): AsyncGenerator<ZipMember> {
  const file = await open(path);
  try {
    const {offset, length} = await findDirectory(file, path);
    const directory = await range(file, offset, length);
    for (let at = 0; at + 46 <= directory.length; ) {
      const entry = directory.subarray(at);
      if (entry.readUInt32LE(0) !== DIRECTORY_ENTRY)
        throw invalid(path, "its directory is damaged", "a whole zip archive");
      const nameLength = entry.readUInt16LE(28);
      const name = entry.toString("utf8", 46, 46 + nameLength);
      if (!name.endsWith("/")) yield {path: name, bytes: () => readMember(file, entry, `${name} in ${path}`)};
      at += 46 + nameLength + entry.readUInt16LE(30) + entry.readUInt16LE(32);
    }
  } finally {
    await file.close();
  }
}
