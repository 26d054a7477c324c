// Ctrl-C, SIGTERM and a reader of the output that has gone: the first asks whatever is running to stop cleanly, a second Ctrl-C ends
// the process at once.

import {onSignals} from "../giveWay.js";

/** Why a command was interrupted, and the status that says so: 128 and the signal's number, as shells have it. */
export type Interruption = {readonly status: number; readonly text: string};

const BY_SIGNAL = {
  SIGINT: {status: 130, text: "interrupted"},
  SIGTERM: {status: 143, text: "interrupted (SIGTERM)"},
} as const;
const READER_GONE = {status: 1, text: "interrupted: nobody reads the output any more"};

let controller: AbortController | undefined;
let happened: Interruption = BY_SIGNAL.SIGINT;

function interrupt(held: AbortController, why: Interruption): void {
  happened = why;
  held.abort(new DOMException(why.text, "AbortError"));
}

/** The signal of a terminal command. A command that takes time passes it on; one that does not call this dies at Ctrl-C. */
export function interruptSignal(): AbortSignal {
  if (!controller) {
    const held = (controller = new AbortController());
    onSignals(["SIGINT", "SIGTERM"], (name) => {
      const why = BY_SIGNAL[name as keyof typeof BY_SIGNAL];
      if (held.signal.aborted) process.exit(why.status);
      interrupt(held, why);
    });
  }
  return controller.signal;
}

/** What to do when nobody reads the output: a command that prints has done enough, one that works stops. */
export function readerGone(): void {
  if (!controller) process.exit(0); // head, less
  if (!controller.signal.aborted) interrupt(controller, READER_GONE);
}

/** Why this process was interrupted. */
export const interruption = (): Interruption => happened;
