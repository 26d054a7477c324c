import assert from "node:assert";
import {createHash} from "node:crypto";
import {existsSync, readdirSync, readFileSync, writeFileSync} from "node:fs";
import {createServer, type IncomingMessage, type ServerResponse} from "node:http";
import type {AddressInfo} from "node:net";
import {join} from "node:path";
import {download, type DownloadRequest} from "../../src/datasets/download.js";
import {inFolder} from "./fixtures.js";

const content = Buffer.from(Array.from({length: 100_000}, (_, i) => (i * 31) % 256));
const sum = {algorithm: "sha256", value: createHash("sha256").update(content).digest("hex")} as const;
const half = content.length / 2;

type Handler = (request: IncomingMessage, response: ServerResponse, visit: number) => void;

/** Downloads from a loopback server into a folder; returns how it ended and what the server was asked. */
async function serve(
  handler: Handler,
  more: Partial<DownloadRequest>,
  work: (get: () => Promise<void>, to: string, asked: (string | undefined)[]) => Promise<void>,
): Promise<void> {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => handler(request, response, asked.push(request.headers.range)));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/set.bin`;
  try {
    await inFolder((folder) => {
      const to = join(folder, "set.bin");
      const request = {url, to, sum, pauseMs: 1, answerMs: 10_000, idleMs: 10_000, attempts: 2, ...more};
      return work(() => download(request), to, asked);
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Answers with the whole file, or with the range asked for when the tag is still the same. */
function answer(request: IncomingMessage, response: ServerResponse, tag = '"1"', end = content.length): void {
  const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const from = request.headers["if-range"] === tag ? start : 0;
  const range = from > 0 ? {"content-range": `bytes ${from}-${content.length - 1}/${content.length}`} : {};
  response.writeHead(from > 0 ? 206 : 200, {etag: tag, "content-length": content.length - from, ...range});
  response.write(content.subarray(from, end));
  if (end === content.length) response.end();
}

describe("download", () => {
  it("saves the file, reports its bytes and leaves nothing else", () => {
    const seen: number[] = [];
    return serve(
      (q, r) => answer(q, r),
      {onProgress: (done, total) => seen.push(done, total)},
      async (get, to) => {
        await get();
        assert.deepStrictEqual(readFileSync(to), content);
        assert.deepStrictEqual(seen.slice(-2), [content.length, content.length]);
        assert.deepStrictEqual(readdirSync(join(to, "..")), ["set.bin"]);
      },
    );
  });

  it("continues where a cut connection left off", () => {
    let cut = (): void => undefined;
    const handler: Handler = (request, response, visit) => {
      if (visit > 1) return answer(request, response);
      cut = () => response.destroy();
      answer(request, response, '"1"', half);
    };
    const onProgress = (done: number): void => (done === half ? cut() : undefined);
    return serve(handler, {onProgress}, async (get, to, asked) => {
      await get();
      assert.deepStrictEqual(readFileSync(to), content);
      assert.deepStrictEqual(asked, [undefined, `bytes=${half}-`]);
    });
  });

  it("gives up on a server that goes silent, and the next run continues", () => {
    let well = false;
    const handler: Handler = (request, response, visit) => {
      if (visit === 1) answer(request, response, '"1"', half);
      if (well) answer(request, response);
    };
    return serve(handler, {answerMs: 4000, idleMs: 2000}, async (get, to, asked) => {
      const message = /no answer for 4 s; expected the whole file \(50000 bytes are kept/;
      await assert.rejects(get(), {name: "InputError", message});
      assert.ok(!existsSync(to));
      well = true;
      await get();
      assert.deepStrictEqual(readFileSync(to), content);
      assert.strictEqual(asked.at(-1), `bytes=${half}-`);
    });
  });

  it("begins afresh where the note beside the part was cut", () => {
    const handler: Handler = (request, response) => answer(request, response);
    return serve(handler, {}, async (get, to, asked) => {
      for (const note of ["", '{"url":"http', "null", "3", "{}"]) {
        writeFileSync(`${to}.part`, "what was left");
        writeFileSync(`${to}.part.json`, note);
        await get();
        assert.deepStrictEqual(readFileSync(to), content);
      }
      assert.deepStrictEqual(asked, [undefined, undefined, undefined, undefined, undefined]);
    });
  });

  it("starts again when the file changed on the server meanwhile", () => {
    const handler: Handler = (request, response, visit) => {
      if (visit > 1) return answer(request, response, '"2"');
      response.writeHead(200, {etag: '"1"', "content-length": content.length});
      response.write(Buffer.alloc(half));
      setTimeout(() => response.destroy(), 50);
    };
    return serve(handler, {}, async (get, to) => {
      await get();
      assert.deepStrictEqual(readFileSync(to), content);
    });
  });

  it("keeps nothing of a file with a wrong checksum", () =>
    serve(
      (_, response) => response.end("something else"),
      {},
      async (get, to) => {
        await assert.rejects(get(), {
          name: "InputError",
          message: new RegExp(`invalid sha256 of http.*expected ${sum.value}`),
        });
        assert.deepStrictEqual(readdirSync(join(to, "..")), []);
      },
    ));

  it("says at once that a server does not have the file", () =>
    serve(
      (_, response) => response.writeHead(404).end(),
      {},
      async (get, _to, asked) => {
        await assert.rejects(get(), {name: "InputError", message: /the server answered 404 Not Found/});
        assert.strictEqual(asked.length, 1);
      },
    ));

  it("says what is wrong when nobody answers at an address", () =>
    inFolder(async (folder) => {
      const request = {url: "http://127.0.0.1:9/x", to: join(folder, "x"), attempts: 1};
      await assert.rejects(download(request), {
        name: "InputError",
        message: /cannot download http:\/\/127.0.0.1:9\/x: .+--from/,
      });
    }));

  it("stops when asked", () => {
    const control = new AbortController();
    const handler: Handler = (request, response) => {
      answer(request, response, '"1"', half);
      setTimeout(() => control.abort(new Error("enough")), 30);
    };
    return serve(handler, {signal: control.signal, idleMs: 5000}, async (get, to) => {
      await assert.rejects(get(), /enough/);
      assert.ok(!existsSync(to));
    });
  });
});
