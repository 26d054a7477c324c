// Tensors in plain records: what operations take, return, and save for their gradients, by name.
//
// Every operation walks through its records, thousands of times a second where networks are small: hence plain loops.

import type {Tensor, TensorInfo} from "../tf.js";

/** `R` with tensors in the place of its tensors or their infos. */
export type Filled<R> = R extends TensorInfo ? Tensor : {readonly [K in keyof R]: Filled<R[K]>};

type Parts = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Parts => typeof value === "object" && value !== null;
const isTensor = (value: unknown): value is TensorInfo => isRecord(value) && "dataId" in value;

/** The tensors of a record, depth first. */
export function tensorsOf(record: unknown, found: Tensor[] = []): Tensor[] {
  if (isTensor(record)) found.push(record as Tensor);
  else if (isRecord(record)) for (const key of Object.keys(record)) tensorsOf(record[key], found);
  return found;
}

/** The same of tensors, or of functions in their place, by path: "norm.gamma", "consumers.0.w". */
export function byPath<L extends Tensor | (() => Tensor) = Tensor>(
  record: unknown,
  path = "",
  found: Record<string, L> = {},
): Record<string, L> {
  if (isTensor(record) || typeof record === "function") found[path] = record as L;
  else if (isRecord(record))
    for (const key of Object.keys(record)) byPath(record[key], path ? `${path}.${key}` : key, found);
  return found;
}

/** The record with what `replace` gives for each tensor, depth first; all else as it is. */
export function mapTensors<R>(record: R, replace: (tensor: TensorInfo) => Tensor): R {
  const map = (value: unknown): unknown => {
    if (isTensor(value)) return replace(value);
    if (Array.isArray(value)) return value.map(map);
    if (!isRecord(value)) return value;
    const mapped: Record<string, unknown> = {};
    for (const key of Object.keys(value)) mapped[key] = map(value[key]);
    return mapped;
  };
  return map(record) as R;
}

/** The record with `tensors` in the place of its own, depth first. */
export function withTensors<R>(record: R, tensors: readonly Tensor[]): R {
  let next = 0;
  return mapTensors(record, () => tensors[next++]!);
}
