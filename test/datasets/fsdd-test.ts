import assert from "node:assert";
import {join} from "node:path";
import {datasetEntry, loadDataset} from "../../src/datasets/index.js";
import {install} from "../../src/datasets/install.js";
import {balancedSplit} from "../../src/datasets/split.js";
import {useBackend} from "../../src/kernels/index.js";
import {randomKey} from "../../src/random.js";
import {studySettings} from "../../src/studies/settings.js";
import {batchOf} from "../../src/training/batches.js";
import {inFolder, put, wavOf} from "./fixtures.js";

/** A tone that begins after `silence` samples: digit d sounds at 300 + 300·d Hz. */
const recording = (digit: number, silence = 0): Buffer =>
  wavOf(Array.from({length: 3000}, (_, i) => (i < silence ? 0 : 0.5 * Math.sin((2 * Math.PI * (300 + 300 * digit) * i) / 8000)))); // prettier-ignore

const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const recordings = (indices: readonly number[]): Record<string, Buffer> =>
  Object.fromEntries(
    DIGITS.flatMap((d) => indices.map((i) => [`copy/recordings/${d}_jackson_${i}.wav`, recording(d)] as const)),
  );

describe("spoken digits", () => {
  it("are installed from a copy, split by index, and read as pieces of a spectrogram", () =>
    inFolder(async (dir) => {
      const from = put(join(dir, "from"), {...recordings([0, 4, 5, 6]), "copy/README.md": "x"});
      const {train, test, cut} = await install("fsdd", datasetEntry("fsdd").recipe!, {dataDir: dir, from});
      assert.deepStrictEqual({train, test, cut}, {train: 20, test: 20, cut: true});
      const data = await loadDataset("fsdd", {dataDir: dir});
      assert.deepStrictEqual([data.sampleShape, data.modality, data.classes.length], [[4, 32, 16, 1], "audio", 10]);
      assert.deepStrictEqual([...data.train.labels], [...DIGITS, ...DIGITS]);
      assert.match(data.provenance, /recordings from github.com.*; CUT: 20 training and 20 test/);
      // Bands lie along the height, from low to high: the loudest band rises with the digit. 3,000 samples end in the second piece.
      const loudest = DIGITS.map((d) => {
        const column = Array.from({length: 32}, (_, band) => data.train.samples[d * 2048 + band * 16 + 8]!);
        return column.indexOf(Math.max(...column));
      });
      assert.deepStrictEqual(
        loudest,
        [...new Set(loudest)].sort((a, b) => a - b),
      );
      assert.ok(
        data.train.samples.subarray(1024, 2048).every((v) => v === 0),
        "silence after the sound",
      );
    }));

  it("go through split and batch, time first, and are neither cropped nor mirrored", () =>
    inFolder(async (dir) => {
      await useBackend("cpu");
      put(dir, Object.fromEntries(Object.entries(recordings([0, 5, 6, 7])).map(([name, file]) => [name.replace("copy", "free-spoken-digit-dataset"), file]))); // prettier-ignore
      const data = await loadDataset("fsdd", {dataDir: dir, testCount: 10});
      const {train, validation} = balancedSplit(data.train.labels, {classes: 10, sizes: {train: 20, validation: 10}, key: randomKey(1)}); // prettier-ignore
      assert.deepStrictEqual([train.length, validation.length], [20, 10]);
      const {x, labels} = batchOf(data, data.train, train.slice(0, 6), {scale: "unit"});
      assert.deepStrictEqual([x.shape, labels.shape], [[4, 6, 32, 16, 1], [6]]);
      const values = x.dataSync();
      assert.ok(values.every((v) => v >= 0 && v <= 1) && values.some((v) => v === 1));
      const {network, recipe} = studySettings("a study", {}, {data: "fsdd"});
      assert.deepStrictEqual([network.T, network.pool, recipe.crop, recipe.flip], [4, 4, 0, false]);
    }));

  it("are refused where a recording is cut or of another rate, and where there are none", () =>
    inFolder(async (dir) => {
      const folder = join(dir, "free-spoken-digit-dataset", "recordings");
      const load = (): Promise<unknown> => loadDataset("fsdd", {dataDir: dir});
      put(folder, {"0_jackson_0.wav": recording(0)});
      await assert.rejects(load(), /no train recordings; expected files such as/);
      put(folder, {"0_jackson_5.wav": recording(0).subarray(0, 900)});
      await assert.rejects(load(), /0_jackson_5.wav: a chunk data of 6000 bytes in a file of 900/);
      put(folder, {"0_jackson_5.wav": wavOf([0, 0.1], 16000)});
      await assert.rejects(load(), /rate of .*0_jackson_5.wav: 16000; expected 8000 samples a second/);
      const none = install("fsdd", datasetEntry("fsdd").recipe!, {dataDir: join(dir, "data"), from: folder});
      await assert.rejects(none, /it lacks recordings\/0_jackson_0.wav/);
    }));
});
