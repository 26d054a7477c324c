// How a program that computes hears that it should stop.
//
// No handler of a signal runs while JavaScript computes. A loop therefore gives way now and then; and where one turn of it takes
// long, or a computation has no turns, the program's own handlers step aside until the event loop turns again, so that the system
// does at once what it does without them: it ends the process. Files are whole at any moment, so that nothing is lost by it.

/** Milliseconds between two turns of the event loop in a loop that gives way; a longer turn is one to step aside for. */
const [OFTEN, LONG] = [50, 400];

type Handler = {readonly signals: readonly NodeJS.Signals[]; readonly listener: NodeJS.SignalsListener};
const handlers: Handler[] = [];
let aside = false;
let turned = performance.now();

const listen = ({signals, listener}: Handler): void => signals.forEach((name) => void process.on(name, listener));
const unlisten = ({signals, listener}: Handler): void => signals.forEach((name) => void process.off(name, listener));

/** Handles these signals from now on, except while the handler steps aside. */
export function onSignals(signals: readonly NodeJS.Signals[], listener: NodeJS.SignalsListener): void {
  const handler = {signals, listener};
  handlers.push(handler);
  if (!aside) listen(handler);
}

/** To be called before a long computation: until the event loop turns, signals have the effect that the system gives them. */
export function stepAside(): void {
  if (aside || handlers.length === 0) return;
  aside = true;
  handlers.forEach(unlisten);
  setImmediate(() => {
    aside = false;
    handlers.forEach(listen);
  });
}

/** Lets signals, timers and messages be heard, twenty times a second at most; throws where `signal` was aborted. */
export async function giveWay(signal?: AbortSignal): Promise<void> {
  const ran = performance.now() - turned;
  if (ran < OFTEN) return;
  await new Promise(setImmediate);
  turned = performance.now();
  signal?.throwIfAborted();
  if (ran > LONG) stepAside();
}
