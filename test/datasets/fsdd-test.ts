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
      const data = await loadDataset("fsdd-pieces", {dataDir: dir});
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
      const data = await loadDataset("fsdd-pieces", {dataDir: dir, testCount: 10});
      const {train, validation} = balancedSplit(data.train.labels, {classes: 10, sizes: {train: 20, validation: 10}, key: randomKey(1)}); // prettier-ignore
      assert.deepStrictEqual([train.length, validation.length], [20, 10]);
      const {x, labels} = batchOf(data, data.train, train.slice(0, 6), {scale: "unit"});
      assert.deepStrictEqual([x.shape, labels.shape], [[4, 6, 32, 16, 1], [6]]);
      const values = x.dataSync();
      assert.ok(values.every((v) => v >= 0 && v <= 1) && values.some((v) => v === 1));
      const {network, recipe} = studySettings("a study", {}, {data: "fsdd-pieces"});
      assert.deepStrictEqual([network.T, network.pool, recipe.crop, recipe.flip], [4, 4, 0, false]);
    }));

  it("are refused where a recording is cut or of another rate, and where there are none", () =>
    inFolder(async (dir) => {
      const folder = join(dir, "free-spoken-digit-dataset", "recordings");
      const load = (): Promise<unknown> => loadDataset("fsdd", {dataDir: dir});
      put(folder, {"0_jackson_0.wav": recording(0)});
      await assert.rejects(load(), /no train recordings; expected files such as/);
      put(folder, {"0_jackson_5.wav": recording(0).subarray(0, 900)});
      await assert.rejects(load(), /samples of .*0_jackson_5.wav: 856 bytes of the 6000 that it declares/);
      put(folder, {"0_jackson_5.wav": wavOf([0, 0.1], 16000)});
      await assert.rejects(load(), /rate of .*0_jackson_5.wav: 16000; expected 8000 samples a second/);
      const none = install("fsdd", datasetEntry("fsdd").recipe!, {dataDir: join(dir, "data"), from: folder});
      await assert.rejects(none, /it lacks recordings\/0_jackson_0.wav/);
    }));

  it("are images as well, whose pieces laid side by side are the same frames", () =>
    inFolder(async (dir) => {
      put(dir, Object.fromEntries(Object.entries(recordings([0, 5])).map(([name, file]) => [name.replace("copy", "free-spoken-digit-dataset"), file]))); // prettier-ignore
      const data = await loadDataset("fsdd", {dataDir: dir});
      assert.deepStrictEqual([data.sampleShape, data.validation], [[32, 32, 1], undefined]);
      // 3,000 samples are 15.6 frames of 192 each; the loudest band of the digits rises with their pitch.
      const column = (d: number, t: number): number[] => Array.from({length: 32}, (_, b) => data.train.samples[d * 1024 + b * 32 + t]!); // prettier-ignore
      assert.ok(column(0, 20).every((v) => v === 0) && column(0, 10).some((v) => v > 0.9));
      const loudest = DIGITS.map((d) => column(d, 8).indexOf(Math.max(...column(d, 8))));
      assert.deepStrictEqual(
        loudest,
        loudest.toSorted((a, b) => a - b),
      );
      const {network} = studySettings("a study", {}, {data: "fsdd"});
      assert.deepStrictEqual([network.pool, network.encoding], [4, undefined]);
    }));

  it("may be split by speaker: nobody is heard in two of training, validation and test", () =>
    inFolder(async (dir) => {
      const speakers = ["george", "jackson", "lucas", "nicolas", "theo", "yweweler"];
      const files = speakers.flatMap(
        (who, s) =>
        [0, 1].flatMap((i) => DIGITS.map((d) => [`free-spoken-digit-dataset/recordings/${d}_${who}_${i}.wav`, recording(d, 200 * s)] as const)), // prettier-ignore
      );
      put(dir, Object.fromEntries(files));
      const data = await loadDataset("fsdd-speakers", {dataDir: dir});
      assert.deepStrictEqual([data.train.labels.length, data.test.labels.length, data.validation!.length], [80, 40, 20]); // prettier-ignore
      const split = balancedSplit(data.train.labels, {classes: 10, sizes: {train: 60, validation: 20}, key: randomKey(1), reserved: data.validation}); // prettier-ignore
      assert.deepStrictEqual(
        [...split.validation],
        [...data.validation!].sort((a, b) => a - b),
      );
      // A speaker is told by where the sound begins: nicolas after 600 samples, which the first frame of 512 does not hold.
      const firstFrame = (i: number): number =>
        DIGITS.concat(DIGITS).findIndex((_, t) => Array.from({length: 32}, (_, b) => data.train.samples[i * 1024 + b * 32 + t]!).some((v) => v > 0)); // prettier-ignore
      const begins = (part: Int32Array): number[] => [...new Set(Array.from(part, firstFrame))];
      assert.deepStrictEqual([begins(split.validation), begins(split.train)], [[1], [0]]);
      const over = (): unknown => balancedSplit(data.train.labels, {classes: 10, sizes: {train: 40, validation: 30}, key: randomKey(1), reserved: data.validation}); // prettier-ignore
      assert.throws(over, /at most 60 and 20: its authors keep 20 of the 80 held for validation/);
      const {data: spec} = studySettings("a study", {}, {data: "fsdd-speakers"});
      assert.ok(spec.train <= 1500 && spec.validation <= 500 && spec.trainCount <= 2000, JSON.stringify(spec));
    }));
});
