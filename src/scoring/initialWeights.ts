// First weights, remembered: candidates scored with one key draw the same stem, reduction and head, and the head's are by
// far the most numbers of a small network. The values are those of `initialValues`, drawn or remembered.

import {type HeadInit, initialValues, type ParameterShape} from "../networks/parameters.js";
import type {RandomKey} from "../random.js";

/** Keys whose values are remembered, one a repeat; the one used longest ago goes first. */
const KEYS = 4;

const remembered = new Map<string, Map<string, Float32Array>>();

/** As `initialValues`; the caller does not write to the result. */
export function rememberedValues(parameter: ParameterShape, key: RandomKey, head: HeadInit): Float32Array {
  const root = key.state.join(" ");
  const known = remembered.get(root) ?? new Map<string, Float32Array>();
  remembered.delete(root); // to become the newest
  remembered.set(root, known);
  if (remembered.size > KEYS) remembered.delete(remembered.keys().next().value!);
  const name = [parameter.name, ...parameter.shape, head].join(" ");
  const values = known.get(name) ?? initialValues(parameter, key, head);
  known.set(name, values);
  return values;
}
