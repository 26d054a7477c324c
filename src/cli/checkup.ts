// What the main job needs, looked at one by one. Gathering is apart from printing: --json prints the record as it is.

import {existsSync} from "node:fs";
import {createRequire} from "node:module";
import {availableParallelism, freemem} from "node:os";
import {DATASET_NAMES, isPresent} from "../datasets/index.js";
import {kernelReport, type KernelReport, startBackend} from "../kernels/index.js";
import {machineMemory} from "../memory.js";
import {findProgram, runCommand} from "../native/command.js";
import {freeBytes} from "../native/needs.js";
import {placesIn} from "../native/places.js";
import {verifyNative} from "../native/verify.js";
import {findJupyter} from "../notebook/jupyter.js";
import {packageRoot, packageVersion} from "../root.js";
import {type BackendReport} from "../tf.js";

/** The keys are stable: scripts read them. */
export type Checkup = {
  /** The main job can run. */
  readonly ok: boolean;
  /** Why it cannot, the most basic reason first. */
  readonly problems: readonly string[];
  readonly version: string;
  readonly root: string;
  readonly node: {readonly version: string; readonly ok: boolean};
  readonly tslab: {readonly version: string | null; readonly ok: boolean; readonly why: string};
  readonly backend: BackendReport | null;
  readonly kernels: KernelReport | null;
  /** The name that NVIDIA's driver gives, or null. */
  readonly gpu: string | null;
  readonly cores: number;
  readonly memory: {readonly totalBytes: number; readonly freeBytes: number};
  readonly disk: {readonly freeBytes: number};
  /** Name → present on this machine. */
  readonly datasets: Readonly<Record<string, boolean>>;
  readonly jupyter: string | null;
};

const LEAST_NODE = [20, 19] as const;
const LEAST_DISK = 200e6;

export function nodeIsEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
}

/** Looks at everything. Nothing is written or downloaded. */
export async function checkup(): Promise<Checkup> {
  const node = {version: process.versions.node, ok: nodeIsEnough(process.versions.node)};
  const tslab = await findTslab();
  const {backend, kernels, problem} = await findBackend();
  const disk = {freeBytes: freeBytes(packageRoot)};
  const problems = [
    node.ok ? "" : `Node ${node.version} is too old; ${LEAST_NODE.join(".")} or newer is needed`,
    problem,
    tslab.ok ? "" : `notebooks cannot run: ${tslab.why}; npm ci installs it`,
    disk.freeBytes > LEAST_DISK ? "" : `the disk of ${packageRoot} is full`,
  ].filter(Boolean);
  return {
    ok: problems.length === 0,
    problems,
    version: packageVersion,
    root: packageRoot,
    node,
    tslab,
    backend,
    kernels,
    gpu: await gpuName(),
    cores: availableParallelism(),
    memory: {totalBytes: machineMemory(), freeBytes: freemem()},
    disk,
    datasets: Object.fromEntries(DATASET_NAMES.map((name) => [name, isPresent(name)])),
    jupyter: findJupyter() ?? null,
  };
}

/** The kernel's two parts: the compiler of cells, and the sockets, which are a prebuilt binary. */
async function findTslab(): Promise<Checkup["tslab"]> {
  let version: string | null = null;
  try {
    const require = createRequire(import.meta.url);
    ({version} = require("tslab/package.json") as {version: string});
    await import("../notebook/tslab.js");
    await import("zeromq");
    return {version, ok: true, why: ""};
  } catch (error) {
    return {version, ok: false, why: error instanceof Error ? error.message.split("\n")[0]! : String(error)};
  }
}

/** Native TensorFlow is tried in a process of its own first: a broken library would take this one down. */
async function findBackend(): Promise<{backend: BackendReport | null; kernels: KernelReport | null; problem: string}> {
  if (existsSync(placesIn(packageRoot).link)) {
    const {why} = await verifyNative(packageRoot);
    if (why.startsWith("it crashed"))
      return {
        backend: null,
        kernels: null,
        problem: `native TensorFlow fails: ${why}; spikebook native --remove undoes it`,
      };
  }
  try {
    return {backend: await startBackend(), kernels: kernelReport(), problem: ""};
  } catch (error) {
    return {backend: null, kernels: null, problem: error instanceof Error ? error.message : String(error)};
  }
}

async function gpuName(): Promise<string | null> {
  if (!findProgram("nvidia-smi")) return null;
  const names = await runCommand("nvidia-smi", ["--query-gpu=name", "--format=csv,noheader"]).catch(() => "");
  return names.trim().split("\n")[0] || null;
}
