// How a compiled kernel becomes a tfjs operation: registered for the wasm backend, with its gradient, run by name.

import {dispose, engine, registerGradient, registerKernel, type Tensor, type TensorInfo, tidy} from "../tf.js";

type Inputs = Readonly<Record<string, Tensor>>;

type Operation<I extends Inputs, A> = {
  readonly name: string;
  readonly forward: (inputs: I, attributes: A) => TensorInfo | TensorInfo[];
  /** Inputs, then flagged outputs, that `gradient` receives in `saved`. */
  readonly saves: {readonly inputs: readonly (keyof I & string)[]; readonly outputs?: readonly boolean[]};
  /** Thunks, one an input; tfjs calls those alone whose gradient is wanted. */
  readonly gradient?: (dy: Tensor[], saved: Tensor[], attributes: A) => {readonly [K in keyof I]: () => Tensor};
};

const registrations: (() => void)[] = [];

/** Registers every operation with tfjs; those that are already are left alone. */
export const registerOperations = (): void => registrations.forEach((register) => register());

/** The function that runs an operation. tfjs knows it from `registerOperations` on, or from its first run. */
export function operation<I extends Inputs, A extends object>({
  name,
  forward,
  saves,
  gradient,
}: Operation<I, A>): (inputs: I, attributes: A) => Tensor[] {
  const kernelName = `Spikebook${name}`;
  let registered = false;
  const register = (): void => {
    if (registered) return;
    registered = true;
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
  };
  registrations.push(register);
  return (inputs, attributes) => {
    register();
    const result = engine().runKernel(kernelName, inputs, attributes as never) as unknown as Tensor | Tensor[];
    return Array.isArray(result) ? result : [result];
  };
}

/** Keeps tensors for the gradient, in the order that it receives them. */
export type Save = (tensors: Tensor[]) => void;

type Composite<I extends Inputs> = {
  readonly inputs: I;
  readonly forward: (save: Save) => Tensor[];
  /** Receives a gradient for each output and what was saved; returns one for each input. */
  readonly gradient: (dy: Tensor[], saved: Tensor[]) => {readonly [K in keyof I]: Tensor};
};

type Runner = {
  runKernelFunc(call: {
    readonly inputs: Inputs;
    readonly forwardFunc: (backend: unknown, save: Save) => Tensor[];
    readonly backwardsFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => Record<string, () => Tensor>;
  }): Tensor[];
};

type Recipe = {readonly make: () => Tensor; readonly expensive: boolean};

/** How to make a tensor again while going backwards, from what its own operation saved. */
const recipes = new WeakMap<Tensor, Recipe>();

/**
 * The recipe of a tensor that takes no more time to make than to read twice, for a gradient that reads it: instead of the tensor,
 * which need not be saved then.
 */
export const recipeOf = (x: Tensor): (() => Tensor) | undefined => {
  const recipe = recipes.get(x);
  return recipe?.expensive ? undefined : recipe?.make;
};

/** Bytes from which on a map is worth the convolution that makes it again. */
export const rematerialisation = {from: 16 * 2 ** 20};

/** Whether a map of so many floats is large enough for that. */
export const isLarge = (floats: number): boolean => 4 * floats >= rematerialisation.from;

/** The recipe of a map whatever its price, if the map is large. */
export const largeRecipeOf = (y: Tensor): (() => Tensor) | undefined =>
  isLarge(y.size) ? recipes.get(y)?.make : undefined;

/**
 * Notes that an output (the first unless said) of a `composite` that just returned `outputs` can be made from what it saved:
 * operations that read it go backwards before its own does. `expensive` where that is a convolution's work.
 */
export function remake(
  outputs: readonly Tensor[],
  make: (saved: readonly Tensor[]) => Tensor,
  {index = 0, expensive = false} = {},
): void {
  const node = (
    engine() as unknown as {state: {activeTape?: {saved?: Tensor[]; outputs: Tensor[]}[]}}
  ).state.activeTape?.at(-1);
  const saved = node?.outputs[0] === outputs[0] ? node?.saved : undefined;
  if (saved) recipes.set(outputs[index]!, {make: () => make(saved), expensive});
}

/** The values of gradients that composites gave, and the one given last. */
const gradientsGiven = new WeakSet<object>();
let lastGiven: Tensor | undefined;

/** Whether a + b is asked for because b, just given, meets an earlier gradient of the same tensor; b is not read again then. */
export function gradientsMeet(a: Tensor, b: Tensor): boolean {
  const meet = b === lastGiven && a !== b && gradientsGiven.has(a.dataId);
  lastGiven = undefined;
  return meet;
}

/**
 * A function of several outputs with a gradient of its own: tf.customGrad, which has one. What it saved and the gradients it
 * received are freed as soon as they are used; tfjs would keep them until the whole network has gone backwards.
 */
export function composite<I extends Inputs>({inputs, forward, gradient}: Composite<I>): Tensor[] {
  return (engine() as unknown as Runner).runKernelFunc({
    inputs,
    forwardFunc: (_, save) => forward(save),
    backwardsFunc: (dy, saved) => {
      const dys = Array.isArray(dy) ? dy : [dy];
      const gradients = tidy(() => gradient(dys, saved) as Record<string, Tensor>);
      dispose([...dys, ...saved]);
      const give = (value: Tensor): Tensor => {
        gradientsGiven.add(value.dataId);
        return (lastGiven = value);
      };
      return Object.fromEntries(Object.entries(gradients).map(([name, value]) => [name, () => give(value)]));
    },
  });
}
