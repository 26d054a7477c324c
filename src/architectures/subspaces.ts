// Spaces made of another by choosing its ops: SpikeNAS removes operations (arXiv 2402.11322), SpiKernel chooses kernel sizes
// (arXiv 2404.01685).

import {check} from "../check.js";
import {isKernelSize, KERNEL_SIZE_RULE} from "../graphs/ops.js";
import {convOp, isConvolution, type KernelSize, type Op, parseOp} from "./ops.js";
import type {Space} from "./spaces.js";

/**
 * The space with these ops in place of its own, in this order; `zeroize` is always among them and comes first.
 */
export function withOps(space: Space, ops: readonly Op[]): Space {
  const others = [...new Set(ops)].filter((op) => op !== "zeroize");
  check("ops", ops, others.length > 0, "at least one op besides zeroize");
  others.forEach(parseOp);
  return {...space, name: `${space.name}[${others.join("+")}]`, ops: ["zeroize", ...others]};
}

/** The space without one of its ops: a step of SpikeNAS's study of operations. */
export function withoutOp(space: Space, op: Op): Space {
  check("op to remove", op, op !== "zeroize" && space.ops.includes(op), `one of ${space.ops.slice(1).join(", ")}`);
  return {
    ...withOps(
      space,
      space.ops.filter((other) => other !== op),
    ),
    name: `${space.name}-${op}`,
  };
}

/**
 * Kernel sets over {1, 3, 5, 7}. SpiKernel (arXiv 2404.01685) searches six sets up to 7×7 whose membership is not public: the
 * pairs are the natural six, the last two are ours, and a user may name any other.
 */
export const KERNEL_SETS: readonly (readonly KernelSize[])[] = [
  [1, 3],
  [1, 5],
  [1, 7],
  [3, 5],
  [3, 7],
  [5, 7],
  [3, 5, 7],
  [1, 3, 5, 7],
];

/** The space whose convolutions are k×k for each k of `kernels`; its ops without weights stay. */
export function withKernels(space: Space, kernels: readonly KernelSize[]): Space {
  const known = kernels.length > 0 && kernels.every(isKernelSize);
  check(
    "kernel set",
    kernels,
    known && new Set(kernels).size === kernels.length,
    `different sizes, each ${KERNEL_SIZE_RULE}`,
  );
  const plain = space.ops.filter((op) => !isConvolution(op));
  const ops: Op[] = [...plain, ...[...kernels].sort((a, b) => a - b).map((k) => convOp(k))];
  return {...withOps(space, ops), name: `${space.name}{${kernels.join(",")}}`};
}
