import assert from "node:assert";
import {spawnSync} from "node:child_process";
import {mkdirSync, symlinkSync, truncateSync} from "node:fs";
import {join} from "node:path";
import {Readable} from "node:stream";
import {pipeline} from "node:stream/promises";
import {bounded, isPlainFile, readWithin} from "../../src/datasets/bounds.js";
import {inFolder, put} from "./fixtures.js";

/** What comes through a bound of `most` bytes from chunks of these lengths, and how many chunks were asked for. */
async function through(most: number, lengths: readonly number[]): Promise<{bytes: number; asked: number}> {
  let [bytes, asked] = [0, 0];
  async function* source(): AsyncGenerator<Buffer> {
    for (const length of lengths) {
      ++asked;
      yield Buffer.alloc(length);
      await new Promise(setImmediate); // a disk is no faster
    }
  }
  await pipeline(Readable.from(source()), bounded(most, "a.bin"), async (stream: AsyncIterable<Buffer>) => {
    for await (const chunk of stream) bytes += chunk.length;
  }).catch((error: Error) => {
    throw Object.assign(error, {asked});
  });
  return {bytes, asked};
}

describe("a bound", () => {
  it("lets as many bytes pass as it says, and ends the stream at the first byte more", async () => {
    assert.deepStrictEqual(await through(10, [4, 6]), {bytes: 10, asked: 2});
    assert.deepStrictEqual(await through(0, []), {bytes: 0, asked: 0});
    await assert.rejects(through(10, [4, 7]), {
      name: "InputError",
      message: "invalid size of a.bin: more than 10 bytes; expected at most 10",
    });
    const endless = Array.from({length: 100_000}, () => 1000);
    await assert.rejects(through(5000, endless), ({asked}: {asked: number}) => asked < 100); // the stream's own buffers
  });

  it("is asked of a file before memory is taken for it", () =>
    inFolder(async (folder) => {
      const path = join(put(folder, {"a.bin": "0123456789"}), "a.bin");
      assert.strictEqual(String(await readWithin(path, 10)), "0123456789");
      await assert.rejects(readWithin(path, 9), {message: `invalid size of ${path}: 10 bytes; expected at most 9`});
      truncateSync(path, 2 ** 40); // takes no room on the disk
      await assert.rejects(readWithin(path, 2 ** 30), /1099511627776 bytes; expected at most 1073741824/);
    }));

  it("is of plain files, through links or not: no folder, and no pipe, which would be waited for", () =>
    inFolder(async (folder) => {
      put(folder, {"a.bin": "a"});
      const at = (name: string): string => join(folder, name);
      mkdirSync(at("folder"));
      for (const [link, to] of [["link", "a.bin"], ["dangling", "none"], ["device", "/dev/zero"]]) symlinkSync(to!, at(link!)); // prettier-ignore
      const piped = spawnSync("mkfifo", [at("pipe")]).status === 0;
      for (const name of ["a.bin", "link"]) {
        assert.ok(await isPlainFile(at(name)), name);
        assert.strictEqual(String(await readWithin(at(name), 5)), "a");
      }
      for (const name of ["folder", "device", ...(piped ? ["pipe"] : [])]) {
        assert.ok(!(await isPlainFile(at(name))), name);
        await assert.rejects(readWithin(at(name), 5), /no plain file; expected a file/);
      }
      assert.ok(!(await isPlainFile(at("dangling"))));
      await assert.rejects(readWithin(at("dangling"), 5), /ENOENT/);
    }));
});
