// The only file that imports a tfjs package: it chooses the backend and says why.
//
//   what SPIKEBOOK_BACKEND names (wasm, tensorflow, cpu), else tensorflow when it sees a GPU, else the faster of wasm and
//   tensorflow where both were measured on this machine, else wasm, else cpu.

import {createRequire} from "node:module";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import {unknown} from "./check.js";
import {type MeasuredBackends, readMeasured} from "./measuredBackends.js";

export * from "@tensorflow/tfjs";

/** `tensorflow` is native TensorFlow, by @tensorflow/tfjs-node-gpu. */
export type BackendName = "wasm" | "tensorflow" | "cpu";
export const BACKENDS: readonly BackendName[] = ["wasm", "tensorflow", "cpu"];

export type BackendReport = {
  readonly name: BackendName;
  /** Why this one, and for each of the others why not. */
  readonly why: string;
  readonly others: readonly {readonly name: BackendName; readonly why: string}[];
};

tf.enableProdMode(); // keeps tfjs's advertisements and its debug checks out of every output

let native: {readonly ok: boolean; readonly gpu: boolean; readonly why: string} | undefined;

/** Loads native TensorFlow once; it may be absent, without its binary, or broken, and then `why` says so. */
export function probeNative(): {readonly ok: boolean; readonly gpu: boolean; readonly why: string} {
  if (native) return native;
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  try {
    const require = createRequire(import.meta.url);
    const util = require("node:util") as {isNullOrUndefined?: (value: unknown) => boolean};
    util.isNullOrUndefined ??= (value) => value === null || value === undefined; // Node 23 removed it, the binding calls it
    require("@tensorflow/tfjs-node-gpu");
    const backend = tf.findBackend("tensorflow") as {isUsingGpuDevice?: boolean} | null;
    if (!backend) throw new Error("it registered no backend");
    native = {ok: true, gpu: backend.isUsingGpuDevice === true, why: "installed"};
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const missing = /Cannot find (module|package) '@tensorflow\/tfjs-node-gpu'/.test(text);
    const why = missing ? "not installed (its own download failed or was skipped)" : text.split("\n")[0]!;
    native = {ok: false, gpu: false, why: `${why}; spikebook native --install supplies it`};
  }
  return native;
}

/** The version of native TensorFlow, for what depends on it; "" where there is none. */
export function nativeVersion(): string {
  if (!probeNative().ok) return "";
  const {version} = createRequire(import.meta.url)("@tensorflow/tfjs-node-gpu") as {version?: Record<string, string>};
  return `tensorflow ${version?.tensorflow ?? version?.["tfjs-node"] ?? ""}`.trim();
}

/** What was measured on this machine, where there is a choice. */
export const measuredBackends = (): MeasuredBackends | undefined =>
  probeNative().ok && !probeNative().gpu ? readMeasured(nativeVersion()) : undefined;

const speedOf = ({speeds}: MeasuredBackends, name: string): string =>
  `${speeds[name]!.training.toFixed(0)} images/s in training`;

let started: Promise<BackendReport> | undefined;

/**
 * Chooses and starts tfjs's backend once for this process, as tfjs ships it: kernels/backend.ts starts it with the compiled
 * kernels. Later calls return the same report, whatever they ask for.
 */
export function chooseBackend(wanted: string | undefined = process.env.SPIKEBOOK_BACKEND): Promise<BackendReport> {
  return (started ??= choose(wanted));
}

async function choose(wanted: string | undefined): Promise<BackendReport> {
  if (wanted !== undefined && wanted !== "" && !BACKENDS.includes(wanted as BackendName))
    throw unknown("backend", wanted, BACKENDS);
  const {ok, gpu, why} =
    wanted === "wasm" || wanted === "cpu" ? {ok: false, gpu: false, why: "not tried"} : probeNative();
  const order: BackendName[] = wanted ? [wanted as BackendName] : gpu ? ["tensorflow", "wasm", "cpu"] : ["wasm", "cpu"];
  const measured = wanted ? undefined : measuredBackends();
  if (measured?.fastest === "tensorflow") order.unshift("tensorflow");
  const others: {name: BackendName; why: string}[] = [];
  if (!order.includes("tensorflow"))
    others.push({
      name: "tensorflow",
      why: !ok
        ? why
        : measured
          ? `measured on this machine: ${speedOf(measured, "tensorflow")}; SPIKEBOOK_BACKEND=tensorflow chooses it`
          : "installed, but it sees no GPU; SPIKEBOOK_BACKEND=tensorflow chooses it, spikebook doctor --measure compares",
    });
  for (const name of order) {
    const problem = name === "tensorflow" && !ok ? why : await start(name);
    if (problem === undefined) {
      for (const other of BACKENDS)
        if (other !== name && !others.some((o) => o.name === other))
          others.push({
            name: other,
            why:
              other === "cpu"
                ? "the reference, about 60 times slower; SPIKEBOOK_BACKEND=cpu chooses it"
                : `SPIKEBOOK_BACKEND=${other} chooses it`,
          });
      return {
        name,
        why: wanted
          ? "SPIKEBOOK_BACKEND names it"
          : name === "tensorflow"
            ? gpu
              ? "it sees a GPU"
              : `the fastest measured on this machine: ${speedOf(measured!, name)}`
            : measured && name === "wasm"
              ? `the fastest measured on this machine: ${speedOf(measured, name)}`
              : "the fastest that needs nothing installed",
        others,
      };
    }
    others.push({name, why: problem});
  }
  throw new Error(`no backend starts: ${others.map((o) => `${o.name}: ${o.why}`).join("; ")}`);
}

async function start(name: BackendName): Promise<string | undefined> {
  try {
    if (!(await tf.setBackend(name))) return "it did not start";
    await tf.ready();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Switches tfjs's backend inside a process, as tfjs ships it: kernels/backend.ts adds the compiled kernels. */
export async function switchBackend(name: BackendName): Promise<void> {
  if (name === "tensorflow" && !probeNative().ok) throw new Error(`tensorflow: ${probeNative().why}`);
  const problem = await start(name);
  if (problem) throw new Error(`${name}: ${problem}`);
}

/** The backends that work on this machine. */
export const presentBackends = (): BackendName[] =>
  BACKENDS.filter((name) => name !== "tensorflow" || probeNative().ok);

/** The tensor itself forwards, a constant backwards: tfjs-core has no stopGradient. */
export function detach<T extends tf.Tensor>(x: T): T {
  return tf.customGrad((value) => ({value: (value as T).clone(), gradFunc: (dy) => tf.zerosLike(dy)}))(x) as T;
}

/**
 * f(...xs) and its gradients, zeros for an x that it does not depend on: a cell's edge that leads nowhere has parameters
 * like any other, and tfjs's `valueAndGrads` takes them for an error.
 */
export function valueAndGradients<X extends tf.Tensor>(
  f: (...xs: X[]) => tf.Scalar,
  xs: X[],
): {value: tf.Scalar; grads: tf.Tensor[]} {
  return tf.tidy(() => {
    const {value, grads} = tf.engine().gradients(() => f(...xs), xs, undefined, true);
    const known = grads as readonly (tf.Tensor | undefined)[];
    return {value, grads: xs.map((x, i) => known[i] ?? tf.zerosLike(x))};
  });
}
