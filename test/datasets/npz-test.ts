import assert from "node:assert";
import {writeFileSync} from "node:fs";
import {join} from "node:path";
import type {Dataset} from "../../src/datasets/dataset.js";
import {datasetEntry, loadDataset} from "../../src/datasets/index.js";
import {npyHeader, parseNpy} from "../../src/datasets/npy.js";
import {inFolder, NPZ, npy, npyOf, zipOf} from "./fixtures.js";

const range = (n: number): number[] => Array.from({length: n}, (_, i) => i);
const load = (file: string, options = {}): Promise<Dataset> => loadDataset(`npz:${file}`, options);

/** Loads an archive of these arrays. */
const loadArrays = (arrays: Record<string, Buffer>, options = {}): Promise<Dataset> =>
  inFolder(async (dir) => {
    const file = join(dir, "own.npz");
    writeFileSync(
      file,
      zipOf(Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${name}.npy`, array]))),
    );
    return load(file, options);
  });

/** Ten samples of 2x2 bytes, sample i being all i, of two classes in turn. */
const x = npyOf(range(10).flatMap((i) => [i, i, i, i]), [10, 2, 2], "|u1"); // prettier-ignore
const y = npyOf(range(10).map((i) => i % 2), [10], "<i8"); // prettier-ignore

describe("a file of arrays", () => {
  it("that NumPy wrote, compressed and with names of classes, is read", () =>
    inFolder(async (dir) => {
      const file = join(dir, "own.npz");
      writeFileSync(file, NPZ);
      const data = await load(file);
      assert.deepStrictEqual(data.classes, ["cat", "dög"]);
      assert.deepStrictEqual([data.sampleShape, data.modality, data.name], [[4, 5, 3], "image", `npz:${file}`]);
      assert.deepStrictEqual([data.train.labels.length, data.test.labels.length], [4, 2]);
      // Sample i begins with 60·i % 256: 0, 60, 120, 180, 240, 44; its label is i's parity.
      for (const {samples, labels} of [data.train, data.test])
        labels.forEach((label, i) => assert.strictEqual([0, 120, 240].includes(samples[60 * i]!) ? 0 : 1, label));
      const {counts, balanced, classCount} = datasetEntry(`npz:${file}`);
      assert.deepStrictEqual({counts, balanced, classCount}, {counts: {train: 4, test: 2}, balanced: 4, classCount: 2});
    }));

  it("without test arrays gives a fifth of each class to the test set, drawn by the seed", async () => {
    const [first, again, other] = await Promise.all([0, 0, 5].map((seed) => loadArrays({x, y}, {seed})));
    const held = (data: Dataset, part: "train" | "test"): number[] => [...data[part].samples].filter((_, i) => i % 4 === 0); // prettier-ignore
    assert.deepStrictEqual([...held(first!, "train"), ...held(first!, "test")].sort(), range(10));
    assert.deepStrictEqual([...first!.test.labels], [0, 1]);
    for (const part of ["train", "test"] as const)
      assert.deepStrictEqual(held(first!, part).map((i) => i % 2), [...first![part].labels]); // prettier-ignore
    assert.strictEqual(again!.checksum, first!.checksum);
    assert.notStrictEqual(other!.checksum, first!.checksum);
  });

  it("with test arrays is split as they say; the first n take turns", async () => {
    const arrays = {x, y, x_test: npyOf(range(12), [3, 2, 2], "|u1"), y_test: npyOf([1, 1, 0], [3], "<i8")};
    const data = await loadArrays(arrays, {trainCount: 4});
    assert.deepStrictEqual([...data.train.labels], [0, 1, 0, 1]);
    assert.deepStrictEqual([...data.test.labels], [0, 1, 1]);
    assert.strictEqual(data.test.samples[0], 8);
    assert.deepStrictEqual(data.sampleShape, [2, 2, 1]);
  });

  it("of floats keeps them, and normalises by their own mean and deviation", async () => {
    const floats = range(8).map((i) => (i % 2 ? 0.75 : 0.25));
    const data = await loadArrays({x: npyOf(floats, [4, 1, 2, 1], "<f4"), y: npyOf([0, 1, 0, 1], [4], "<i8")});
    assert.ok(data.train.samples instanceof Float32Array);
    assert.deepStrictEqual([data.mean, data.sd], [[0.5], [0.25]]);
  });

  it("with time gives counts as they are", async () => {
    const counts = npyOf(range(4 * 3 * 2).map((i) => i % 3), [4, 3, 2, 1, 1], "|u1"); // prettier-ignore
    const data = await loadArrays({x: counts, y: npyOf([0, 1, 0, 1], [4], "<i8")});
    assert.deepStrictEqual([data.sampleShape, data.modality], [[3, 2, 1, 1], "events"]);
    assert.deepStrictEqual([data.mean, data.sd], [[0], [1 / 255]]);
  });

  const bytes = (n: number, ...shape: number[]): Buffer => npyOf(range(n), shape, "|u1");
  const two = npyOf([0, 1, 0, 1], [4], "<i8");
  for (const [
    what,
    arrays,
    error,
  ] of [
    ["no y", {x, z: y}, /invalid arrays of .*own.npz: x, z, no y; expected x and y/],
    ["x_test without y_test", {x, y, x_test: x}, /no y_test; expected x and y, and with x_test also y_test/],
    ["a label for another number of samples", {x: bytes(16, 4, 2, 2), y}, /shape of y.npy in .*: \[10\]; expected \[4\], a label for each sample/],
    ["labels as floats", {x, y: npyOf(range(10), [10], "<f4")}, /type of y.npy in .*: <f4; expected whole numbers/],
    ["labels in one-hot form", {x, y: npyOf(range(20), [10, 2], "|u1")}, /shape of y.npy in .*: \[10, 2\]; expected \[10\]/],
    ["a negative label", {x: bytes(16, 4, 2, 2), y: npyOf([0, 1, -1, 1], [4], "<i8")}, /label 2 of y.npy in .*: -1; expected a whole number from 0 to 65535/],
    ["labels with a gap", {x: bytes(16, 4, 2, 2), y: npyOf([0, 2, 0, 2], [4], "<i8")}, /no sample of class 1; expected every class from 0 to 2/],
    ["one class", {x: bytes(16, 4, 2, 2), y: npyOf([0, 0, 0, 0], [4], "<i8")}, /one class; expected at least two/],
    ["one sample of a class", {x: bytes(12, 3, 2, 2), y: npyOf([0, 1, 0], [3], "<i8")}, /one sample of class 1; expected at least two of each/],
    ["a test label that no training sample has", {x: bytes(16, 4, 2, 2), y: two, x_test: bytes(4, 1, 2, 2), y_test: npyOf([2], [1], "<i8")}, /: 2; expected 0 to 1: y has these/],
    ["test samples of another shape", {x: bytes(16, 4, 2, 2), y: two, x_test: bytes(6, 1, 2, 3), y_test: npyOf([0], [1], "<i8")}, /x_test.npy in .*: \|u1 \[2, 3, 1\] a sample; expected \|u1 \[2, 2, 1\], as in x/],
    ["vectors", {x: bytes(8, 4, 2), y: two}, /shape of x.npy in .*: \[4, 2\]; expected \[N, H, W, C\]/],
    ["no samples", {x: bytes(0, 0, 2, 2), y: npyOf([], [0], "<i8")}, /shape of x.npy in .*: \[0, 2, 2\]/],
    ["channels first", {x: bytes(4 * 3 * 64, 4, 3, 8, 8), y: two}, /channels last, \[N, H, W, C\]: x.transpose\(0, 2, 3, 1\)/],
    ["whole numbers beyond bytes", {x: npyOf(range(16), [4, 2, 2], "<i8"), y: two}, /type of x.npy in .*: <i8; expected uint8, or floats/],
    ["floats beyond 1", {x: npyOf([...range(15).map(() => 0.5), 255], [4, 2, 2], "<f4"), y: two}, /value 15 of x.npy in .*: 255; expected 0 to 1, or uint8/],
    ["NaN", {x: npyOf([...range(15).map(() => 0.5), NaN], [4, 2, 2], "<f4"), y: two}, /value 15 of x.npy in .*: NaN; expected 0 to 1/],
    ["infinite values over time", {x: npyOf([Infinity, ...range(15)], [4, 2, 2, 1, 1], "<f4"), y: two}, /value \d+ of x.npy in .*: Infinity; expected finite numbers/],
    ["columns first", {x: npy("|u1", [4, 2, 2], Buffer.alloc(16), "True"), y: two}, /by columns \(Fortran\); expected by rows: numpy.ascontiguousarray/],
    ["pickled objects", {x: npy("|O", [4, 2, 2], Buffer.alloc(16)), y: two}, /type of x.npy in .*: \|O; expected/],
  ] as const) // prettier-ignore
    it(`refuses ${what}`, () => assert.rejects(loadArrays(arrays), error));

  it("refuses files that are damaged, none, or nothing of the kind", () =>
    inFolder(async (dir) => {
      const file = join(dir, "own.npz");
      await assert.rejects(load(file), /invalid file of arrays: .*own.npz; expected an existing .npz file/);
      writeFileSync(file, "no zip");
      await assert.rejects(load(file), /it has no end record; expected a whole zip archive/);
      const whole = zipOf({"x.npy": x, "y.npy": y});
      writeFileSync(file, whole.subarray(0, whole.length - 30));
      await assert.rejects(load(file), /whole zip archive/);
      const changed = Buffer.from(whole);
      changed[changed.indexOf(x) + x.length - 1]! ^= 1;
      writeFileSync(file, changed);
      await assert.rejects(load(file), /CRC-32 of x.npy in .*the archive is damaged/);
      assert.throws(() => datasetEntry(`npz:${file}?size=3`), /invalid option of npz:: size; expected a path without/);
    }));

  it("takes no memory for sizes that a file only claims", () =>
    inFolder(async (dir) => {
      const file = join(dir, "own.npz");
      writeFileSync(file, zipOf({"x.npy": npy("|u1", [1e6, 1e3, 1e3], Buffer.alloc(16)), "y.npy": y}));
      await assert.rejects(load(file), /size of x.npy in .*: 144 bytes; expected 1000000000128, for \|u1 of shape/);
      const archive = zipOf({"x.npy": x, "y.npy": y});
      archive.writeUInt32LE(0x7fffffff, archive.indexOf("PK\x01\x02", 0, "latin1") + 20); // packed bytes of x.npy
      writeFileSync(file, archive);
      await assert.rejects(
        load(file),
        /x.npy in .*: 2147483647 packed bytes from byte 35 of \d+; expected a whole zip archive/,
      );
    }));
});

describe("an array in NumPy's format", () => {
  it("is read in every type that labels and samples have", () => {
    const values = [0, 1, 200, 7];
    for (const [descr, bytes] of Object.entries({
      "|u1": Uint8Array.from(values),
      "<u2": Uint16Array.from(values),
      "<i4": Int32Array.from(values),
      "<u8": BigUint64Array.from(values, BigInt),
      "<f4": Float32Array.from(values),
      "<f8": Float64Array.from(values),
    }))
      assert.deepStrictEqual([...Array.from(parseNpy(npy(descr, [2, 2], new Uint8Array(bytes.buffer)), "x").data)], values, descr); // prettier-ignore
    assert.throws(() => parseNpy(npy(">f4", [1], Buffer.alloc(4)), "x"), /invalid type of x: >f4; expected .*<f4/);
  });

  it("is refused when its header is none", () => {
    assert.throws(() => npyHeader(Buffer.from("hello, world!"), 13, "x"), /it does not begin as an array/);
    assert.throws(() => npyHeader(npy("|u1", [3], Buffer.alloc(3)).subarray(0, 40), 131, "x"), /header of x: version 1, 118 bytes; expected a whole one/); // prettier-ignore
    const plain = npy("|u1", [3], Buffer.alloc(3));
    const record = Buffer.from(plain.toString("latin1").replace("'|u1'", "[1,2]"), "latin1");
    assert.throws(() => npyHeader(record, record.length, "x"), /expected a plain type, an order and a shape/);
  });
});
