// Builds spikebook: AssemblyScript kernels, then TypeScript, then the links by which the package finds itself.
//
// Every step is skipped where its result is newer than its sources, and says something only when it fails.

import {spawnSync} from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import {basename, dirname, join, relative} from "node:path";
import {fileURLToPath, pathToFileURL} from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);

function fail(message) {
  console.error(message);
  process.exit(1);
}

function runTool(tool, args) {
  if (!existsSync(at(tool))) fail(`cannot build: ${tool} is absent; run npm ci (with development dependencies)`);
  const {status, signal} = spawnSync(process.execPath, [at(tool), ...args], {cwd: root, stdio: "inherit"});
  if (status !== 0) fail(`the build failed: ${basename(tool)} ended with ${signal ?? `status ${status}`}`);
}

const filesBelow = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, {recursive: true, withFileTypes: true})
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : [];

/** The kernels: asconfig.json names their source and where the module goes. */
function buildAssembly() {
  const out = at(JSON.parse(readFileSync(at("asconfig.json"), "utf8")).targets.release.outFile);
  const changed = Math.max(
    ...[at("asconfig.json"), ...filesBelow(at("assembly"))].map((file) => statSync(file).mtimeMs),
  );
  if (existsSync(out) && statSync(out).mtimeMs > changed) return;
  mkdirSync(dirname(out), {recursive: true});
  runTool("node_modules/assemblyscript/bin/asc.js", ["--config", "asconfig.json", "--target", "release"]);
}

/** Compiles incrementally, then removes what was compiled from files that are gone: mocha would still run it. */
function buildTypeScript() {
  if (!existsSync(at("build/src/cli.js"))) rmSync(at("build/.tsbuildinfo"), {force: true});
  runTool("node_modules/typescript/bin/tsc", ["-p", "tsconfig.json"]);
  for (const folder of ["src", "test", "bench", "docs"])
    for (const file of filesBelow(at("build", folder))) {
      const source = relative(at("build"), file).replace(/(\.d\.ts|\.js\.map|\.js)$/, ".ts");
      if (source.endsWith(".ts") && !existsSync(at(source))) rmSync(file);
    }
}

function link(path, target, kind) {
  if (lstatSync(path, {throwIfNoEntry: false})) {
    if (lstatSync(path).isSymbolicLink() && readlinkSync(path) === target) return;
    rmSync(path, {recursive: true, force: true});
  }
  mkdirSync(dirname(path), {recursive: true});
  symlinkSync(target, path, kind);
}

/** `import … from "spikebook"` in a notebook and `npx spikebook` both look in node_modules. */
function linkPackage() {
  if (process.platform === "win32") return link(at("node_modules", "spikebook"), root, "junction");
  link(at("node_modules", "spikebook"), "..", "dir");
  link(at("node_modules", ".bin", "spikebook"), join("..", "..", "bin", "spikebook.js"), "file");
}

buildAssembly();
buildTypeScript();
linkPackage();
// npm ci empties node_modules: a finished `spikebook native` is linked again.
const {activateNative} = await import(pathToFileURL(at("build/src/native/link.js")).href);
try {
  activateNative(root);
} catch (error) {
  console.error(`native TensorFlow is not linked: ${error.message}`);
}
