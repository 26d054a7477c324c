// Time, written once: a step function applied to x[0], x[1], … with its state handed on.

import {stack, type Tensor, tidy, unstack} from "../tf.js";

/** One timestep: input current and state in; outputs and the next state out. */
export type Step<O extends Record<string, Tensor>> = (x: Tensor, v: Tensor) => O & {readonly v: Tensor};

/**
 * Runs `step` over the leading axis of `x` [T, ...] from the state `v` [...].
 * Returns each output stacked to [T, ...]; `v` is stacked too, so its last entry is the state to go on from.
 */
export function unroll<O extends Record<string, Tensor>>(
  step: Step<O>,
  x: Tensor,
  v: Tensor,
): O & {readonly v: Tensor} {
  return tidy(() => {
    const outputs: (O & {readonly v: Tensor})[] = [];
    let state = v;
    // (tfjs's gradient of unstack fails on a single timestep)
    for (const current of x.shape[0] === 1 ? [x.squeeze([0])] : unstack(x)) {
      const output = step(current, state);
      outputs.push(output);
      state = output.v;
    }
    const names = Object.keys(outputs[0]!);
    return Object.fromEntries(names.map((name) => [name, stack(outputs.map((o) => o[name]!))])) as O & {
      readonly v: Tensor;
    };
  });
}
