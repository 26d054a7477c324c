// Native TensorFlow, step by step. The note of the installation is written after the last step that can fail half-way: without it, the
// next run begins afresh.

import {existsSync, readdirSync, rmdirSync} from "node:fs";
import {dirname} from "node:path";
import {writeWhole} from "../atomic.js";
import {compileBinding, fetchBinding, linkWheel} from "./binding.js";
import {findProgram, runCommand} from "./command.js";
import {activateNative, deactivateNative, removeTree} from "./link.js";
import {checkNeeds, MissingError} from "./needs.js";
import {checkOwn, makeHome} from "./ownFolder.js";
import {BINDING, BINDING_VERSION, type Installed, placesIn} from "./places.js";
import {type Verdict, verifyNative} from "./verify.js";
import {findWheel, installWheel, makeVenv, type Wheel, WHEEL_RANGE, finishedVenv, wheelRequest} from "./wheel.js";

/** Calls `work` under a title: the caller shows progress. */
export type Step = <T>(title: string, work: () => Promise<T>) => Promise<T>;

export type InstallOptions = {
  readonly root: string;
  /** A Python that has TensorFlow already; undefined makes a virtual environment and installs it. */
  readonly python?: string | undefined;
  readonly step: Step;
  readonly signal?: AbortSignal | undefined;
};

export const SIZES = {cpu: 1.6e9, gpu: 9e9, binding: 0.1e9} as const;

/** An NVIDIA driver answers. */
export const seesNvidia = (): Promise<boolean> =>
  findProgram("nvidia-smi")
    ? runCommand("nvidia-smi", ["-L"]).then(
        (text) => text.includes("GPU"),
        () => false,
      )
    : Promise.resolve(false);

/** Installs, checks and activates. After a failure or an interruption nothing half-built is left, but a finished environment stays. */
export async function installNative(options: InstallOptions): Promise<Verdict & {installed: Installed}> {
  const {root, python, step, signal} = options;
  if (process.platform !== "linux")
    throw new MissingError(
      `native TensorFlow is built on Linux only, not on ${process.platform}; the wasm backend runs everywhere`,
    );
  const places = placesIn(root);
  for (const folder of [places.venv, places.native]) checkOwn(root, folder);
  const gpu = python === undefined && (await seesNvidia());
  const given = python === undefined ? undefined : await findWheel(python, signal);
  await step("looking for a compiler, make, Python and disk space", () =>
    checkNeeds({root, python, venv: !given, bytes: SIZES[given ? "binding" : gpu ? "gpu" : "cpu"]}),
  );
  makeHome(root);
  const wheel = given ?? (await ownWheel(options, gpu));
  deactivateNative(root);
  removeTree(places.native);
  try {
    await step(`fetching ${BINDING} ${BINDING_VERSION}`, () => fetchBinding(places, signal));
    await step(`compiling it against TensorFlow ${wheel.version}`, async () => {
      linkWheel(places, wheel);
      await compileBinding(places, wheel.python, signal);
    });
    const installed: Installed = {
      binding: BINDING_VERSION,
      tensorflow: wheel.version,
      wheel: wheel.folder,
      python: wheel.python,
      ownVenv: python === undefined,
    };
    writeWhole(places.state, `${JSON.stringify(installed, null, 2)}\n`);
    activateNative(root);
    const verdict = await step("checking it with real operations", () => verifyNative(root, signal));
    if (!verdict.works) throw new Error(`native TensorFlow was built, but does not work: ${verdict.why}`);
    return {...verdict, installed};
  } catch (error) {
    deactivateNative(root);
    removeTree(places.native);
    throw error;
  }
}

/** The environment of an earlier attempt is used again where it is complete: its download is the long part. */
async function ownWheel({root, step, signal}: InstallOptions, gpu: boolean): Promise<Wheel> {
  const {venv} = placesIn(root);
  const before = await finishedVenv(venv, signal);
  if (before) return before;
  const made = await step("making a Python environment in .spikebook/native-venv", () =>
    makeVenv(venv, findProgram("python3")!, signal),
  );
  const {requirement} = wheelRequest(gpu);
  const size = gpu ? "several GB: an NVIDIA GPU is here, so CUDA's libraries come along" : "about 250 MB";
  const title = `installing ${requirement.replace(WHEEL_RANGE, "")} with pip (${size})`;
  await step(title, () => installWheel(made, gpu, signal));
  return findWheel(made, signal);
}

/** Undoes the installation. Returns whether there was anything. */
export function removeNative(root: string): boolean {
  const places = placesIn(root);
  const mine = [places.native, places.venv, places.replaced].some((path) => existsSync(path));
  deactivateNative(root);
  for (const path of [places.native, places.venv]) removeTree(path);
  const home = dirname(places.native);
  if (existsSync(home) && readdirSync(home).length === 0) rmdirSync(home);
  return mine;
}
