// The backend with what this library adds to it: the wasm backend starts with the compiled kernels, the others as they are.

import {type BackendName, type BackendReport, chooseBackend, switchBackend} from "../tf.js";
import {installKernels} from "./install.js";

/** Starts the backend once for this process. Later calls return the same report, whatever they ask for. */
export async function startBackend(wanted?: string): Promise<BackendReport> {
  const report = await chooseBackend(wanted);
  if (report.name === "wasm") installKernels();
  return report;
}

/** Switches backend inside a process: for tests and comparisons, which run the same work on each one present. */
export async function useBackend(name: BackendName): Promise<void> {
  await switchBackend(name);
  if (name === "wasm") installKernels();
}
