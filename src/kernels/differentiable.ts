// Functions of tensors with gradients of their own: several outputs (tf.customGrad has one), everything by name.
//
// This file and patches/accumulate.ts are the only ones that rely on what tfjs does not document; test/kernels/differentiable-test.ts
// fails where a version does it otherwise. Of tfjs-core 4.22:
//
//   engine().runKernelFunc   takes a forward function, which saves tensors, and a gradient function, which receives them; a tape
//                            holds both. TypeScript calls it protected.
//   saved tensors            are clones, which live until the gradient function disposed them or the backward pass ends. On the wasm
//                            backend clones share their values (patches/identity.ts).
//   received gradients       are read by nothing else: the gradient function may dispose them.
//   accumulation             see patches/accumulate.ts.

import {dispose, engine, type Tensor, tidy} from "../tf.js";
import {alias} from "./engine.js";
import {type Gradients, handOver} from "./patches/accumulate.js";
import {noteRematerialisation} from "./rematerialise.js";
import {byPath, mapTensors, tensorsOf, withTensors} from "./structure.js";

/** A record like `I` with `G` in the place of each tensor; what has no tensor may be left out. */
type ForEach<I, G> = I extends Tensor ? G : {readonly [K in keyof I]?: ForEach<I[K], G>};

type Differentiable<I, O, S> = {
  readonly inputs: I;
  /** What it gives, and what its gradient needs of it; tensors stand at any depth of either. */
  readonly forward: () => {readonly outputs: O; readonly saved: S};
  /** How outputs can be rematerialised from what was saved. */
  readonly rematerialise?: (outputs: O) => readonly {
    readonly output: Tensor;
    readonly from: (saved: S) => Tensor;
    readonly expensive: boolean;
  }[];
} & (
  | {
      /**
       * All gradients at once, from those of the outputs. What was saved and received is freed after it; tfjs would keep it until
       * the whole network has gone backwards.
       */
      readonly gradient: (dy: O, saved: S) => ForEach<I, Tensor>;
      readonly gradientOnDemand?: undefined;
    }
  | {
      readonly gradient?: undefined;
      /** One function an input; tfjs calls those alone whose gradient is wanted. */
      readonly gradientOnDemand: (dy: O, saved: S) => ForEach<I, () => Tensor>;
    }
);

type Runner = {
  runKernelFunc(call: {
    readonly inputs: Readonly<Record<string, Tensor>>;
    readonly forwardFunc: (backend: unknown, save: (tensors: Tensor[]) => void) => Tensor[];
    readonly backwardsFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => Record<string, () => Tensor>;
  }): Tensor[];
};

type Pass = {readonly gradients: Gradients; backwards: boolean};
/** The forward and backward pass that run now: a function that is recorded after gradients were asked for begins the next. */
let current: Pass = {gradients: new WeakMap(), backwards: false};

const passOf = (): Pass => (current = current.backwards ? {gradients: new WeakMap(), backwards: false} : current);

/** Runs the function, on the tape where tfjs records one, and returns its outputs. */
export function differentiable<I extends object, O extends object, S extends object>({
  inputs,
  forward,
  rematerialise,
  gradient,
  gradientOnDemand,
}: Differentiable<I, O, S>): O {
  const recorded = engine().isTapeOn();
  const pass = passOf();
  const named = byPath(inputs);
  let made: {readonly outputs: O; readonly saved: S};

  const backwardsFunc = (dy: Tensor | Tensor[], tensors: Tensor[]): Record<string, () => Tensor> => {
    pass.backwards = true;
    const dys = Array.isArray(dy) ? dy : [dy];
    const received = withTensors(made.outputs, dys);
    const saved = withTensors(made.saved, tensors);
    if (gradientOnDemand) return byPath<() => Tensor>(gradientOnDemand(received, saved));
    const gradients = byPath(tidy(() => gradient(received, saved) as Record<string, Tensor>));
    dispose([...dys, ...tensors]);
    const give = ([path, value]: [string, Tensor]): [string, () => Tensor] => [
      path,
      () => handOver(value, named[path]!, pass.gradients),
    ];
    return Object.fromEntries(Object.entries(gradients).map(give));
  };

  const tensors = (engine() as unknown as Runner).runKernelFunc({
    inputs: named,
    forwardFunc: (_, save) => {
      made = forward();
      save(tensorsOf(made.saved));
      return tensorsOf(made.outputs);
    },
    backwardsFunc,
  });
  const outputs = withTensors(made!.outputs, tensors);
  const {saved} = made!;
  if (recorded)
    for (const {output, from, expensive} of rematerialise?.(outputs) ?? [])
      noteRematerialisation(output, {expensive, make: () => tidy(() => from(mapTensors(saved, alias)))});
  return outputs;
}
