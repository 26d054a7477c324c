import assert from "node:assert";
import {
  check,
  checkAbove,
  checkInteger,
  checkName,
  checkOptions,
  checkRange,
  InputError,
  invalid,
  listed,
  unknown,
} from "../src/check.js";

describe("errors", () => {
  it("say what is wrong, the value, and what would be right", () => {
    assert.strictEqual(invalid("tau", -3, "a number > 1 (timesteps)").message, "invalid tau: -3; expected a number > 1 (timesteps)"); // prettier-ignore
    assert.strictEqual(unknown("encoding", "morse", ["rate", "latency"]).message, "unknown encoding: morse; expected rate or latency"); // prettier-ignore
    assert.ok(invalid("a", 1, "b") instanceof InputError);
    assert.ok(invalid("a", 1, "b") instanceof Error);
    assert.strictEqual(invalid("a", 1, "b").name, "InputError");
  });

  it("show any value, shortened when long", () => {
    const shown = (value: unknown): string =>
      /^invalid x: (.*); expected y$/.exec(invalid("x", value, "y").message)![1]!;
    assert.strictEqual(shown(""), '""');
    assert.strictEqual(shown(undefined), "undefined");
    assert.strictEqual(shown(null), "null");
    assert.strictEqual(shown(NaN), "NaN");
    assert.strictEqual(shown([10, 3]), "[10,3]");
    assert.strictEqual(shown({a: "b"}), '{"a":"b"}');
    assert.strictEqual(shown(true), "true");
    assert.ok(shown(() => 1).includes("=>"));
    assert.strictEqual(shown(Array(100).fill(10)).length, 120);
    assert.ok(shown(Array(100).fill(10)).endsWith("..."));
  });

  it("list names as a sentence does", () => {
    assert.deepStrictEqual([listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])], ["", "a", "a or b", "a, b or c"]); // prettier-ignore
  });
});

describe("checks", () => {
  const refused = (work: () => unknown, message: string): void => assert.throws(work, {name: "InputError", message});

  it("return the value that passes", () => {
    const value = {a: 1};
    assert.strictEqual(check("x", value, true, "y"), value);
    assert.strictEqual(checkInteger("x", 1), 1);
    assert.strictEqual(checkInteger("x", 0, 0), 0);
    assert.strictEqual(checkAbove("x", 0.1), 0.1);
    assert.strictEqual(checkRange("x", 1, 0, 1), 1);
    assert.strictEqual(checkName("x", "b", {a: 0, b: 0}), "b");
    checkOptions("x", {a: undefined}, ["a"]);
  });

  it("refuse the rest", () => {
    refused(() => checkInteger("T", 0), "invalid T: 0; expected an integer >= 1");
    refused(() => checkInteger("T", 1.5), "invalid T: 1.5; expected an integer >= 1");
    refused(() => checkInteger("T", 2 ** 53), "invalid T: 9007199254740992; expected an integer >= 1");
    refused(() => checkInteger("T", "4" as never), "invalid T: 4; expected an integer >= 1");
    refused(() => checkAbove("tau", 1, 1, "timesteps"), "invalid tau: 1; expected a number > 1 (timesteps)");
    refused(() => checkAbove("x", Infinity), "invalid x: Infinity; expected a number > 0");
    refused(() => checkRange("rate", 1.1, 0, 1), "invalid rate: 1.1; expected a number from 0 to 1");
    refused(() => checkRange("rate", NaN, 0, 1), "invalid rate: NaN; expected a number from 0 to 1");
    refused(() => checkName("op", "toString", {a: 0, b: 0}), "unknown op: toString; expected a or b");
    refused(() => checkOptions("fit", {epoch: 3}, ["epochs"]), "unknown fit option: epoch; expected epochs");
  });
});
