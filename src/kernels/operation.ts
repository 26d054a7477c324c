// How a compiled kernel becomes a tfjs operation: registered for the wasm backend, so that tfjs owns its outputs and a profiler sees
// it by name. It has no gradient; differentiable.ts gives one to what is made of operations.

import {engine, registerKernel, type Tensor} from "../tf.js";
import {type Filled, tensorsOf, withTensors} from "./structure.js";

/** What tfjs calls when it runs the operation: returns the infos of its outputs. */
type Attributes = {readonly run: () => Tensor[]};

const registrations: (() => void)[] = [];

/** Registers every operation with tfjs; those that are already are left alone. */
export const registerOperations = (): void => registrations.forEach((register) => register());

/**
 * The function that runs `forward` as the operation Spikebook`name`. It takes tensors and numbers as one record, and returns what
 * `forward` does, with tensors in the place of infos. tfjs knows the operation from `registerOperations` or its first run on.
 */
export function operation<A extends object, R extends object>(
  name: string,
  forward: (args: A) => R,
): (args: A) => Filled<R> {
  const kernelName = `Spikebook${name}`;
  let registered = false;
  const register = (): void => {
    if (!registered)
      registerKernel({
        kernelName,
        backendName: "wasm",
        kernelFunc: ({attrs}) => (attrs as unknown as Attributes).run(),
      });
    registered = true;
  };
  registrations.push(register);
  return (args) => {
    register();
    let results: R | undefined;
    const run: Attributes["run"] = () => tensorsOf((results = forward(args)));
    const outputs = engine().runKernel(
      kernelName,
      {...tensorsOf(args)} as never,
      {run} as never,
    ) as unknown as Tensor[];
    return withTensors<unknown>(results, outputs) as Filled<R>;
  };
}
