// Which backend is the fastest on this machine: measured once (training/measureBackends.ts) and remembered beside the user's
// other caches. A measurement counts for the versions and the processor that it was taken with, and for nothing else.

import {readFileSync} from "node:fs";
import {cpus, homedir} from "node:os";
import {join} from "node:path";
import {writeWhole} from "./atomic.js";
import {packageVersion} from "./root.js";

/** Images per second of one process. */
export type BackendSpeed = {readonly training: number; readonly inference: number};

export type MeasuredBackends = {
  /** What the measurement counts for. */
  readonly machine: string;
  readonly date: string;
  readonly speeds: Readonly<Record<string, BackendSpeed>>;
  /** The fastest in training. */
  readonly fastest: string;
};

/** The user's cache folder: SPIKEBOOK_CACHE, else XDG_CACHE_HOME/spikebook, else ~/.cache/spikebook. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.SPIKEBOOK_CACHE) return env.SPIKEBOOK_CACHE;
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "spikebook");
}

const fileOf = (): string => join(cacheFolder(), "backends.json");

/** Program, Node, native TensorFlow and processor in a line. */
export const machineKey = (tensorflow: string): string =>
  [`spikebook ${packageVersion}`, `node ${process.versions.node}`, tensorflow, cpus()[0]?.model ?? "", cpus().length].join("; "); // prettier-ignore

/** What was measured on this machine; undefined where nothing was, or where the file cannot be read. */
export function readMeasured(tensorflow: string): MeasuredBackends | undefined {
  try {
    const found = JSON.parse(readFileSync(fileOf(), "utf8")) as MeasuredBackends;
    const speeds = Object.values(found.speeds);
    const sound = speeds.length > 0 && speeds.every(({training, inference}) => training > 0 && inference > 0);
    return sound && found.fastest in found.speeds && found.machine === machineKey(tensorflow) ? found : undefined;
  } catch {
    return undefined; // absent or damaged: it is measured again
  }
}

/** Remembers a measurement; a cache that cannot be written is no error. Returns the file, or undefined. */
export function rememberMeasured(measured: MeasuredBackends): string | undefined {
  try {
    writeWhole(fileOf(), `${JSON.stringify(measured, null, 2)}\n`);
    return fileOf();
  } catch {
    return undefined;
  }
}
