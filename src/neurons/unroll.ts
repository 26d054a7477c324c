// Time, written once: a step function applied to x[0], x[1], … with its state handed on.

import {stack, type Tensor, tidy, unstack} from "../tf.js";

type Tensors = Readonly<Record<string, Tensor>>;

/** One timestep: input current and state in; outputs out, among them the next state under its own names. */
export type Step<S extends Tensors, O extends S> = (x: Tensor, state: S) => O;

/**
 * Runs `step` over the leading axis of `x` [T, ...] from `state`. Returns each output stacked to [T, ...]; the states are
 * stacked too, so that their last entries are the state to go on from.
 */
export function unroll<S extends Tensors, O extends S>(step: Step<S, O>, x: Tensor, state: S): O {
  return tidy(() => {
    const outputs: O[] = [];
    let current: S = state;
    // (tfjs's gradient of unstack fails on a single timestep)
    for (const input of x.shape[0] === 1 ? [x.squeeze([0])] : unstack(x)) {
      const output = step(input, current);
      outputs.push(output);
      current = output;
    }
    const names = Object.keys(outputs[0]!);
    return Object.fromEntries(names.map((name) => [name, stack(outputs.map((o) => o[name]!))])) as O;
  });
}
