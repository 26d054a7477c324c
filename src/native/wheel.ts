// TensorFlow's shared libraries and headers, as Python's wheel carries them: libtensorflow_cc exports the whole C API.

import {existsSync, mkdirSync, mkdtempSync, readdirSync} from "node:fs";
import {dirname, join} from "node:path";
import {writeWhole} from "../atomic.js";
import {InputError, invalid} from "../check.js";
import {CommandError, findProgram, runCommand} from "./command.js";
import {removeTree} from "./link.js";
import {MissingError} from "./needs.js";

export type Wheel = {
  /** The wheel's `tensorflow` folder. */
  readonly folder: string;
  readonly version: string;
  readonly python: string;
};

/** Files of the wheel's folder that the binding is built from. */
export const WHEEL_FILES = [
  "libtensorflow_cc.so.2",
  "libtensorflow_framework.so.2",
  "include/tensorflow/c/c_api.h",
  "include/tensorflow/c/eager/c_api.h",
] as const;

/** The range that `--install` asks for: the C API fits the binding, and the log level is obeyed (2.21 writes to stderr anyhow). */
export const WHEEL_RANGE = ">=2.15,<2.21";

// find_spec locates the package without running it: importing TensorFlow takes seconds, and may fail for want of its dependencies.
const LOCATE = `
import importlib.util, json, os, sys
spec = importlib.util.find_spec("tensorflow")
places = list(spec.submodule_search_locations or []) if spec else []
from importlib import metadata
version = ""
for name in ("tensorflow", "tensorflow-cpu", "tensorflow-rocm", "tensorflow-intel"):
    try:
        version = metadata.version(name)
        break
    except metadata.PackageNotFoundError:
        pass
print(json.dumps({"folders": places, "version": version, "python": "%d.%d" % sys.version_info[:2]}))
`;

/** The TensorFlow of a Python, located without importing it. */
export async function findWheel(python: string, signal?: AbortSignal): Promise<Wheel> {
  if (!findProgram(python)) throw invalid("--python", python, "the path of a Python 3 program");
  const text = await runCommand(python, ["-c", LOCATE], {signal}).catch((error: unknown) => {
    if (error instanceof CommandError) throw invalid("--python", python, "a Python 3 that runs");
    throw error;
  });
  const found = JSON.parse(text) as {folders: string[]; version: string; python: string};
  const folder = found.folders.find((place) => existsSync(place));
  if (!folder)
    throw new InputError(
      `no TensorFlow in ${python} (Python ${found.python}); supply it with: ${python} -m pip install --no-deps tensorflow-cpu`,
    );
  const absent = WHEEL_FILES.filter((file) => !existsSync(join(folder, file)));
  if (absent.length > 0)
    throw new InputError(
      `the TensorFlow in ${folder} (${found.version || "unknown version"}) lacks ${absent.join(", ")}; expected a Linux ` +
        `wheel of TensorFlow 2.15 or newer, as pip installs it`,
    );
  return {folder, version: found.version || "unknown", python};
}

/** Written into an environment when pip has finished. */
const FINISHED = "spikebook-finished";

/** What pip is asked for: CUDA's libraries come along only where there is a GPU to use them. */
export function wheelRequest(gpu: boolean, arch: string = process.arch): {requirement: string; dependencies: boolean} {
  if (gpu) return {requirement: `tensorflow[and-cuda]${WHEEL_RANGE}`, dependencies: true};
  return {requirement: `${arch === "x64" ? "tensorflow-cpu" : "tensorflow"}${WHEEL_RANGE}`, dependencies: false};
}

/** A Python environment of its own for each attempt: one that was killed may still have a pip writing into its folder. */
export async function makeVenv(home: string, python: string, signal?: AbortSignal): Promise<string> {
  removeTree(home);
  mkdirSync(home, {recursive: true});
  const folder = mkdtempSync(join(home, "python-"));
  await runCommand(python, ["-m", "venv", folder], {signal});
  return join(folder, "bin", "python");
}

/** The wheel of an environment in which pip finished, or undefined. */
export async function finishedVenv(home: string, signal?: AbortSignal): Promise<Wheel | undefined> {
  for (const name of existsSync(home) ? readdirSync(home) : [])
    if (existsSync(join(home, name, FINISHED))) return findWheel(join(home, name, "bin", "python"), signal);
  return undefined;
}

/** Installs the wheel into a Python. */
export async function installWheel(python: string, gpu: boolean, signal?: AbortSignal): Promise<void> {
  const {requirement, dependencies} = wheelRequest(gpu);
  const args = ["-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"];
  args.push("--only-binary", ":all:", ...(dependencies ? [] : ["--no-deps"]), requirement);
  await runCommand(python, args, {signal}).catch((error: unknown) => {
    if (error instanceof CommandError && /No matching distribution|from versions: none/.test(error.output))
      throw new MissingError(
        `pip finds no ${requirement} for this Python: there are wheels for Python 3.10 to 3.13 on Linux with glibc; ` +
          `name another with --python, after: PYTHON -m pip install --no-deps tensorflow-cpu\n${error.message}`,
      );
    throw error;
  });
  writeWhole(join(dirname(dirname(python)), FINISHED), "");
}
