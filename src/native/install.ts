// Native TensorFlow, step by step. The note of the installation is written after the last step that can fail half-way: without it, the
// next run begins afresh.

import {existsSync, readdirSync, rmdirSync, rmSync} from "node:fs";
import {dirname} from "node:path";
import {writeWhole} from "../atomic.js";
import {compileBinding, fetchBinding, linkWheel} from "./binding.js";
import {findProgram, runCommand} from "./command.js";
import {activateNative, deactivateNative} from "./link.js";
import {missingPieces} from "./needs.js";
import {BINDING, BINDING_VERSION, type Installed, placesIn} from "./places.js";
import {type Verdict, verifyNative} from "./verify.js";
import {findWheel, installWheel, makeVenv, type Wheel, WHEEL_RANGE, wheelRequest} from "./wheel.js";

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
    throw new Error(
      `native TensorFlow is built on Linux only, not on ${process.platform}; the wasm backend runs everywhere`,
    );
  const places = placesIn(root);
  const gpu = python === undefined && (await seesNvidia());
  await step("looking for a compiler, make, Python and disk space", async () => {
    const bytes = python === undefined ? SIZES[gpu ? "gpu" : "cpu"] : SIZES.binding;
    const missing = await missingPieces({root, python, venv: python === undefined, bytes});
    if (missing.length > 0)
      throw new Error(
        [
          "native TensorFlow cannot be built here; missing:",
          ...missing.map((m) => `  ${m.what}; supply it with: ${m.supply}`),
        ].join("\n"),
      );
  });
  const wheel = python === undefined ? await ownWheel(options, gpu) : await findWheel(python, signal);
  deactivateNative(root);
  rmSync(places.native, {recursive: true, force: true});
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
    rmSync(places.native, {recursive: true, force: true});
    throw error;
  }
}

/** The environment of an earlier, complete attempt is used again: its download is the long part. */
async function ownWheel({root, step, signal}: InstallOptions, gpu: boolean): Promise<Wheel> {
  const places = placesIn(root);
  const before = await findWheel(`${places.venv}/bin/python`, signal).catch(() => undefined);
  signal?.throwIfAborted();
  if (before) return before;
  const made = await step("making a Python environment in .spikebook/native-venv", () =>
    makeVenv(places, findProgram("python3")!, signal),
  );
  const {requirement} = wheelRequest(gpu);
  const size = gpu ? "several GB: an NVIDIA GPU is here, so CUDA's libraries come along" : "about 250 MB";
  await step(`installing ${requirement.replace(WHEEL_RANGE, "")} with pip (${size})`, () =>
    installWheel(made, gpu, signal),
  );
  return findWheel(made, signal);
}

/** Undoes the installation. Returns whether there was anything. */
export function removeNative(root: string): boolean {
  const places = placesIn(root);
  const mine = [places.native, places.venv, places.replaced].some((path) => existsSync(path));
  deactivateNative(root);
  for (const path of [places.native, places.venv]) rmSync(path, {recursive: true, force: true});
  const home = dirname(places.native);
  if (existsSync(home) && readdirSync(home).length === 0) rmdirSync(home);
  return mine;
}
