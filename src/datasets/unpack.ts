// The files inside a file, whatever it is packed in: plain, .gz, .xz, .tar, .tar.gz, .tgz, .tar.xz or .zip.
//
// Nothing is written here: members come as streams, in order, and one that is not opened is skipped.

import {spawn} from "node:child_process";
import {createReadStream} from "node:fs";
import {open} from "node:fs/promises";
import {basename} from "node:path";
import {PassThrough, pipeline, Readable, Transform} from "node:stream";
import {createGunzip} from "node:zlib";
import tar from "tar-stream";
import {InputError, invalid} from "../check.js";
import {giveWay} from "../giveWay.js";
import {bounded, type Bounds} from "./bounds.js";
import {zipMembers} from "./zip.js";

/**
 * A plain file. `path` is its place inside the archive, or its name without .gz or .xz. Its stream fails with the bare
 * reason; `damaged` makes that an error for the user.
 */
export type Member = {readonly path: string; readonly open: () => Promise<Readable>};

/** Its format lets a file ask for gigabytes; xz's own strongest setting takes 65 MiB. */
const XZ_MEMORY = "--memlimit-decompress=256MiB";
/** Bytes between two members of a tar archive that are no member: names longer than its fields. */
const MOST_BETWEEN = 2 ** 22;

const ARCHIVE = /\.(tar|tar\.gz|tgz|tar\.xz|txz|zip)$/;

export const isArchive = (path: string): boolean => ARCHIVE.test(path);

/** The name of a compressed file once unpacked. */
export const plainName = (path: string): string => path.replace(/\.(gz|xz)$/, "");

/** A stream of a file's bytes through the system's xz, which Node lacks. */
function openXz(path: string): Readable {
  const out = new PassThrough();
  const xz = spawn("xz", ["--decompress", "--stdout", XZ_MEMORY, "--", path], {stdio: ["ignore", "pipe", "pipe"]});
  let complaint = "";
  xz.stderr.on("data", (text: Buffer) => (complaint += text.toString()));
  xz.on("error", (error: NodeJS.ErrnoException) =>
    out.destroy(
      error.code === "ENOENT"
        ? new InputError(
            `cannot unpack ${path}: no program xz; install it (Debian, Ubuntu: "apt install xz-utils"; ` +
              `Fedora: "dnf install xz"; macOS: "brew install xz"), or unpack the file elsewhere`,
          )
        : error,
    ),
  );
  xz.on("close", (code) => {
    if (code === 0) out.end();
    else out.destroy(new Error(complaint.trim().replace(`xz: ${path}: `, "").toLowerCase() || `xz ended with status ${code}`)); // prettier-ignore
  });
  xz.stdout.pipe(out, {end: false});
  out.on("close", () => xz.kill());
  return out;
}

/** A stream of a file's bytes, decompressed as its name says; it fails after `most` of them. */
function openPlain(path: string, most: number): Readable {
  const limit = bounded(most, path);
  if (/\.(xz|txz)$/.test(path)) return pipeline(openXz(path), limit, () => undefined);
  const file = createReadStream(path);
  if (!/\.(gz|tgz)$/.test(path)) return pipeline(file, limit, () => undefined);
  return pipeline(file, createGunzip(), limit, () => undefined);
}

/** A stream of bytes that are there. */
const streamOf = (bytes: Uint8Array): Readable => Readable.from([bytes], {objectMode: false});

/** What is wrong with a packed file, for its user: servers like to send a web page where data was asked for. */
export async function damaged(path: string, error: unknown): Promise<InputError> {
  if (error instanceof InputError) return error;
  const reason = (error as Error).message;
  if (await looksLikeHtml(path)) return invalid(path, "a web page (HTML)", "data; the server sent a page in its place");
  return invalid(path, reason, "a whole file of the kind that its name says; this one is truncated or damaged");
}

/** Whether a file begins as web pages do. */
export async function looksLikeHtml(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const {buffer, bytesRead} = await file.read(Buffer.alloc(256), 0, 256, 0);
    return /^\s*<(!doctype|html|head|\?xml)/i.test(buffer.toString("latin1", 0, bytesRead));
  } finally {
    await file.close();
  }
}

async function* tarMembers(path: string, {member, total}: Bounds): AsyncGenerator<Member> {
  const extract = tar.extract();
  const source = openPlain(path, total);
  let [passed, known] = [0, MOST_BETWEEN]; // tar-stream holds what lies between two members, however long
  const watch = new Transform({
    transform(chunk: Buffer, _, done) {
      passed += chunk.length;
      if (passed > known) done(invalid(path, "a header without an end", "a tar archive; this one is damaged"));
      else done(null, chunk);
    },
  });
  const failure = new Promise<never>((_, reject) =>
    pipeline(source, watch, extract, (error) => error && reject(error)),
  );
  failure.catch(() => undefined);
  let count = 0;
  for await (const entry of extract) {
    const {name, size = 0, type} = entry.header;
    known = passed + size + MOST_BETWEEN;
    if (type === "file") {
      ++count;
      const limit = (): Readable => pipeline(Readable.from(entry), bounded(member(name), `${name} in ${path}`), () => undefined); // prettier-ignore
      yield {path: name, open: () => Promise.resolve(limit())};
    }
    entry.resume();
  }
  if (count === 0) throw invalid(path, "no files in it", "a tar archive");
}

/** The members of a file, none of them beyond its bound. Throws an error that names the file when it is damaged. */
export async function* membersOf(path: string, bounds: Bounds): AsyncGenerator<Member> {
  try {
    if (path.endsWith(".zip"))
      for (const {path: name, bytes} of zipMembers(path)) {
        yield {path: name, open: async () => streamOf(bytes(bounds.member(name)))};
        await giveWay(); // bytes that are there come without a wait
      }
    else if (isArchive(path)) yield* tarMembers(path, bounds);
    else {
      const name = plainName(basename(path));
      yield {path: name, open: () => Promise.resolve(openPlain(path, bounds.member(name)))};
    }
  } catch (error) {
    throw await damaged(path, error);
  }
}
