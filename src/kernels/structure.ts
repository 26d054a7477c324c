// Tensors in plain records: what operations take, return, and save for their gradients, by name.

import type {Tensor, TensorInfo} from "../tf.js";

/** `R` with tensors in the place of its tensors or their infos. */
export type Filled<R> = R extends TensorInfo ? Tensor : {readonly [K in keyof R]: Filled<R[K]>};

const isTensor = (value: unknown): value is TensorInfo =>
  typeof value === "object" && value !== null && "dataId" in value;

/** The entries of a record or a list; none of anything else. */
const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === "object" && value !== null ? Object.entries(value) : [];

/** The tensors of a record, or what else `isLeaf` looks for, with their paths ("norm.gamma", "consumers.0.w"), depth first. */
export function leavesOf<L = Tensor>(
  record: unknown,
  isLeaf: (value: unknown) => boolean = isTensor,
  path = "",
): [string, L][] {
  if (isLeaf(record)) return [[path, record as L]];
  return entriesOf(record).flatMap(([key, value]) => leavesOf<L>(value, isLeaf, path ? `${path}.${key}` : key));
}

/** The tensors of a record, depth first. */
export const tensorsOf = (record: unknown): Tensor[] => leavesOf(record).map(([, tensor]) => tensor);

/** The record with what `replace` gives for each tensor, depth first; all else as it is. */
export function mapTensors<R>(record: R, replace: (tensor: TensorInfo) => Tensor): R {
  const map = (value: unknown): unknown => {
    if (isTensor(value)) return replace(value);
    if (Array.isArray(value)) return value.map(map);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, map(part)]));
  };
  return map(record) as R;
}

/** The record with `tensors` in the place of its own, depth first. */
export function withTensors<R>(record: R, tensors: readonly Tensor[]): R {
  let next = 0;
  return mapTensors(record, () => tensors[next++]!);
}
