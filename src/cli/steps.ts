// Progress of a few long steps, one line each, with the seconds it took; on stderr, so that stdout holds the answer.

import type {Step} from "../native/install.js";

/** A `step` that prints; `everySeconds` a sign of life is given while a step lasts. */
export function printedSteps(write: (text: string) => void, everySeconds = 20): Step {
  return async (title, work) => {
    const began = performance.now();
    const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(1)} s`;
    write(`${title} …\n`);
    const alive = setInterval(() => write(`  still at it after ${seconds()}\n`), everySeconds * 1000);
    try {
      const result = await work();
      write(`  done in ${seconds()}\n`);
      return result;
    } finally {
      clearInterval(alive);
    }
  };
}
