// First weights, remembered: candidates scored with one key draw the same stem, reduction and head, and the head's are by
// far the most numbers of a small network. The values are those of `initialValues`, drawn or remembered.

import {type HeadInit, initialValues, type ParameterShape} from "../networks/parameters.js";
import type {RandomKey} from "../random.js";

/** What is remembered at most; the oldest goes first. */
const BYTES = 192 * 2 ** 20;

const remembered = new Map<string, Float32Array>();
let bytes = 0;

/** As `initialValues`; the caller does not write to the result. */
export function rememberedValues(parameter: ParameterShape, key: RandomKey, head: HeadInit): Float32Array {
  const name = [...key.state, parameter.name, ...parameter.shape, head].join(" ");
  const known = remembered.get(name);
  const values = known ?? initialValues(parameter, key, head);
  if (known)
    remembered.delete(name); // to become the newest
  else bytes += values.byteLength;
  remembered.set(name, values);
  for (const [oldest, {byteLength}] of remembered) {
    if (bytes <= BYTES) break;
    remembered.delete(oldest);
    bytes -= byteLength;
  }
  return values;
}
