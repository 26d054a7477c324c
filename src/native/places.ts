// Where native TensorFlow lives inside the project, and what is written down about it.
//
//   .spikebook/native/            the tfjs-node-gpu package, built here; installed.json is written last
//   .spikebook/native-venv/       the Python environment of `--install`
//   .spikebook/native-replaced/   what npm had installed, kept for `--remove`
//   node_modules/@tensorflow/tfjs-node-gpu → the first one's package

import {existsSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {homeIn} from "./ownFolder.js";

/** The binding's package, which decides the name under which src/tf.ts looks for it. */
export const BINDING = "@tensorflow/tfjs-node-gpu";
/** The version that the lockfile names, which shares the project's own @tensorflow/tfjs. */
export const BINDING_VERSION = "4.22.0";

export type Places = {
  readonly root: string;
  readonly native: string;
  readonly package: string;
  readonly state: string;
  readonly venv: string;
  readonly replaced: string;
  readonly link: string;
};

/** The paths of native TensorFlow in the project at `root`. */
export function placesIn(root: string): Places {
  const home = homeIn(root);
  return {
    root,
    native: join(home, "native"),
    package: join(home, "native", "node_modules", ...BINDING.split("/")),
    state: join(home, "native", "installed.json"),
    venv: join(home, "native-venv"),
    replaced: join(home, "native-replaced"),
    link: join(root, "node_modules", ...BINDING.split("/")),
  };
}

/** What `installed.json` holds: an installation without it was interrupted. */
export type Installed = {
  readonly binding: string;
  readonly tensorflow: string;
  /** The wheel's `tensorflow` folder, whose libraries are linked. */
  readonly wheel: string;
  readonly python: string;
  /** The virtual environment is ours, to be removed with the rest. */
  readonly ownVenv: boolean;
};

/** The finished installation, or undefined. */
export function readInstalled({state}: Places): Installed | undefined {
  if (!existsSync(state)) return undefined;
  try {
    return JSON.parse(readFileSync(state, "utf8")) as Installed;
  } catch {
    return undefined; // damaged: it is installed again
  }
}
