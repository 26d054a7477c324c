// A server on loopback that lies about lengths, stalls, cuts, drips, never ends, turns in circles or sends pages: every download
// ends in words within its time, and what is kept is what a later one can go on from.

import {createHash} from "node:crypto";
import {existsSync, readdirSync, readFileSync, statSync} from "node:fs";
import {createServer, type IncomingMessage, type ServerResponse} from "node:http";
import type {AddressInfo} from "node:net";
import {join} from "node:path";
import {gzipSync} from "node:zlib";
import {InputError} from "../../../src/check.js";
import {download} from "../../../src/datasets/download.js";
import type {Kind} from "../kind.js";
import {isRaw} from "../program.js";

const CONTENT = Buffer.from(Array.from({length: 40_000}, (_, i) => (i * 131) % 251));
const SUM = {algorithm: "sha256", value: createHash("sha256").update(CONTENT).digest("hex")} as const;
const MOST = 50_000;
const SECONDS = 20;

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** Writes for as long as anybody reads. */
const endless: Answer = (response) => {
  const more = (): void => {
    if (!response.destroyed && response.write(CONTENT)) setImmediate(more);
  };
  response.on("drain", more);
  more();
};

const drip: Answer = (response) => {
  response.writeHead(200, {"content-length": CONTENT.length});
  const timer = setInterval(() => response.write("."), 20);
  response.on("close", () => clearInterval(timer));
};

/** What a server may do, and what is said of it. */
const LIES: readonly (readonly [string, Answer, RegExp])[] = [
  ["claims more than was published", (r) => void r.writeHead(200, {"content-length": 1e12}).write("x"), /sends 1000000000000 bytes or more; expected at most 50000/],
  ["claims less than it has", (r) => void r.writeHead(200, {"content-length": 100}).end(CONTENT.subarray(0, 100)), /invalid sha256/],
  ["claims more than it sends", (r) => (r.writeHead(200, {"content-length": 45_000}).write(CONTENT), setTimeout(() => r.destroy(), 20)), /cannot download/],
  ["never ends", endless, /bytes or more; expected at most 50000/],
  ["never answers", () => undefined, /sent no answer for/],
  ["stalls", (r) => void r.writeHead(200, {"content-length": CONTENT.length}).write(CONTENT.subarray(0, 99)), /sent nothing for|no answer/],
  ["drips", drip, /the server sent \d+ bytes in/],
  ["cuts in the middle", (r) => (r.writeHead(200, {"content-length": CONTENT.length, etag: '"1"'}).write(CONTENT.subarray(0, 99)), setTimeout(() => r.destroy(), 20)), /cannot download/],
  ["turns in circles", (r, q) => void r.writeHead(302, {location: `/${Number(q.url?.slice(1)) + 1 || 0}`}).end(), /redirect/],
  ["leads to a file here", (r) => void r.writeHead(302, {location: "file:///etc/passwd"}).end(), /cannot download/],
  ["sends a page with 200", (r) => void r.writeHead(200, {"content-type": "text/html; charset=utf-8"}).end("<html>No</html>"), /a web page \(HTML\)/],
  ["sends a page without saying so", (r) => void r.end("<!DOCTYPE html><p>No"), /invalid sha256/],
  ["sends an error", (r) => void r.writeHead(503).end(), /answered 503/],
  ["has no such file", (r) => void r.writeHead(404).end(), /answered 404/],
  ["sends a bomb", (r) => void r.writeHead(200, {"content-encoding": "gzip"}).end(gzipSync(Buffer.alloc(5e6))), /bytes or more; expected at most 50000/],
  ["sends no HTTP", (r) => void r.socket?.end("hello\r\n\r\n"), /cannot download/],
  ["sends another part", (r) => void r.writeHead(206, {"content-range": "bytes 7-99/100"}).end("x".repeat(93)), /cannot download|invalid sha256/],
  ["sends lengths that are none", (r) => void r.socket?.end("HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\nhello"), /cannot download/],
]; // prettier-ignore

async function served<T>(answer: Answer, work: (url: string) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => answer(response, request));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/set.bin`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Undefined where the lie was refused in words, in time, and a good server then completes the file. */
async function attempt(folder: string, [what, answer, words]: (typeof LIES)[number]): Promise<string | undefined> {
  const to = join(folder, "set.bin");
  const times = {answerMs: 700, idleMs: 700, slowMs: 1000, leastRate: 10_000, pauseMs: 1, attempts: 2};
  const get = (url: string): Promise<void> => download({url, to, sum: SUM, most: MOST, ...times});
  const began = performance.now();
  const error = await served(answer, (url) => get(url).then(() => undefined, (e: Error) => e)); // prettier-ignore
  const seconds = (performance.now() - began) / 1000;
  if (!error) return `${what}: taken for the file`;
  if (!(error instanceof InputError) || isRaw(error.message)) return `${what}: a raw error: ${error.stack}`;
  if (!words.test(error.message)) return `${what}: ${error.message}`;
  if (seconds > SECONDS) return `${what}: ${seconds.toFixed(0)} s`;
  if (existsSync(to)) return `${what}: a file is there`;
  const kept = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  if (kept > 2 * MOST) return `${what}: ${kept} bytes are kept`;
  const good: Answer = (response) => void response.writeHead(200, {"content-length": CONTENT.length}).end(CONTENT);
  await served(good, get);
  if (!readFileSync(to).equals(CONTENT)) return `${what}: the next download is not the file`;
  const left = readdirSync(folder).filter((name) => name !== "set.bin");
  return left.length > 0 ? `${what}: ${left.join(", ")} stayed` : undefined;
}

const ADDRESSES = [
  "notaurl",
  "",
  "http://",
  "file:///etc/passwd",
  "ftp://x/y",
  "javascript:1",
  "//x",
  "http://[::1",
  "http://a b/",
];

export const kinds: readonly Kind[] = [
  {
    name: "lying-server",
    held: "a download ends in words and in time, and the next one completes it",
    ...{count: 4 * LIES.length, small: LIES.length, seconds: 900},
    attempt: ({index, folder}) => attempt(folder, LIES[index % LIES.length]!),
  },
  {
    name: "addresses",
    held: "what is no address is refused at once",
    ...{count: ADDRESSES.length, small: ADDRESSES.length, seconds: 300},
    attempt: async ({index, folder}) => {
      const began = performance.now();
      const url = ADDRESSES[index % ADDRESSES.length]!;
      const error = await download({url, to: join(folder, "x")}).then(() => undefined, (e: Error) => e); // prettier-ignore
      if (!error?.message.startsWith("invalid url: ")) return `${url}: ${error?.message}`;
      return performance.now() - began > 1000 ? `${url}: slow` : undefined;
    },
  },
];
