import assert from "node:assert";
import {mkdtempSync, rmSync, symlinkSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {findProgram} from "../../src/native/command.js";
import {headersFolder, missingPieces, supplyOf, systemOf} from "../../src/native/needs.js";

describe("what native TensorFlow needs", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "spikebook-"))));
  after(() => rmSync(folder, {recursive: true}));

  const options = {python: undefined, venv: true, bytes: 0, system: "debian"} as const;

  it("names every missing program and the command that supplies it", async () => {
    const missing = await missingPieces({...options, root: folder, path: folder});
    assert.deepStrictEqual(missing, [
      {what: "Python 3 (python3)", supply: "apt-get install python3 python3-venv"},
      {what: "a C++ compiler (g++)", supply: "apt-get install g++"},
      {what: "make", supply: "apt-get install make"},
      {what: "npm", supply: "install Node with npm"},
    ]);
  });

  it("names Python's venv where Python is there without it", async () => {
    symlinkSync("/bin/false", join(folder, "python3"));
    const [first] = await missingPieces({...options, root: folder, path: folder});
    assert.deepStrictEqual(first, {what: "Python's venv module", supply: "apt-get install python3-venv"});
  });

  it("says how much disk space is free and how much is needed", async () => {
    const last = (await missingPieces({...options, root: folder, path: folder, bytes: 1e18})).at(-1);
    assert.match(last!.what, /^disk space: [\d.]+ GB free in .*, 1000000000.0 GB needed$/);
  });

  it("knows the families of systems by their os-release", () => {
    assert.strictEqual(systemOf("linux", 'NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n'), "debian");
    assert.strictEqual(systemOf("linux", 'ID="rocky"\nID_LIKE="rhel centos fedora"\n'), "fedora");
    assert.strictEqual(systemOf("linux", "ID=arch\n"), "other");
    assert.strictEqual(systemOf("darwin", ""), "macos");
    assert.match(supplyOf("compiler", "other"), /apt-get install g\+\+.*dnf install gcc-c\+\+.*xcode-select --install/);
  });

  it("does not take headers of another Node", () => {
    assert.notStrictEqual(headersFolder({npm_config_nodedir: folder}), folder);
  });

  it("finds programs that can be run, and no others", () => {
    assert.strictEqual(findProgram("node", join(process.execPath, "..")), process.execPath);
    assert.strictEqual(findProgram("no-such-program"), undefined);
    assert.strictEqual(findProgram("/etc/passwd"), undefined);
  });
});
