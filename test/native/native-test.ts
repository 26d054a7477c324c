import assert from "node:assert";
import {existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {npmEnvironment} from "../../src/native/binding.js";
import {CommandError, runCommand} from "../../src/native/command.js";
import {wheelRequest} from "../../src/native/wheel.js";
import {packageRoot} from "../../src/root.js";
import {spikebook} from "../cli/program.js";

describe("spikebook native", () => {
  let root: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), "spikebook-"));
    writeFileSync(join(root, "package.json"), '{"name": "spikebook", "version": "0.0.0"}');
  });
  after(() => rmSync(root, {recursive: true}));

  const run = (args: string[], env: NodeJS.ProcessEnv = {}) =>
    spikebook(["native", ...args], {SPIKEBOOK_ROOT: root, ...env});

  it("says that nothing is there, and how to change that", () => {
    const {status, stdout} = run([]);
    assert.strictEqual(status, 0);
    assert.deepStrictEqual(stdout.split("\n"), [
      "native TensorFlow: not installed; spikebook native --install supplies it",
      "kernels in C: not installed; spikebook native --kernels compiles them",
      "",
    ]);
  });

  it("gives its status as JSON under keys that scripts can rely on", () => {
    const status = JSON.parse(run(["--json"]).stdout) as object;
    assert.deepStrictEqual(Object.keys(status), ["source", "works", "gpu", "why", "installed", "kernels"]);
  });

  it("names everything that is missing at once, and leaves nothing behind", () => {
    if (process.platform !== "linux") return;
    const {status, stderr} = run(["--install"], {PATH: root, CXX: ""});
    assert.strictEqual(status, 1);
    for (const piece of [/Python 3 \(python3\); supply it with: \S+/, /C\+\+ compiler/, /make; supply/])
      assert.match(stderr, piece);
    assert.doesNotMatch(stderr, /SPIKEBOOK_DEBUG/);
    assert.ok(!existsSync(join(root, ".spikebook")));
  });

  it("refuses a --python that is no Python", () => {
    if (process.platform !== "linux") return;
    const link = join(root, "not-python");
    symlinkSync("/bin/false", link);
    assert.deepStrictEqual(
      [run(["--python", "/no/such/python"]), run(["--python", link])].map(({status, stderr}) => ({status, stderr})),
      [
        {status: 2, stderr: "invalid --python: /no/such/python; expected the path of a Python 3 program\n"},
        {status: 2, stderr: `invalid --python: ${link}; expected a Python 3 that runs\n`},
      ],
    );
  });

  it("does not install and remove in one breath", () => {
    assert.strictEqual(run(["--install", "--remove"]).status, 2);
  });

  it("leaves nothing behind where the kernels do not compile, and what was there", () => {
    if (process.platform === "win32") return;
    symlinkSync(join(packageRoot, "native"), join(root, "native"));
    const folder = join(root, ".spikebook", "kernels");
    mkdirSync(folder, {recursive: true});
    writeFileSync(join(folder, "installed.json"), '{"key": "of another processor", "compiler": "cc"}');
    const {status, stderr} = run(["--kernels"], {CC: "/bin/false"});
    assert.deepStrictEqual([status, /false ended with status 1/.test(stderr)], [1, true]);
    assert.deepStrictEqual(readdirSync(join(root, ".spikebook")), ["kernels"]);
    assert.match(run([]).stdout, /^kernels in C: made for another processor or of other sources; /m);
    assert.strictEqual(run(["--kernels", "--remove"]).stderr, "the kernels in C are removed\n");
    assert.match(run(["--kernels"], {CC: "", PATH: root}).stderr, /no C compiler \(cc\); supply it with: /);
    rmSync(join(root, ".spikebook"), {recursive: true});
  });

  it("asks for CUDA's libraries only where there is a GPU", () => {
    assert.match(wheelRequest(false, "x64").requirement, /^tensorflow-cpu>=/);
    assert.strictEqual(wheelRequest(false, "x64").dependencies, false);
    assert.match(wheelRequest(true, "x64").requirement, /^tensorflow\[and-cuda\]>=/);
    assert.match(wheelRequest(false, "arm64").requirement, /^tensorflow>=/);
  });

  it("hides from its own npm what the npx that started it left in the environment", () => {
    const env = {npm_config_local_prefix: "/a", npm_package_name: "b", npm_config_registry: "c", npm_command: "exec"};
    assert.deepStrictEqual(npmEnvironment({...env, PATH: "/bin"}), {npm_config_registry: "c", PATH: "/bin"});
  });
});

describe("runCommand", () => {
  it("returns the output, and shows its end when the program fails", async () => {
    assert.strictEqual(await runCommand(process.execPath, ["-p", "6 * 7"]), "42\n");
    await assert.rejects(
      runCommand(process.execPath, ["-e", "console.error('no disk'); process.exit(3)"]),
      (error: unknown) => error instanceof CommandError && /ended with status 3:\nno disk$/.test(error.message),
    );
  });

  it("ends the program and what that has started when it is aborted", async () => {
    const control = new AbortController();
    const began = performance.now();
    const child =
      "require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], {stdio: 'inherit'})";
    const running = runCommand(process.execPath, ["-e", child], {signal: control.signal});
    setTimeout(() => control.abort(), 300);
    await assert.rejects(running, {name: "AbortError"});
    assert.ok(performance.now() - began < 10000);
  });
});
