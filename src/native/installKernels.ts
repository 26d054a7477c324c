// Compiles the kernels in C with the widest vectors that this machine's processor has. They are checked before they are put in place:
// at any time there are finished ones or none.

import {existsSync, mkdtempSync, renameSync} from "node:fs";
import {join} from "node:path";
import {fileURLToPath} from "node:url";
import {writeWhole} from "../atomic.js";
import {findProgram, runCommand} from "./command.js";
import type {Step} from "./install.js";
import {ADDON, type InstalledKernels, kernelsFolder, kernelsKey, kernelSources, notePath} from "./kernelPlaces.js";
import {removeTree} from "./link.js";
import {MissingError, supplyOf} from "./needs.js";
import {makeHome} from "./ownFolder.js";

export type InstallKernelsOptions = {
  readonly root: string;
  readonly step: Step;
  readonly signal?: AbortSignal | undefined;
};

/** The C compiler that CC names, or one of the usual; undefined where there is none. */
export const findCompiler = (env: NodeJS.ProcessEnv = process.env): string | undefined =>
  [env.CC, "cc", "gcc", "clang"].flatMap((name) => (name && findProgram(name, env.PATH)) || [])[0];

/** What the compiler is called with to make `addon` of `sources`. */
export function compilerArguments(sources: readonly string[], addon: string, platform = process.platform): string[] {
  const shared = platform === "darwin" ? ["-bundle", "-undefined", "dynamic_lookup"] : ["-shared"];
  const flags = ["-std=gnu11", "-O3", "-march=native", "-fPIC", "-fvisibility=hidden"];
  return [...flags, ...shared, "-o", addon, ...sources.filter((file) => file.endsWith(".c"))];
}

/** Compiles and checks them. After a failure or an interruption what was there before is still there. */
export async function installKernels({root, step, signal}: InstallKernelsOptions): Promise<InstalledKernels> {
  if (process.platform === "win32")
    throw new MissingError("the kernels in C are compiled on Linux and macOS; the wasm kernels run everywhere");
  const compiler = findCompiler();
  if (!compiler) throw new MissingError(`no C compiler (cc); supply it with: ${supplyOf("compiler")}`);
  const folder = kernelsFolder(root);
  makeHome(root);
  const made = mkdtempSync(`${folder}-`);
  try {
    const sources = kernelSources(root);
    await step("compiling the kernels for this processor", () =>
      runCommand(compiler, compilerArguments(sources, join(made, ADDON)), {signal}),
    );
    await step("comparing them with the wasm kernels", () => checkKernels(root, made, signal));
    const installed = {key: kernelsKey(root), compiler};
    writeWhole(notePath(made), `${JSON.stringify(installed, null, 2)}\n`);
    removeTree(folder);
    renameSync(made, folder);
    return installed;
  } finally {
    removeTree(made);
  }
}

/** Runs the addon of a folder in a process of its own, which code for another processor would take down. */
async function checkKernels(root: string, folder: string, signal?: AbortSignal): Promise<void> {
  const script = fileURLToPath(new URL("../kernels/checkAddon.js", import.meta.url));
  const env = {...process.env, SPIKEBOOK_ROOT: root, SPIKEBOOK_BACKEND: "wasm", SPIKEBOOK_ENGINE: "wasm"};
  await runCommand(process.execPath, [script, folder], {env, signal});
}

/** Undoes the installation. Returns whether there was anything. */
export function removeKernels(root: string): boolean {
  const folder = kernelsFolder(root);
  const there = existsSync(folder);
  removeTree(folder);
  return there;
}
