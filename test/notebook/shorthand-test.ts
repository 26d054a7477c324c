import assert from "node:assert";
import {expandShorthand} from "../../src/notebook/shorthand.js";

describe("shorthand properties in cells", () => {
  it("are written out wherever an object is made", () => {
    assert.strictEqual(expandShorthand("f({a, b: 1, ...c, d})"), "f({a: a, b: 1, ...c, d: d})");
    assert.strictEqual(expandShorthand("const x = [{a}].map((o) => ({o}))"), "const x = [{a: a}].map((o) => ({o: o}))");
  });

  it("leave declarations, imports, strings and comments as they are", () => {
    const code = 'import {a} from "m";\nconst {b, c = 1} = a; // {b}\nconst text = "{b}";\nfunction f({d}) {}';
    assert.strictEqual(expandShorthand(code), code);
  });

  it("keep an assignment's meaning", () => {
    assert.strictEqual(expandShorthand("({a, b = 2} = o)"), "({a: a, b: b = 2} = o)");
  });

  it("leave code that does not parse to the compiler's judgement", () => {
    assert.strictEqual(expandShorthand("const = {"), "const = {");
  });
});
