import assert from "node:assert";
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {activateNative, deactivateNative, isActive} from "../../src/native/link.js";
import {removeNative} from "../../src/native/install.js";
import {placesIn} from "../../src/native/places.js";

describe("linking native TensorFlow into node_modules", () => {
  let root: string;
  const write = (folder: string, text: string): void => {
    mkdirSync(folder, {recursive: true});
    writeFileSync(join(folder, "which"), text);
  };
  const which = (): string => readFileSync(join(placesIn(root).link, "which"), "utf8");

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "spikebook-"));
    mkdirSync(join(root, "node_modules", "@tensorflow"), {recursive: true});
    write(placesIn(root).package, "built");
  });
  afterEach(() => rmSync(root, {recursive: true}));

  const finish = (): void => writeFileSync(placesIn(root).state, "{}");

  it("does nothing for an installation that was interrupted", () => {
    assert.strictEqual(activateNative(root), false);
    assert.ok(!existsSync(placesIn(root).link));
  });

  it("links a finished one, also again after node_modules was emptied", () => {
    finish();
    assert.ok(activateNative(root) && activateNative(root) && isActive(root));
    rmSync(join(root, "node_modules"), {recursive: true});
    assert.ok(!isActive(root));
    assert.ok(activateNative(root) && isActive(root));
    assert.strictEqual(which(), "built");
  });

  it("keeps what npm had installed, and puts it back", () => {
    write(placesIn(root).link, "npm's own");
    finish();
    activateNative(root);
    assert.strictEqual(which(), "built");
    deactivateNative(root);
    assert.strictEqual(which(), "npm's own");
  });

  it("leaves nothing of its own behind when it is removed", () => {
    write(placesIn(root).link, "npm's own");
    finish();
    activateNative(root);
    assert.strictEqual(removeNative(root), true);
    assert.strictEqual(which(), "npm's own");
    assert.ok(!existsSync(join(root, ".spikebook")));
    assert.strictEqual(removeNative(root), false);
  });
});
