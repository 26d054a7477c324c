// Builds the binding of @tensorflow/tfjs-node-gpu against the libraries of a wheel.
//
// The package itself is fetched without running its install script, which would download a libtensorflow of its own. It is put below
// the project, without a copy of @tensorflow/tfjs: Node then finds the project's own, and the backend registers there.

import {mkdirSync, readFileSync, renameSync, rmSync, symlinkSync} from "node:fs";
import {dirname, join} from "node:path";
import {writeWhole} from "../atomic.js";
import {CommandError, runCommand} from "./command.js";
import {headersFolder, MissingError, supplyOf} from "./needs.js";
import {BINDING, BINDING_VERSION, type Places} from "./places.js";
import type {Wheel} from "./wheel.js";

type Manifest = {readonly dependencies: Readonly<Record<string, string>>};
type Lock = {readonly packages: Readonly<Record<string, {readonly integrity?: string; readonly version?: string}>>};

/** The environment for an npm of its own: when npx started this program, the variables it left would redirect that npm. */
export function npmEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const left =
    /^npm_(package_|lifecycle_|command$|config_(local_prefix|global_prefix|prefix|omit|include|ignore_scripts)$)/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !left.test(name)));
}

/** Fetches the package that the lockfile names, and what it needs besides tfjs. */
export async function fetchBinding({root, native, package: folder}: Places, signal?: AbortSignal): Promise<void> {
  const env = npmEnvironment();
  mkdirSync(native, {recursive: true});
  const packed = JSON.parse(
    await runCommand("npm", ["pack", "--json", "--ignore-scripts", `${BINDING}@${BINDING_VERSION}`], {
      cwd: native,
      env,
      signal,
    }),
  ) as {filename: string; integrity: string}[];
  const {filename, integrity} = packed[0]!;
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as Lock;
  const expected = lock.packages[`node_modules/${BINDING}`]?.integrity;
  if (expected !== integrity)
    throw new Error(`${BINDING} ${BINDING_VERSION} has checksum ${integrity}, not package-lock.json's ${expected}`);
  await runCommand("tar", ["-xzf", filename], {cwd: native, signal});
  const unpacked = join(native, "package");
  const {dependencies} = JSON.parse(readFileSync(join(unpacked, "package.json"), "utf8")) as Manifest;
  writeWhole(join(native, "package.json"), JSON.stringify(ownManifest(dependencies, lock), null, 2));
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel", "error"];
  await runCommand("npm", ["install", ...quiet], {cwd: native, env, signal});
  mkdirSync(dirname(folder), {recursive: true});
  renameSync(unpacked, folder);
  rmSync(join(native, filename));
}

/** The package's dependencies without tfjs, at the lockfile's versions where it names them. */
function ownManifest(dependencies: Manifest["dependencies"], {packages}: Lock): object {
  const locked = (name: string): string | undefined =>
    (packages[`node_modules/${BINDING}/node_modules/${name}`] ?? packages[`node_modules/${name}`])?.version;
  const own = Object.entries(dependencies).filter(([name]) => name !== "@tensorflow/tfjs");
  return {
    private: true,
    description: "native TensorFlow for spikebook; made by: spikebook native --install",
    dependencies: Object.fromEntries(own.map(([name, range]) => [name, locked(name) ?? range])),
    scripts: {build: `cd node_modules/${BINDING} && node-pre-gyp install --build-from-source`},
  };
}

/** The folder layout that binding.gyp expects, made of links into the wheel. */
export function linkWheel({package: folder}: Places, {folder: wheel}: Pick<Wheel, "folder">): void {
  const deps = join(folder, "deps");
  rmSync(deps, {recursive: true, force: true});
  mkdirSync(join(deps, "lib"), {recursive: true});
  symlinkSync(join(wheel, "include"), join(deps, "include"), "dir");
  const links = {
    "libtensorflow.so": "libtensorflow_cc.so.2",
    "libtensorflow_cc.so.2": "libtensorflow_cc.so.2",
    "libtensorflow_framework.so": "libtensorflow_framework.so.2",
    "libtensorflow_framework.so.2": "libtensorflow_framework.so.2",
  };
  for (const [name, target] of Object.entries(links)) symlinkSync(join(wheel, target), join(deps, "lib", name));
}

/** Compiles the binding; npm's run puts its own node-gyp within reach. */
export async function compileBinding({native}: Places, python: string, signal?: AbortSignal): Promise<void> {
  const nodedir = headersFolder();
  const env = {...npmEnvironment(), npm_config_python: python, ...(nodedir && {npm_config_nodedir: nodedir})};
  await runCommand("npm", ["run", "--silent", "build"], {cwd: native, env, signal}).catch((error: unknown) => {
    if (error instanceof CommandError && /node_api\.h|common\.gypi|headers|ENOTFOUND|ECONNREFUSED/.test(error.output))
      throw new MissingError(
        `Node ${process.versions.node}'s headers are not on this machine and could not be downloaded; supply them with: ` +
          `${supplyOf("headers")} (or name a folder with include/node: npm_config_nodedir=FOLDER)\n${error.message}`,
      );
    throw error;
  });
}
