import assert from "node:assert";
import {join} from "node:path";
import {writeFileSync} from "node:fs";
import {macroOf, readingFor, studySettings} from "../../src/studies/settings.js";
import {inFolder, npyOf, pngFolder, put, zipOf} from "../datasets/fixtures.js";

const settings = (changes: Parameters<typeof studySettings>[2]) => studySettings("a study", {}, changes);

describe("the settings of a study", () => {
  it("of published data are a small cut, or all of it", () => {
    const {data, network} = settings({data: "cifar10"});
    assert.deepStrictEqual(data, {name: "cifar10", trainCount: 3200, testCount: 500, train: 2000, validation: 500, seed: 0}); // prettier-ignore
    assert.deepStrictEqual([network.stemStride, network.pool], [1, 4]);
    const full = settings({data: "mnist", profile: "full"});
    assert.deepStrictEqual(full.data, {name: "mnist", trainCount: 60000, testCount: 10000, train: 48789, validation: 5421, seed: 0}); // prettier-ignore
    assert.strictEqual(full.network.pool, 7);
    const {stemStride, pool} = settings({data: "tiny-imagenet"}).network;
    assert.deepStrictEqual([stemStride, pool], [2, 4]);
    assert.strictEqual(settings({}).data.train, 1200);
  });

  it("of a folder of images follow what it holds, and its whole path", () =>
    inFolder(async (dir) => {
      put(dir, {...pngFolder(["a", "b"], 20), ...pngFolder(["a", "b", "c"], 10)});
      const name = `folder:${dir}?channels=1&size=20x28`;
      const {data, network, ...rest} = settings({data: name});
      // Of 16 + 16 + 8 training images 3·8 can be balanced; a fifth of them validates.
      assert.deepStrictEqual(data, {name, trainCount: 40, testCount: 10, train: 19, validation: 5, seed: 0});
      assert.strictEqual(readingFor(name, {train: 20, validation: 4}), 40);
      assert.deepStrictEqual([network.stemStride, network.pool], [1, 2]);
      const {input, classes} = macroOf({...rest, data, network});
      assert.deepStrictEqual({input, classes}, {input: {size: [20, 28], channels: 1}, classes: 3});
      assert.deepStrictEqual(settings({data: name, profile: "full"}).data.train, 22);
      assert.deepStrictEqual(settings({data: {...data, name: `folder:${dir}/../${dir.split("/").at(-1)}`}}).data.name, `folder:${dir}`); // prettier-ignore
    }));

  it("of samples with time have their timesteps and no augmentation of images", () =>
    inFolder(async (dir) => {
      const file = join(dir, "own.npz");
      const x = npyOf(new Array(10 * 7 * 8 * 8).fill(1), [10, 7, 8, 8, 1], "|u1"); // prettier-ignore
      writeFileSync(file, zipOf({"x.npy": x, "y.npy": npyOf([0, 1, 0, 1, 0, 1, 0, 1, 0, 1], [10], "<i8")}));
      const {network, recipe} = settings({data: `npz:${file}`});
      assert.deepStrictEqual([network.T, recipe.crop, recipe.flip, recipe.cutout], [7, 0, false, 0]);
      assert.throws(() => settings({data: `npz:${file}`, network: {T: 5}}), /invalid timesteps: 5; expected 7, which the samples/); // prettier-ignore
      assert.throws(() => settings({data: `npz:${file}`, recipe: {flip: true}}), /invalid augmentation of events/);
    }));
});
