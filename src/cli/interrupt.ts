// Ctrl-C: the first one asks whatever is running to stop cleanly, the second one ends the process at once.

let controller: AbortController | undefined;

/** The signal of a terminal command. A command that takes time passes it on; one that does not call this dies at Ctrl-C. */
export function interruptSignal(): AbortSignal {
  if (!controller) {
    const held = (controller = new AbortController());
    const stop = (): void => {
      if (held.signal.aborted) process.exit(130);
      held.abort(new DOMException("interrupted", "AbortError"));
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
  }
  return controller.signal;
}
