import assert from "node:assert";
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {findAddon, kernelsFolder} from "../../src/native/kernelPlaces.js";
import {activateNative, isActive} from "../../src/native/link.js";
import {checkOwn, distrust, homeIn, makeHome} from "../../src/native/ownFolder.js";
import {placesIn} from "../../src/native/places.js";
import {nativeStatus} from "../../src/native/status.js";

const STRANGER = 54_321;
const isRoot = process.getuid?.() === 0;

describe("the folder from which programs are run", function () {
  before(function () {
    if (process.getuid === undefined) this.skip();
  });
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "own-folder-"));
    mkdirSync(join(root, "native")); // the kernels' sources
  });
  afterEach(() => rmSync(root, {recursive: true, force: true}));
  const kernels = (): string => kernelsFolder(root);

  it("is made for its owner alone", () => {
    makeHome(root);
    assert.strictEqual(statSync(homeIn(root)).mode & 0o777, 0o700);
    makeHome(root);
    assert.strictEqual(distrust(root, kernels()), undefined, "what is not there");
    mkdirSync(kernels());
    assert.strictEqual(distrust(root, kernels()), undefined);
  });

  it("is refused where others can write it, and each folder on the way to it", () => {
    mkdirSync(kernels(), {recursive: true});
    for (const path of [homeIn(root), kernels()])
      for (const mode of [0o777, 0o775, 0o1777]) {
        chmodSync(path, mode);
        const why = new RegExp(`${path} can be written by others \\(mode ${(mode & 0o777).toString(8)}\\): nothing is run from it; remove it, or "chmod go-w"`); // prettier-ignore
        assert.throws(() => checkOwn(root, kernels()), why);
        assert.match(findAddon(root) as string, why);
        chmodSync(path, 0o755);
      }
    assert.match(findAddon(root) as string, /^not installed/);
  });

  it("is refused where somebody else owns it, or a link to it; who owns the project's folder is nobody else", function () {
    if (!isRoot) this.skip();
    mkdirSync(kernels(), {recursive: true});
    writeFileSync(join(kernels(), "installed.json"), "{}");
    const why = new RegExp(`${kernels()} belongs to another user \\(${STRANGER}\\): nothing is run from it; remove it`);
    chownSync(kernels(), STRANGER, STRANGER);
    assert.match(findAddon(root) as string, why);
    rmSync(kernels(), {recursive: true});
    mkdirSync(join(root, "mine"));
    symlinkSync(join(root, "mine"), kernels());
    assert.strictEqual(distrust(root, kernels()), undefined);
    lchownSync(kernels(), STRANGER, STRANGER);
    assert.match(findAddon(root) as string, why);
    chownSync(root, STRANGER, STRANGER);
    assert.match(findAddon(root) as string, /^not installed/);
  });

  it("is not linked as native TensorFlow where others could have installed it, which its status says", async () => {
    const {native, package: built, state} = placesIn(root);
    mkdirSync(built, {recursive: true});
    writeFileSync(state, "{}");
    chmodSync(native, 0o777);
    assert.throws(() => activateNative(root), /native can be written by others \(mode 777\)/);
    assert.ok(!isActive(root));
    assert.match((await nativeStatus(root)).why, /native can be written by others/);
    chmodSync(native, 0o755);
    assert.ok(activateNative(root) && isActive(root));
  });

  it("is not made use of by an installation", () => {
    mkdirSync(homeIn(root));
    chmodSync(homeIn(root), 0o777);
    assert.throws(() => makeHome(root), /\.spikebook can be written by others/);
  });
});
