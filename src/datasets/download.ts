// Downloads one file: whole, checked and resumable.
//
// Bytes go to FILE.part; what they are a part of (address and ETag or Last-Modified) goes to FILE.part.json. A later
// attempt asks for the rest with Range and If-Range, so that a file that changed on the server starts again. FILE
// appears by a rename once its checksum is right.

import {createHash} from "node:crypto";
import {createReadStream} from "node:fs";
import {open, rename, rm, stat} from "node:fs/promises";
import {dirname} from "node:path";
import {Readable} from "node:stream";
import type {ReadableStream} from "node:stream/web";
import {setTimeout as pause} from "node:timers/promises";
import {writeWhole} from "../atomic.js";
import {InputError, invalid} from "../check.js";
import {syncFolder} from "../disk/syncing.js";
import {readWithin} from "./bounds.js";
import type {Progress} from "./dataset.js";

export type Checksum = {readonly algorithm: "md5" | "sha256"; readonly value: string};

export type DownloadRequest = {
  readonly url: string;
  readonly to: string;
  readonly sum?: Checksum;
  /** The published length, which no answer may exceed; 4 GiB where it is not known. */
  readonly most?: number;
  readonly signal?: AbortSignal;
  /** Called with bytes. */
  readonly onProgress?: Progress;
  /** Milliseconds without an answer, and without a byte, after which an attempt is given up. */
  readonly answerMs?: number;
  readonly idleMs?: number;
  /** Attempts in a row that may bring no new byte. */
  readonly attempts?: number;
  /** Milliseconds between attempts. */
  readonly pauseMs?: number;
  /** Bytes a second below which, over `slowMs`, an attempt is given up: one that drips never ends. */
  readonly leastRate?: number;
  readonly slowMs?: number;
};

const MOST_BYTES = 2 ** 32;
/** New bytes after which a failed attempt is no longer counted. */
const PROGRESS = 16_384;

class FinalError extends Error {}

/** Throws on what is no address of a server, before anything is asked. */
function checkUrl(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== "http:" && parsed?.protocol !== "https:")
    throw invalid("url", url, "an address that begins with http:// or https://");
}

/** The digest of a file, in hexadecimal. */
export async function fileDigest(path: string, algorithm: Checksum["algorithm"]): Promise<string> {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

type Part = {readonly url: string; readonly validator: string};

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.size ?? 0;

/** What a part is a part of; of nothing where the text was cut. */
function partIn(text: string): Partial<Part> {
  try {
    return (JSON.parse(text) as Part | null) ?? {};
  } catch {
    return {};
  }
}

/** What an earlier attempt left that a server can be asked to continue. */
async function resumable(part: string, url: string): Promise<{have: number; validator?: string}> {
  const text = await readWithin(`${part}.json`, PROGRESS).then(String, () => undefined);
  if (text === undefined) return {have: 0};
  const left = partIn(text);
  return left.url === url && left.validator ? {have: await sizeOf(part), validator: left.validator} : {have: 0};
}

const discard = async (part: string): Promise<void> => {
  await rm(part, {force: true});
  await rm(`${part}.json`, {force: true});
};

const refused = (url: string, status: string): InputError =>
  new InputError(`cannot download ${url}: the server answered ${status}; expected the file (see --url and --from)`);

/** The error for an answer that is longer than the file; nothing of it is kept. */
async function tooLong(url: string, part: string, bytes: number, most: number): Promise<InputError> {
  await discard(part);
  return new InputError(`cannot download ${url}: the server sends ${bytes} bytes or more; expected at most ${most} (nothing was kept; see --url and --from)`); // prettier-ignore
}

/** Whether an answer is a page for people, as servers send it where a file was. */
const sentPage = ({headers}: Response): boolean => /^text\/html\b/i.test(headers.get("content-type") ?? "");

/** One attempt: appends what the server sends to the part. Returns once the server says that this was all. */
async function attempt(request: DownloadRequest, part: string): Promise<void> {
  const {url, answerMs = 30_000, idleMs = 30_000, most = MOST_BYTES, onProgress} = request;
  const {leastRate = 1000, slowMs = 60_000} = request;
  const control = new AbortController();
  const stop = (): void => control.abort(request.signal?.reason);
  request.signal?.addEventListener("abort", stop, {once: true});
  const late = (ms: number, what: string): NodeJS.Timeout =>
    setTimeout(() => control.abort(new Error(`the server sent ${what} for ${ms / 1000} s`)), ms);
  let timer = late(answerMs, "no answer");
  try {
    const {have, validator} = await resumable(part, url);
    const headers: Record<string, string> = {"accept-encoding": "identity"};
    if (have > 0 && validator) Object.assign(headers, {range: `bytes=${have}-`, "if-range": validator});
    const response = await fetch(url, {headers, signal: control.signal});
    if (response.status === 416) {
      await discard(part);
      throw new Error("the server has nothing after the part held; it is fetched again");
    }
    if (response.status >= 500) throw new Error(`the server answered ${response.status} ${response.statusText}`);
    if (!response.ok || !response.body) throw refused(url, `${response.status} ${response.statusText}`);
    const start = response.status === 206 ? have : 0;
    const length = Number(response.headers.get("content-length") ?? NaN);
    const total = start + length;
    if (sentPage(response)) throw refused(url, "with a web page (HTML)");
    if (total > most || start > most) throw await tooLong(url, part, total, most);
    if (start > 0 && !response.headers.get("content-range")?.startsWith(`bytes ${start}-`)) {
      await discard(part);
      throw new Error("the server sent another part than was asked for; the file is fetched again");
    }
    const mark = response.headers.get("etag") ?? response.headers.get("last-modified") ?? "";
    if (start === 0) await discard(part); // bytes of another answer never stand beside the mark of this one
    writeWhole(`${part}.json`, JSON.stringify({url, validator: mark.startsWith("W/") ? "" : mark} satisfies Part));
    const file = await open(part, start > 0 ? "a" : "w");
    try {
      let got = start;
      let since = {at: performance.now(), got};
      for await (const chunk of Readable.fromWeb(response.body as ReadableStream)) {
        clearTimeout(timer);
        if (got + (chunk as Uint8Array).length > most) throw await tooLong(url, part, got + (chunk as Uint8Array).length, most); // prettier-ignore
        await file.writeFile(chunk as Uint8Array); // all of it: a disk that is nearly full takes a part of a write
        got += (chunk as Uint8Array).length;
        onProgress?.(got, total);
        timer = late(idleMs, "nothing");
        if (performance.now() - since.at < slowMs) continue;
        if (got - since.got < (leastRate * slowMs) / 1000) throw new FinalError(`the server sent ${got - since.got} bytes in ${slowMs / 1000} s`); // prettier-ignore
        since = {at: performance.now(), got};
      }
      if (Number.isFinite(total) && got < total) throw new Error(`the connection ended after ${got} of ${total} bytes`);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw control.signal.aborted ? (control.signal.reason as Error) : error;
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener("abort", stop);
  }
}

/** Errors that another attempt would only meet again. */
const isFinal = (error: Error): boolean => error instanceof FinalError || /redirect|scheme/i.test(reasonOf(error));

const reasonOf = (error: Error): string => (error.cause instanceof Error ? error.cause.message : error.message);

async function fetchAll(request: DownloadRequest, part: string): Promise<void> {
  const {url, signal, attempts = 4, pauseMs = 2000} = request;
  for (let failures = 0, best = await sizeOf(part); ; ) {
    signal?.throwIfAborted();
    try {
      return await attempt(request, part);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof InputError) throw error;
      const have = await sizeOf(part);
      failures = have > best + PROGRESS ? 1 : failures + 1;
      best = Math.max(best, have);
      if (failures >= attempts || isFinal(error as Error))
        throw new InputError(
          `cannot download ${url}: ${reasonOf(error as Error)}; expected the whole file (${have} bytes are kept and the ` +
            `next run continues; or fetch it by other means and use --from)`,
        );
      await pause(pauseMs * failures, undefined, {signal}).catch(() => undefined);
    }
  }
}

/** Downloads `url` to `to`. On a wrong checksum nothing is kept. */
export async function download(request: DownloadRequest): Promise<void> {
  const {url, to, sum} = request;
  checkUrl(url);
  const part = `${to}.part`;
  await fetchAll(request, part);
  if (sum) {
    const digest = await fileDigest(part, sum.algorithm);
    if (digest !== sum.value) {
      await discard(part);
      throw new InputError(
        `invalid ${sum.algorithm} of ${url}: ${digest}; expected ${sum.value} (nothing was kept: try again, ` +
          `and then another address with --url)`,
      );
    }
  }
  const file = await open(part, "r+");
  await file.sync().finally(() => file.close());
  await rename(part, to);
  syncFolder(dirname(to));
  await discard(part);
}
