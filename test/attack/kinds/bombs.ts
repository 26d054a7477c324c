// Files of a few kilobytes or megabytes that claim or unpack to gigabytes, and what is no file: commands refuse them in words, within
// a minute, and hold less than 1 GiB.

import {spawnSync} from "node:child_process";
import {closeSync, mkdirSync, openSync, readdirSync, statfsSync, symlinkSync, writeFileSync, writeSync} from "node:fs";
import {join} from "node:path";
import {constants, crc32, createGzip, deflateRawSync} from "node:zlib";
import {cifarRecords, npyOf, RED_JPEG, zipOf} from "../../datasets/fixtures.js";
import type {Kind} from "../kind.js";
import {notRefused, runProgram} from "../program.js";

const MEGABYTE = 2 ** 20;
const GIGABYTE = 2 ** 30;
const END = Uint8Array.from([0x50, 0x4b, 5, 6]);
const ENTRY = Uint8Array.from([0x50, 0x4b, 1, 2]);

/** `bytes` zeros as a raw deflate stream: one megabyte, over and over. */
function deflatedZeros(bytes: number): Buffer {
  const piece = deflateRawSync(Buffer.alloc(MEGABYTE), {finishFlush: constants.Z_FULL_FLUSH, level: 9});
  return Buffer.concat([...Array.from({length: bytes / MEGABYTE}, () => piece), deflateRawSync(Buffer.alloc(0))]);
}

/** A zip of one member with the sizes that it states. */
function zipClaiming(name: string, packed: Buffer, unpacked: number): Buffer {
  const field = Buffer.alloc(30);
  field.writeUInt32LE(0x04034b50, 0);
  field.writeUInt16LE(8, 8);
  field.writeUInt32LE(packed.length, 18);
  field.writeUInt32LE(unpacked, 22);
  field.writeUInt16LE(name.length, 26);
  const local = Buffer.concat([field, Buffer.from(name), packed]);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(crc32(Buffer.alloc(0)), 16);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt32LE(unpacked, 24);
  entry.writeUInt16LE(name.length, 28);
  const directory = Buffer.concat([entry, Buffer.from(name)]);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, directory, end]);
}

/** A data set in a zip: its members are wanted, so that their sizes are met. */
const WANTED = zipOf({"c/data_batch_1.bin": cifarRecords([[0], [1]]), "c/test_batch.bin": cifarRecords([[4]])});

/** WANTED, whose 32 bits at `offset` after `mark` state `value`. */
function zipStating(mark: Uint8Array, offset: number, value: number): Buffer {
  const copy = Buffer.from(WANTED);
  copy.writeUInt32LE(value, copy.indexOf(mark) + offset);
  return copy;
}

/** A gzip file of `head` and then zeros. */
async function gzipOfZeros(path: string, bytes: number, head: Uint8Array = Buffer.alloc(0)): Promise<void> {
  const file = openSync(path, "w");
  const gzip = createGzip({level: 1});
  gzip.on("data", (data: Buffer) => writeSync(file, data));
  const ended = new Promise((done) => gzip.once("end", done));
  gzip.write(head);
  const piece = Buffer.alloc(8 * MEGABYTE);
  for (let i = 0; i < bytes / piece.length; ++i)
    if (!gzip.write(piece)) await new Promise((drained) => gzip.once("drain", drained));
  gzip.end();
  await ended;
  closeSync(file);
}

/** The header of a tar member. */
function tarHeader(name: string, size: number, type: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write("0000644\0", 100);
  header.write("0000000\0".repeat(2), 108);
  header.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.fill(" ", 148, 156);
  header.write(type, 156);
  header.write("ustar\0" + "00", 257);
  header.write(`${header.reduce((a, b) => a + b, 0).toString(8).padStart(6, "0")}\0 `, 148); // prettier-ignore
  return header;
}

/** RED_JPEG with another size in its header. */
function jpegClaiming(side: number): Buffer {
  const copy = Buffer.from(RED_JPEG);
  const at = copy.indexOf(Buffer.from([0xff, 0xc0]));
  copy.writeUInt16BE(side, at + 5);
  copy.writeUInt16BE(side, at + 7);
  return copy;
}

const fifo = (path: string): void => void spawnSync("mkfifo", [path]);
const test = cifarRecords([[4], [5]]);
const cifar = (folder: string) => ["data", "cifar10", "--from", folder];
const bench = (path: string) => ["data", "spikenas-bench", "--from", path];

/** Two classes of two images, one of which is `image`. */
function folderWith(folder: string, image: Buffer): string[] {
  for (const name of ["a", "b"]) {
    mkdirSync(join(folder, name), {recursive: true});
    for (const i of [0, 1]) writeFileSync(join(folder, name, `${i}.jpg`), image);
  }
  return ["data", `folder:${folder}`];
}

/** What is written into a folder, and the command that meets it. */
const BOMBS: readonly (readonly [string, (folder: string) => string[] | Promise<string[]>])[] = [
  ["a zip that states 2 GiB packed", (f) => (writeFileSync(`${f}/cifar-10-x.zip`, zipStating(ENTRY, 20, 0x80000000)), cifar(`${f}/cifar-10-x.zip`))],
  ["a zip whose directory states 3.75 GiB", (f) => (writeFileSync(`${f}/cifar-10-x.zip`, zipStating(END, 12, 0xf0000000)), cifar(`${f}/cifar-10-x.zip`))],
  ["a zip whose directory lies at 3.75 GiB", (f) => (writeFileSync(`${f}/cifar-10-x.zip`, zipStating(END, 16, 0xf0000000)), cifar(`${f}/cifar-10-x.zip`))],
  ["a zip with 1.9 GiB of zeros for a file of 30 MB", (f) => (writeFileSync(`${f}/a.zip`, zipClaiming("c/data_batch_1.bin", deflatedZeros(1900 * MEGABYTE), 1900 * MEGABYTE)), cifar(`${f}/a.zip`))],
  ["a zip that unpacks to more than it states", (f) => (writeFileSync(`${f}/a.zip`, zipClaiming("c/data_batch_1.bin", deflatedZeros(1900 * MEGABYTE), 3073)), cifar(`${f}/a.zip`))],
  ["a table of 1.5 GB in a .csv.gz", async (f) => (await gzipOfZeros(`${f}/cifar10.csv.gz`, 1.5 * GIGABYTE), bench(`${f}/cifar10.csv.gz`))],
  ["records of 4 GB in a .gz", async (f) => (writeFileSync(`${f}/test_batch.bin`, test), await gzipOfZeros(`${f}/data_batch_1.bin.gz`, 4 * GIGABYTE), cifar(f))],
  ["a link to a device without an end", (f) => (writeFileSync(`${f}/test_batch.bin`, test), symlinkSync("/dev/zero", `${f}/data_batch_1.bin`), cifar(f))],
  ["a pipe behind a link", (f) => (writeFileSync(`${f}/test_batch.bin`, test), fifo(`${f}/pipe`), symlinkSync(`${f}/pipe`, `${f}/data_batch_1.bin`), cifar(f))],
  ["a pipe as source", (f) => (fifo(`${f}/pipe.tar.gz`), cifar(`${f}/pipe.tar.gz`))],
  ["a pipe among logs", (f) => (mkdirSync(`${f}/12`), fifo(`${f}/p`), symlinkSync(`${f}/p`, `${f}/12/train_process.txt`), bench(f))],
  ["a tar header of 4 GiB", async (f) => (await gzipOfZeros(`${f}/a.tar.gz`, 1.5 * GIGABYTE, tarHeader("x", 4 * GIGABYTE - 1, "x")), cifar(`${f}/a.tar.gz`))],
  ["a tar with 4 GiB that belong to nothing", async (f) => (await gzipOfZeros(`${f}/a.tar.gz`, 4 * GIGABYTE, tarHeader("other", 4 * GIGABYTE - 512, "0")), cifar(`${f}/a.tar.gz`))],
  ["arrays of 1.9 GiB in an .npz", (f) => (writeFileSync(`${f}/a.npz`, zipClaiming("x.npy", deflatedZeros(1900 * MEGABYTE), 1900 * MEGABYTE)), ["data", `npz:${f}/a.npz`])],
  ["names of a million characters", (f) => (writeFileSync(`${f}/a.npz`, zipOf({"x.npy": npyOf([0, 1, 2, 3], [4, 1, 1], "|u1"), "y.npy": npyOf([0, 1, 0, 1], [4], "<i8"), "classes.npy": npyClasses()})), ["data", `npz:${f}/a.npz`])],
  ["an array that claims 2⁴⁰ numbers", (f) => (writeFileSync(`${f}/a.npz`, zipOf({"x.npy": npyOf([], [2 ** 20, 2 ** 20, 1], "|u1"), "y.npy": npyOf([0], [1], "<i8")})), ["data", `npz:${f}/a.npz`])],
  ["a JPEG of 1 kB that claims 10,000²", (f) => folderWith(f, jpegClaiming(10_000))],
  ["a JPEG of 1 kB that claims 7,000²", (f) => folderWith(f, jpegClaiming(7000))],
  ["images behind links to pipes", (f) => (folderWith(f, RED_JPEG), fifo(`${f}/p`), mkdirSync(`${f}/c`), symlinkSync(`${f}/p`, `${f}/c/0.jpg`), ["data", `folder:${f}`])],
]; // prettier-ignore

/** Two names of 2²⁰ characters each. */
function npyClasses(): Buffer {
  const header = "{'descr': '<U1048576', 'fortran_order': False, 'shape': (2,), }".padEnd(117) + "\n";
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), length, Buffer.from(header), Buffer.alloc(2 * 4 * 2 ** 20, 65)]); // prettier-ignore
}

/** Attempts in npm test: those that take no time to make. */
const QUICK = [0, 1, 2, 7, 8, 9, 14, 15, 16];

async function attempt(index: number, folder: string): Promise<string | undefined> {
  const [what, make] = BOMBS[index]!;
  const [from, dataDir] = [join(folder, "from"), join(folder, "data")];
  mkdirSync(from);
  const free = (): number => statfsSync(folder).bavail * statfsSync(folder).bsize;
  const args = await make(from);
  const before = free();
  const ran = await runProgram([...args, "--data-dir", dataDir]);
  const wrong = notRefused(ran);
  if (wrong !== undefined) return `${what}: ${wrong}`;
  const left = readdirSync(folder).includes("data") ? readdirSync(dataDir) : [];
  if (left.length > 0) return `${what}: ${left.join(", ")} stayed`;
  return before - free() > GIGABYTE ? `${what}: the disk has a gigabyte less` : undefined;
}

export const kinds: readonly Kind[] = [
  {
    name: "bombs",
    held: "refused in words, below 1 GiB of memory, with nothing left",
    ...{count: BOMBS.length, small: 0, seconds: 1800},
    lacks: () => (process.platform === "linux" ? undefined : "needs Linux: devices, pipes and a process's peak"),
    attempt: ({index, folder}) => attempt(index % BOMBS.length, folder),
  },
  {
    name: "bombs-small",
    held: "refused in words, below 1 GiB of memory, with nothing left",
    ...{count: 0, small: QUICK.length, seconds: 600},
    lacks: () => (process.platform === "linux" ? undefined : "needs Linux: devices, pipes and a process's peak"),
    attempt: ({index, folder}) => attempt(QUICK[index % QUICK.length]!, folder),
  },
];
