import assert from "node:assert";
import {spawnSync} from "node:child_process";
import {createHash} from "node:crypto";
import {readdirSync, readFileSync} from "node:fs";
import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import {join} from "node:path";
import {gzipSync} from "node:zlib";
import {loadDataset} from "../../src/datasets/index.js";
import {install} from "../../src/datasets/install.js";
import {RECIPES, type Recipe} from "../../src/datasets/recipe.js";
import {cifarRecords, inFolder, put} from "./fixtures.js";

const CIFAR10 = RECIPES.cifar10;
const train = cifarRecords([[0], [1], [2], [3]]);
const test = cifarRecords([[4], [5]]);
const sha256 = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex");

/** Installs from a folder of files and hands over where it did. */
const installed = (files: Record<string, Uint8Array | string>, work?: (dataDir: string) => Promise<void>) =>
  inFolder(async (dir) => {
    const [from, dataDir] = [put(join(dir, "from"), files), join(dir, "data")];
    try {
      const manifest = await install("cifar10", CIFAR10, {dataDir, from});
      await work?.(dataDir);
      return manifest;
    } catch (error) {
      assert.deepStrictEqual(readdirSync(dataDir), [], "a failed installation left something behind");
      throw error;
    }
  });

describe("install", () => {
  it("takes whole records of a cut, names them as published and says what is missing", async () => {
    const manifest = await installed(
      {
        "deep/er/data_batch_1.first4.bin.gz": gzipSync(train),
        "deep/er/test_batch.bin": test,
        "deep/readme.html": "<html>",
      },
      async (dataDir) => {
        assert.deepStrictEqual(readdirSync(dataDir), ["cifar-10-batches-bin"]);
        const {provenance} = await loadDataset("cifar10", {dataDir});
        assert.match(provenance, /CUT: 4 training and 2 test images; missing data_batch_2.bin, data_batch_3.bin/);
      },
    );
    assert.deepStrictEqual([manifest.train, manifest.test, manifest.cut], [4, 2, true]);
    assert.deepStrictEqual(manifest.files["data_batch_1.bin"], {
      sha256: sha256(train),
      bytes: train.length,
      official: false,
    });
  });

  it("prefers the folder that holds most of the set, and published names to cut ones", async () => {
    const manifest = await installed({
      "a/data_batch_1.bin": train,
      "a/test_batch.bin": test,
      "b/data_batch_1.bin": train,
      "b/data_batch_1.first1.bin": cifarRecords([[9]]),
      "b/data_batch_2.bin.gz": "not read: there is a plain copy",
      "b/data_batch_2.bin": test,
      "b/test_batch.bin": test,
    }).catch((error: Error) => error.message);
    assert.match(
      String(manifest),
      /b.data_batch_1.bin: 4 records; expected 10000, unless it is the last training file/,
    );
  });

  const wrong: readonly (readonly [string, Record<string, Uint8Array | string>, RegExp])[] = [
    [
      "a source without the test file",
      {"data_batch_1.bin": train},
      /it lacks test_batch.bin; expected at least data_batch_1.bin and test_batch.bin of the official binary form/,
    ],
    [
      "a gap between training files",
      {"data_batch_1.bin": train, "data_batch_3.bin": train, "test_batch.bin": test},
      /data_batch_2.bin: no such file; expected training files without a gap|4 records; expected 10000/,
    ],
    [
      "half a record",
      {"data_batch_1.bin": train.subarray(0, 4000), "test_batch.bin": test},
      /size of .*from.data_batch_1.bin: 4000 bytes; expected a whole number of records/,
    ],
    [
      "a label out of range",
      {"data_batch_1.bin": cifarRecords([[1], [10]]), "test_batch.bin": test},
      /label of record 1 in .*from.data_batch_1.bin: 10; expected 0 to 9/,
    ],
    [
      "a web page",
      {"data_batch_1.bin": "<!DOCTYPE html><title>404</title>", "test_batch.bin": test},
      /data_batch_1.bin: a web page \(HTML\); expected data/,
    ],
    [
      "a truncated gzip",
      {"data_batch_1.bin.gz": gzipSync(train).subarray(0, 99), "test_batch.bin": test},
      /data_batch_1.bin.gz: unexpected end of file/,
    ],
    [
      "more records than were published",
      {"data_batch_1.bin": Buffer.alloc(30_733_073), "test_batch.bin": test},
      /size of .*: more than 30730000 bytes; expected at most 30730000/,
    ],
    [
      "as many bytes as published, but others",
      {"data_batch_1.bin": Buffer.alloc(30_730_000), "test_batch.bin": test},
      /sha256 of .*; expected cee91656.*as published/,
    ],
  ];
  for (const [what, files, message] of wrong)
    it(`refuses ${what} and leaves nothing behind`, () =>
      assert.rejects(installed(files), {name: "InputError", message}));

  it("keeps what was installed when a new attempt fails", () =>
    installed({"data_batch_1.bin": train, "test_batch.bin": test}, async (dataDir) => {
      const bad = put(join(dataDir, "..", "bad"), {"data_batch_1.bin": "x", "test_batch.bin": test});
      await assert.rejects(install("cifar10", CIFAR10, {dataDir, from: bad}));
      assert.strictEqual((await loadDataset("cifar10", {dataDir})).train.labels.length, 4);
      assert.deepStrictEqual(readdirSync(dataDir), ["cifar-10-batches-bin"]);
    }));

  it("refuses a source that does not exist", () =>
    inFolder((dataDir) =>
      assert.rejects(
        install("cifar10", CIFAR10, {dataDir, from: "/no/such"}),
        /invalid source: \/no\/such; expected an existing/,
      ),
    ));

  it("downloads the archive, unpacks and verifies it, and removes it", function () {
    if (spawnSync("tar", ["--version"]).status !== 0) this.skip();
    return inFolder(async (dir) => {
      put(join(dir, "cifar-10-batches-bin"), {"data_batch_1.bin": train, "test_batch.bin": test});
      spawnSync("tar", ["-czf", "a.tar.gz", "cifar-10-batches-bin"], {cwd: dir});
      const archive = readFileSync(join(dir, "a.tar.gz"));
      const server = createServer((_, response) => response.end(archive));
      await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mirror.tar.gz`;
      const recipe: Recipe = {
        ...CIFAR10,
        downloads: [
          {url: "http://127.0.0.1:9/cifar-10-binary.tar.gz", sum: {algorithm: "sha256", value: sha256(archive)}},
        ],
        published: {train: 4, test: 2},
      };
      const dataDir = join(dir, "data");
      try {
        const manifest = await install("cifar10", recipe, {dataDir, url});
        assert.deepStrictEqual([manifest.train, manifest.cut, manifest.source], [4, false, url]);
        assert.deepStrictEqual(readdirSync(dataDir), ["cifar-10-batches-bin"]);
        await assert.rejects(
          install("cifar10", CIFAR10, {dataDir, url}),
          /invalid md5 of .*expected c32a1d4ab5d03f1284b67883e8d87530/,
        );
        assert.strictEqual((await loadDataset("cifar10", {dataDir})).train.labels.length, 4);
      } finally {
        server.closeAllConnections();
        server.close();
      }
    });
  });

  it("stops when asked and leaves nothing behind", () =>
    inFolder(async (dir) => {
      const from = put(join(dir, "from"), {"data_batch_1.bin": train, "test_batch.bin": test});
      const signal = AbortSignal.abort(new Error("enough"));
      await assert.rejects(install("cifar10", CIFAR10, {dataDir: join(dir, "data"), from, signal}), /enough/);
      assert.deepStrictEqual(readdirSync(join(dir, "data")), []);
    }));
});
