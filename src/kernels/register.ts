// How a compiled kernel becomes a tfjs operation: registered for the wasm backend, with its gradient, run by name.

import {engine, registerGradient, registerKernel, type Tensor, type TensorInfo} from "../tf.js";

type Inputs = Readonly<Record<string, Tensor>>;

type Operation<I extends Inputs, A> = {
  readonly name: string;
  readonly forward: (inputs: I, attributes: A) => TensorInfo | TensorInfo[];
  /** Inputs, then flagged outputs, that `gradient` receives in `saved`. */
  readonly saves: {readonly inputs: readonly (keyof I & string)[]; readonly outputs?: readonly boolean[]};
  /** Thunks, one an input; tfjs calls those alone whose gradient is wanted. */
  readonly gradient?: (dy: Tensor[], saved: Tensor[], attributes: A) => {readonly [K in keyof I]: () => Tensor};
};

/** Registers the operation and returns the function that runs it. */
export function operation<I extends Inputs, A extends object>({
  name,
  forward,
  saves,
  gradient,
}: Operation<I, A>): (inputs: I, attributes: A) => Tensor[] {
  const kernelName = `Spikebook${name}`;
  registerKernel({
    kernelName,
    backendName: "wasm",
    kernelFunc: ({inputs, attrs}) => forward(inputs as unknown as I, attrs as unknown as A),
  });
  if (gradient)
    registerGradient({
      kernelName,
      inputsToSave: [...saves.inputs],
      outputsToSave: [...(saves.outputs ?? [])],
      gradFunc: (dy, saved, attrs) => gradient(Array.isArray(dy) ? dy : [dy], saved, attrs as unknown as A),
    });
  return (inputs, attributes) => {
    const result = engine().runKernel(kernelName, inputs, attributes as never) as unknown as Tensor | Tensor[];
    return Array.isArray(result) ? result : [result];
  };
}
