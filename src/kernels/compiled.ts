// The one way in which a function comes at two speeds.

import {engineOn} from "./engine.js";

/** The kernel where the engine runs, elsewhere the definition: same arguments, same values, same gradients. */
export const compiled =
  <A extends readonly unknown[], R>({
    definition,
    kernel,
  }: {
    readonly definition: (...args: A) => R;
    readonly kernel: (...args: A) => R;
  }): ((...args: A) => R) =>
  (...args) =>
    (engineOn() ? kernel : definition)(...args);
