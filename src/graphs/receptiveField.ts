// How many pixels, along one axis, can reach one value before the maps are flattened.
//
//   field = 1 + Σ (k − 1)·jump,   jump = product of the strides before
//
// along the path with the largest sum. Edges within a timestep alone: feedback widens the field with each timestep.

import type {Graph} from "./graph.js";
import {opEntry} from "./ops.js";

type Field = {readonly side: number; readonly jump: number};

/** Side of the field in pixels (it may exceed the sample); 0 where no path within a timestep joins input and output. */
export function receptiveField(graph: Graph): number {
  const fields = new Map<string, Field>();
  let last: Field = {side: -Infinity, jump: 1};
  for (const {id, op, inputs, shape} of graph.nodes) {
    const now = inputs.filter(({delay}) => delay === undefined).map(({from}) => fields.get(from)!);
    const before: Field =
      op.kind === "input"
        ? {side: 1, jump: 1}
        : now.reduce((widest, field) => (field.side > widest.side ? field : widest), {side: -Infinity, jump: 1});
    const {window, stride} = opEntry(op).reach?.(op) ?? {window: 1, stride: 1};
    const field = {side: before.side + (window - 1) * before.jump, jump: before.jump * stride};
    fields.set(id, field);
    if (shape.length > 1) last = field;
  }
  return Math.max(0, last.side);
}
