// Where the kernels in C lie that this machine's compiler made, and for what they were made.
//
//   .spikebook/kernels/kernels.node      the addon
//   .spikebook/kernels/installed.json    written when it has been checked: without it an installation was interrupted

import {createHash} from "node:crypto";
import {existsSync, readdirSync, readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {cpus} from "node:os";
import {join} from "node:path";
import {distrust, homeIn} from "./ownFolder.js";

export const ADDON = "kernels.node";
const NOTE = "installed.json";

/** Takes the ArrayBuffer that addresses are of, then what the compiled kernel of the same name takes. */
export type AddonKernel = ((memory: ArrayBuffer, ...numbers: number[]) => number) & {readonly numbers: number};

export type Addon = Readonly<Record<string, AddonKernel>>;

/** What `installed.json` holds. */
export type InstalledKernels = {readonly key: string; readonly compiler: string};

export const kernelsFolder = (root: string): string => join(homeIn(root), "kernels");

export const notePath = (folder: string): string => join(folder, NOTE);

/** The sources in C, in order. */
export const kernelSources = (root: string): string[] =>
  readdirSync(join(root, "native"))
    .filter((name) => /\.[ch]$/.test(name))
    .sort()
    .map((name) => join(root, "native", name));

/** What the processor can do: code made for another one may not run. */
function processor(): string {
  const flags = existsSync("/proc/cpuinfo")
    ? /^(flags|Features)\s*:.*$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))
    : null;
  return [process.platform, process.arch, flags?.[0] ?? cpus()[0]?.model].join(" ");
}

/** Names the sources and the processor that an addon was made of and for. */
export function kernelsKey(root: string): string {
  const hash = createHash("sha256").update(processor());
  for (const file of kernelSources(root)) hash.update(readFileSync(file));
  return hash.digest("hex");
}

export function readInstalledKernels(root: string): InstalledKernels | undefined {
  const note = notePath(kernelsFolder(root));
  return existsSync(note) ? (JSON.parse(readFileSync(note, "utf8")) as InstalledKernels) : undefined;
}

/** The addon of a folder. */
export const loadAddon = (folder: string): Addon => createRequire(import.meta.url)(join(folder, ADDON)) as Addon;

/** The finished addon of this project, or why there is none. */
export function findAddon(root: string): Addon | string {
  try {
    const why = distrust(root, kernelsFolder(root));
    if (why !== undefined) return why;
    const installed = readInstalledKernels(root);
    if (!installed) return "not installed; spikebook native --kernels compiles them";
    if (installed.key !== kernelsKey(root))
      return "made for another processor or of other sources; spikebook native --kernels compiles them anew";
    return loadAddon(kernelsFolder(root));
  } catch (error) {
    return `they do not load: ${error instanceof Error ? error.message : String(error)}`;
  }
}
