import assert from "node:assert";
import {existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {datasetLines} from "../../src/cli/data.js";
import {isPresent, loadDataset} from "../../src/datasets/index.js";
import {install} from "../../src/datasets/install.js";
import {installInto, isInstalled} from "../../src/datasets/place.js";
import {RECIPES} from "../../src/datasets/recipe.js";
import {takeLock} from "../../src/disk/lock.js";
import {cifarRecords, inFolder, put} from "./fixtures.js";

const FILES = {"data_batch_1.bin": cifarRecords([[0], [1]]), "test_batch.bin": cifarRecords([[4]])};
const FOLDER = RECIPES.cifar10.folder;

/** A data folder with CIFAR-10 in it, and where it came from. */
const withCifar = (work: (dataDir: string, from: string) => Promise<void>): Promise<void> =>
  inFolder(async (dir) => {
    const [from, dataDir] = [put(join(dir, "from"), FILES), join(dir, "data")];
    await install("cifar10", RECIPES.cifar10, {dataDir, from});
    await work(dataDir, from);
  });

describe("the place of an installed data set", () => {
  it("is filled by one at a time: the second waits, and uses what the first installed", () =>
    inFolder(async (dir) => {
      const [from, dataDir] = [put(join(dir, "from"), FILES), join(dir, "data")];
      const notes: string[] = [];
      const onProgress = (_done: number, _total: number, note = ""): void => void notes.push(note);
      const both = [1, 2].map(() => install("cifar10", RECIPES.cifar10, {dataDir, from, onProgress}));
      const [first, second] = await Promise.all(both);
      assert.deepStrictEqual(second, first);
      assert.deepStrictEqual(readdirSync(dataDir), [FOLDER]);
      assert.ok(notes.some((note) => /seconds waited: .* is being installed by another process/.test(note)));
      assert.strictEqual(notes.filter((note) => note.startsWith("files of")).length, 2, "files were brought in once");
    }));

  it("is taken by a second one from another source, after the first", () =>
    withCifar(async (dataDir, from) => {
      const other = put(join(dataDir, "..", "other"), {...FILES, "data_batch_1.bin": cifarRecords([[0], [1], [2]])});
      const installs = [from, other].map((source) => install("cifar10", RECIPES.cifar10, {dataDir, from: source}));
      const [first, second] = await Promise.all(installs);
      assert.deepStrictEqual([first!.train, second!.train], [2, 3]);
      assert.strictEqual((await loadDataset("cifar10", {dataDir})).train.labels.length, 3);
    }));

  it("stops waiting when asked", () =>
    inFolder(async (dataDir) => {
      const folder = join(dataDir, "set");
      const lock = takeLock(`${folder}.lock`, "it");
      const signal = AbortSignal.timeout(50);
      await assert.rejects(installInto(folder, {signal}, () => assert.fail()), {name: "TimeoutError"}); // prettier-ignore
      lock.release();
    }));

  it("has what was there before where a process died between the two renames", () =>
    withCifar(async (dataDir, from) => {
      const folder = join(dataDir, FOLDER);
      const die = (): void => {
        renameSync(folder, `${folder}.old`);
        mkdirSync(`${folder}.partial`, {recursive: true});
      };
      die();
      assert.strictEqual((await datasetLines(dataDir)).find(({name}) => name === "cifar10")!.state, "present, cut to 2 + 1 samples"); // prettier-ignore
      die();
      assert.strictEqual((await loadDataset("cifar10", {dataDir})).train.labels.length, 2);
      die();
      await assert.rejects(install("cifar10", RECIPES.cifar10, {dataDir, from: join(from, "none")}));
      assert.deepStrictEqual(readdirSync(dataDir), [FOLDER]);
      assert.ok(isInstalled(folder) && !isInstalled(join(dataDir, "other")));
    }));

  it("waits for a living process that is between the two renames", () =>
    withCifar(async (dataDir) => {
      const folder = join(dataDir, FOLDER);
      const lock = takeLock(`${folder}.lock`, "it");
      renameSync(folder, `${folder}.old`);
      assert.ok(!isPresent("cifar10", dataDir), "it is not taken from a process that lives");
      assert.ok(existsSync(`${folder}.old`));
      lock.release();
      assert.ok(isPresent("cifar10", dataDir));
    }));

  it("is listed though its dataset.json is damaged, which loading names", () =>
    withCifar(async (dataDir) => {
      const path = join(dataDir, FOLDER, "dataset.json");
      const text = readFileSync(path, "utf8");
      const message = /damaged .*dataset\.json: .*; install the data set again, or delete this file/;
      for (const damaged of ["", "{", text.slice(0, 99), text.replace('"train": 2', '"train": 3'), '{"train": 3}']) {
        writeFileSync(path, damaged);
        const lines = await datasetLines(dataDir);
        assert.match(lines.find(({name}) => name === "cifar10")!.state, message);
        assert.strictEqual(lines.find(({name}) => name === "procedural")!.state, "built in");
        await assert.rejects(loadDataset("cifar10", {dataDir}), {name: "InputError", message});
      }
      writeFileSync(path, text.replace(/,\s*"sha256": "[0-9a-f]{64}"\s*\}\s*$/, "}")); // as version 0.1.0 wrote it
      assert.match((await loadDataset("cifar10", {dataDir})).provenance, /CUT: 2 training and 1 test images/);
    }));
});
