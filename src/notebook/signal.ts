// One way to say "stop": the running cell's signal in a notebook, Ctrl-C in a terminal.

import {setMaxListeners} from "node:events";
import {kernelHost} from "./host.js";

let terminal: AbortController | undefined;

/**
 * The signal that every loop which awaits should be given. In a notebook it is aborted when the cell is interrupted; in a
 * terminal by Ctrl-C (a second Ctrl-C ends the process, as always).
 */
export function cellSignal(): AbortSignal {
  const host = kernelHost();
  if (host) return host.signal();
  if (!terminal) {
    const controller = (terminal = new AbortController());
    setMaxListeners(0, controller.signal);
    process.once("SIGINT", () => controller.abort(new Error("interrupted")));
  }
  return terminal.signal;
}
