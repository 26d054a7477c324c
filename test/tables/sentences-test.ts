import assert from "node:assert";
import {differenceList, differenceText, enumerated, percent, signed, thousands} from "../../src/tables/sentences.js";

describe("numbers in a sentence", () => {
  it("are percentages, counts and signed values", () => {
    assert.deepStrictEqual([percent(0.906), percent(5 / 9, 0)], ["90.6 %", "56 %"]);
    assert.deepStrictEqual([1234567, 12.6, 7].map(thousands), ["1,234,567", "13", "7"]);
    assert.deepStrictEqual([0.34, -1.26, 0, -0.04].map((value) => signed(value)), ["+0.3", "−1.3", "0.0", "0.0"]); // prettier-ignore
    assert.strictEqual(signed(-0.04, 2), "−0.04");
  });

  it("are listed with an and", () => {
    assert.deepStrictEqual(
      [[], [1], [1, 2], ["a", "b", "c"]].map((items) => enumerated(items)),
      ["none", "1", "1 and 2", "a, b and c"],
    );
  });
});

describe("differences in a sentence", () => {
  const gain = {n: 5, mean: 0.29, low: -1.33, high: 1.91};

  it("carry n, interval and verdict", () => {
    assert.strictEqual(differenceText(gain), "+0.3 points (n = 5, 95 % interval −1.3 to +1.9): no difference shown");
    assert.strictEqual(
      differenceText({...gain, low: 0.1}, {unit: "", digits: 2, says: {higher: "found more"}}),
      "+0.29 (n = 5, 95 % interval +0.10 to +1.91): found more",
    );
    assert.strictEqual(differenceText(gain, {margin: 2}).split(": ")[1], "equivalent within the margin");
  });

  it("of one value have no interval and show nothing", () =>
    assert.strictEqual(differenceText({n: 1, mean: -2}), "−2.0 points (n = 1, no interval): no difference shown"));

  it("are listed for each group but the reference", () => {
    const rows = [
      {group: 3, n: 5},
      {group: 5, n: 5, difference: -4, differenceLow: -6, differenceHigh: -2},
    ];
    assert.strictEqual(
      differenceList(rows, (size) => `${size}×${size} − 3×3`, {says: {lower: "worse"}}),
      "* 5×5 − 3×3: −4.0 points (n = 5, 95 % interval −6.0 to −2.0): worse",
    );
  });
});
