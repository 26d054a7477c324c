// The first cell of a notebook: which profile runs, on which backend, and a line that says so.

import {checkName} from "../check.js";
import {packageVersion} from "../root.js";
import {startBackend} from "../kernels/index.js";
import {type BackendReport} from "../tf.js";

export type Session = {
  /** What SPIKEBOOK_PROFILE names; quick by default. */
  readonly profile: "quick" | "full";
  readonly quick: boolean;
  readonly backend: BackendReport;
};

/** Starts the backend and prints version, backend and profile. */
export async function startNotebook(named = process.env.SPIKEBOOK_PROFILE): Promise<Session> {
  const profile = checkName("profile", named || "quick", {quick: 0, full: 0});
  const backend = await startBackend();
  console.log(`spikebook ${packageVersion}, backend ${backend.name} (${backend.why}), profile ${profile}`);
  return {profile, quick: profile === "quick", backend};
}
