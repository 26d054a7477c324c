// What there is of native TensorFlow in this project.

import {existsSync} from "node:fs";
import {isActive} from "./link.js";
import {distrust} from "./ownFolder.js";
import {type Installed, placesIn, readInstalled} from "./places.js";
import {verifyNative} from "./verify.js";

export type NativeStatus = {
  /** `wheel`: built here against a Python wheel; `npm`: the package's own download; `none`: absent. */
  readonly source: "wheel" | "npm" | "none";
  readonly works: boolean;
  readonly gpu: boolean;
  /** What is wrong; empty when it works. */
  readonly why: string;
  readonly installed: Installed | null;
};

/** Looks, and tries a real operation when there is something to try. */
export async function nativeStatus(root: string, signal?: AbortSignal): Promise<NativeStatus> {
  const places = placesIn(root);
  const installed = readInstalled(places) ?? null;
  const ours = isActive(root);
  const source = ours && installed ? "wheel" : !ours && existsSync(places.link) ? "npm" : "none";
  const strange = source === "npm" ? undefined : distrust(root, places.native);
  if (strange !== undefined) return {source, works: false, gpu: false, why: strange, installed};
  if (source === "none") {
    const why = installed
      ? "built, but not linked into node_modules; npm run build links it"
      : existsSync(places.native)
        ? "an installation was interrupted; spikebook native --install begins it again"
        : "not installed; spikebook native --install supplies it";
    return {source, works: false, gpu: false, why, installed};
  }
  return {source, ...(await verifyNative(root, signal)), installed};
}
