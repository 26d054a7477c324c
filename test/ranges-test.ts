import assert from "node:assert";
import {inRange, isInRange, numberIn, type Range, type RangeName, RANGES, rangeText} from "../src/ranges.js";
import {outside} from "./outside.js";

const NAMES = Object.keys(RANGES) as RangeName[];

describe("ranges", () => {
  it("hold their ends and nothing beyond them", () => {
    for (const name of NAMES) {
      const range: Range = RANGES[name];
      for (const end of ["least", "most"] as const)
        assert.strictEqual(isInRange(range, range[end]), range.open !== end, `${name}: ${end}`);
      for (const value of outside(range)) assert.ok(!isInRange(range, value), `${name}: ${value}`);
      for (const value of ["5", null, undefined, [5], 5n]) assert.ok(!isInRange(range, value), name);
    }
  });

  it("are said in an error with the name and the value", () => {
    const refused = (name: RangeName, value: number, message: string): void =>
      assert.throws(() => inRange(name, value), {name: "InputError", message});
    refused("bits", 33, "invalid bits: 33; expected an integer from 1 to 32");
    refused("bits", 1.5, "invalid bits: 1.5; expected an integer from 1 to 32");
    refused("kernel", 4, "invalid kernel: 4; expected an odd number from 1 to 255 (pixels)");
    refused("tau", 1, "invalid tau: 1; expected a number > 1 and <= 1000000 (timesteps)");
    refused("dropout", 1, "invalid dropout: 1; expected a number >= 0 and < 1");
    assert.throws(() => inRange("hidden", 0, "head hidden"), /^InputError: invalid head hidden: 0; /);
  });

  it("read texts, of which only a number of the range passes", () => {
    assert.strictEqual(numberIn("batchSize")("64"), 64);
    assert.strictEqual(numberIn("learningRate")("1e-3"), 1e-3);
    for (const text of ["", " ", "x", "1e999", "NaN", "64px", "1,5"])
      assert.throws(() => numberIn("batchSize")(text), {name: "InputError", message: `invalid batch size: ${text || '""'}; expected ${rangeText(RANGES.batchSize)}`}); // prettier-ignore
  });
});
