import assert from "node:assert";
import {resolve} from "node:path";
import {datasetName, isOwnData} from "../../src/datasets/index.js";
import {ownDataName, parseOwnData} from "../../src/datasets/ownData.js";

describe("the name of a user's own data", () => {
  it("is a form, a path and options, and says them again in one way", () => {
    assert.deepStrictEqual(parseOwnData("folder:/a/b?size=24x32&channels=1"), {
      form: "folder",
      path: "/a/b",
      options: {size: "24x32", channels: "1"},
    });
    assert.strictEqual(ownDataName(parseOwnData("folder:/a/b?size=24x32&channels=1")!), "folder:/a/b?channels=1&size=24x32"); // prettier-ignore
    assert.strictEqual(datasetName("folder:pets"), `folder:${resolve("pets")}`);
    assert.strictEqual(datasetName("npz:../a.npz"), `npz:${resolve("../a.npz")}`);
  });

  it("takes a question mark in a path for what it is", () => {
    assert.deepStrictEqual(parseOwnData("folder:/what?/b")!.path, "/what?/b");
    assert.deepStrictEqual(parseOwnData("folder:/a:b c/d")!.path, "/a:b c/d");
  });

  it("is told from published names", () => {
    assert.ok(isOwnData("folder:x") && isOwnData("npz:x") && !isOwnData("mnist") && !isOwnData("tar:x"));
    assert.strictEqual(datasetName("mnist"), "mnist");
    assert.throws(
      () => datasetName("mnits"),
      /unknown data set: mnits; expected procedural, .*, folder:DIR or npz:FILE/,
    );
  });
});
