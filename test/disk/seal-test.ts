import assert from "node:assert";
import {createHash} from "node:crypto";
import {readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {sealedJson, sealText, unsealed} from "../../src/disk/seal.js";
import {packageRoot} from "../../src/root.js";

const VALUE = {b: [1, 0.1, 1e-7], "2": "ü\n", a: {c: null}, "1": true};

describe("JSON with its checksum", () => {
  it("ends with the sha256 of the text without it, by which others can check it", () => {
    const text = sealText(JSON.stringify({a: 1}));
    assert.strictEqual(text, `{"a":1,"sha256":"${createHash("sha256").update('{"a":1}').digest("hex")}"}`);
    assert.match(sealText("{}"), /^\{"sha256":"[0-9a-f]{64}"\}$/);
    assert.deepStrictEqual(unsealed(sealText("{}")), {});
  });

  it("says what it said, on one line or several, also after another program wrote it", () => {
    for (const text of [
      sealText(JSON.stringify(VALUE)),
      sealedJson(VALUE),
      sealedJson(VALUE).replaceAll("\n", "\r\n "),
    ])
      assert.deepStrictEqual(unsealed(text), VALUE);
    assert.deepStrictEqual(unsealed(sealedJson(VALUE).replace("1e-7", "1E-07")), VALUE);
  });

  it("is refused with any character of its content or of its checksum changed", () => {
    const text = sealText(JSON.stringify({a: 1.25, b: "text"}));
    for (let at = 0; at < text.length; ++at) {
      const other = `${text.slice(0, at)}${text[at] === "7" ? "8" : "7"}${text.slice(at + 1)}`;
      assert.throws(
        () => unsealed(other),
        /^Error: (its checksum \(sha256\) is not that of its content|it is not JSON)/,
      );
    }
    assert.throws(() => unsealed(" \n"), /it is empty/);
  });

  it("is read without a checksum: files of version 0.1.0 and values that are no objects", () => {
    for (const value of [VALUE, {}, [], 3, null]) assert.deepStrictEqual(unsealed(JSON.stringify(value)), value);
    const folder = join(packageRoot, "results", "reference");
    const files = readdirSync(folder, {recursive: true, encoding: "utf8"});
    for (const name of files.filter((file) => file.endsWith(".json")))
      unsealed(readFileSync(join(folder, name), "utf8"));
    assert.ok(files.length > 50);
  });
});
