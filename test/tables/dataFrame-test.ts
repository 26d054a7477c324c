import assert from "node:assert";
import {spawnSync} from "node:child_process";
import {toDataFrame} from "../../src/tables/dataFrame.js";

describe("data frames", function () {
  this.timeout(30_000); // loading danfo takes a second, more on a busy machine

  it("hold the rows, with their columns and types", () => {
    const frame = toDataFrame([
      {kernel: 3, accuracy: 0.5, name: "a"},
      {kernel: 5, accuracy: 0.6, name: "b"},
    ]);
    assert.deepStrictEqual(frame.shape, [2, 3]);
    assert.deepStrictEqual(frame.columns, ["kernel", "accuracy", "name"]);
    assert.deepStrictEqual(frame.ctypes.values, ["int32", "float32", "string"]);
    assert.deepStrictEqual(frame.values, [
      [3, 0.5, "a"],
      [5, 0.6, "b"],
    ]);
  });

  it("put each cell under its own column though rows lack some or order them differently", () => {
    const frame = toDataFrame([{a: 1, b: "x"}, {b: "y"}, {b: undefined, a: 3}]);
    assert.deepStrictEqual(frame.column("a").values, [1, NaN, 3]);
    assert.deepStrictEqual(frame.column("b").values, ["x", "y", ""]);
    assert.strictEqual(frame.column("a").mean(), 2);
  });

  it("can be described and sorted where numbers are missing", () => {
    const frame = toDataFrame([{a: 2}, {a: null}, {a: 1}]);
    assert.strictEqual(frame.describe().shape[1], 1);
    assert.deepStrictEqual(
      toDataFrame([{a: 2}, {a: 1}])
        .sortValues("a")
        .column("a").values,
      [1, 2],
    );
  });

  it("hold doubles, not single precision", () => {
    assert.deepStrictEqual(toDataFrame([{a: 1 / 3}, {a: 2 ** 40 + 1}]).column("a").values, [1 / 3, 2 ** 40 + 1]);
  });

  it("show lists as JSON, choose columns, and may be empty", () => {
    assert.deepStrictEqual(toDataFrame([{a: [1, 2], b: 1}], ["a"]).values, [["[1,2]"]]);
    assert.deepStrictEqual(toDataFrame([]).shape, [0, 0]);
    assert.throws(() => toDataFrame([{a: 1}], ["b"]), {message: "unknown column: b; expected a"});
  });

  it("come without a banner, and danfo is not loaded before the first one", () => {
    const file = new URL("../../src/tables/dataFrame.js", import.meta.url).href;
    const script = `
      const {toDataFrame} = await import(${JSON.stringify(file)});
      const {createRequire} = await import("node:module");
      const loaded = () => Object.keys(createRequire(${JSON.stringify(file)}).cache).some((path) => path.includes("danfojs"));
      process.stdout.write(String(loaded()));
      const frame = toDataFrame([{a: 1}, {a: 3}]);
      frame.describe();
      process.stdout.write(" " + frame.tensor.sum().dataSync()[0] + " " + loaded());`;
    const {stdout, stderr} = spawnSync(process.execPath, ["--input-type=module", "-e", script], {encoding: "utf8"});
    assert.strictEqual(stderr, "");
    assert.strictEqual(stdout, "false 4 true");
  });
});
