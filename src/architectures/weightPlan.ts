// How the weights of a whole network are made and kept, in the description of any family: one format, and parts with their own.
//
// A part is what nodes share the first word of their ids with: stem, cell1, reduction1, fc1 of SNASNet's macro network, conv1 and
// readout of a plain one. Where bits are searched, a part shares their choice: its β is the parameter `cell1.bits`.

import {checkName, checkOptions} from "../check.js";
import {withWeights} from "../graphs/build.js";
import type {Graph, GraphNode} from "../graphs/graph.js";
import {checkWeightFormat, choicesOf, type WeightFormat} from "../graphs/weightFormat.js";

type Own = Omit<WeightFormat, "sharedBits">;

export type WeightPlan = Own & {
  /** What of the format is another one in a part. */
  readonly parts?: Readonly<Record<string, Partial<Own>>>;
};

/** CompConv's search space (arXiv 2401.14652): a fifth of the weights, at 1, 2 or 4 bits, which each cell chooses. */
export const COMPCONV: WeightPlan = {bits: [1, 2, 4], kept: 0.2, quantiser: "gaussian"};

/** The part that a node belongs to. */
export const partOf = ({id}: Pick<GraphNode, "id">): string => id.split(".")[0]!;

/** The parameter that chooses the bits of a part. */
export const bitsParameter = (part: string): string => `${part}.bits`;

/** The format of a part. */
function formatIn({parts, ...common}: WeightPlan, part: string): WeightFormat {
  const own: Own = {...common, ...parts?.[part]};
  return Array.isArray(own.bits) ? {...own, sharedBits: bitsParameter(part)} : own;
}

/** Returns the plan, or throws what of it is none. */
export function checkWeightPlan(plan: WeightPlan): WeightPlan {
  const {parts = {}, ...common} = plan;
  checkOptions("weights", common, ["bits", "kept", "quantiser", "pruning"]);
  checkWeightFormat("all parts", formatIn(plan, "all"));
  for (const part of Object.keys(parts)) {
    checkOptions(`weights of ${part}`, parts[part]!, ["bits", "kept", "quantiser", "pruning"]);
    checkWeightFormat(part, formatIn(plan, part));
  }
  return plan;
}

/** The graph with the weights of a plan. Throws where the plan names a part that the graph does not have. */
export function withPlan(graph: Graph, plan: WeightPlan | undefined): Graph {
  if (plan === undefined) return graph;
  const weighted = graph.nodes.filter(({op}) => op.kind === "conv2d" || op.kind === "linear");
  const known = Object.fromEntries(weighted.map((node) => [partOf(node), true]));
  for (const part of Object.keys(plan.parts ?? {})) checkName("part with weights", part, known);
  return withWeights(graph, (node) => formatIn(plan, partOf(node)));
}

/** A plan for people: "1, 2 or 4 bits, 20 % kept". */
export function formatPlan(plan: WeightPlan): string {
  const bits = choicesOf(plan);
  const kept = plan.kept < 1 ? `, ${+(100 * plan.kept).toPrecision(3)} % kept` : "";
  return `${bits.join(", ").replace(/, (\d+)$/, " or $1")} bit${`${bits}` === "1" ? "" : "s"}${kept}`;
}
