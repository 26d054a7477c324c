// Which maps of convolutions of spikes are kept for the gradient, and which the backward pass rematerialises. Shapes alone decide.
//
// A sum v = Σ BN(y) + … can be rematerialised from its maps y. Either v is kept, or its maps are: that takes as much memory for a sum
// of one map, and a map more for every further one. A budget is spent where a byte saves the most products; what gradients of
// convolutions work in comes out of it first.

import {macsOfNode} from "../graphs/cost.js";
import {type Graph, nodeOf, sizeOf} from "../graphs/graph.js";
import {gradientWorkspace, isLarge} from "../kernels/index.js";
import {type ConvNode, planOf, type Step} from "./plan.js";

type SumStep = Extract<Step, {kind: "sum"}>;

/** Bytes of maps to keep beyond the values of sums, and of what gradients work in. */
export const keptMapsBudget = {bytes: 64 * 2 ** 20};

/** Maps that are kept all or none, by their convolutions; bytes beyond what is kept without them. */
type Choice = {readonly convs: readonly ConvNode[]; readonly bytes: number};

/** The convolutions of populations' spikes whose maps are returned as they are, by id, and what else is made of the spikes. */
function madeOfSpikes(plan: readonly Step[]): {readonly convs: Map<string, ConvNode>; readonly cheap: Set<string>} {
  const consumers = plan.flatMap((step) => (step.kind === "population" ? step.consumers : []));
  const convs = consumers.flatMap((one) => (one.kind === "conv" && one.window === undefined ? [one.conv] : []));
  const cheap = consumers.flatMap((one) => (one.kind === "conv" ? [] : [one.gives]));
  return {convs: new Map(convs.map((conv) => [conv.id, conv])), cheap: new Set(cheap)};
}

/** Whether each map that a sum normalises is kept, by its convolution's id, for B samples. */
export function keptMaps(graph: Graph, B: number): ReadonlyMap<string, boolean> {
  const plan = planOf(graph);
  const made = madeOfSpikes(plan);
  const kept = new Map<string, boolean>();
  const conv = ({inputs, op, shape: [, , Co]}: ConvNode): number => {
    const map = nodeOf(graph, inputs[0]!.from).shape;
    return op.stride === 1 ? gradientWorkspace([op.kernelSize, op.kernelSize, map[2]!, Co!], [B, ...map]) : 0;
  };
  let left = keptMapsBudget.bytes - Math.max(0, ...[...made.convs.values()].map(conv));
  const products = ({convs}: Choice): number => convs.reduce((sum, conv) => sum + macsOfNode(graph, conv), 0);
  const spend = (choices: readonly Choice[]): void => {
    const byWorth = choices.toSorted((a, b) => products(b) * a.bytes - products(a) * b.bytes);
    for (const {convs, bytes} of byWorth) {
      if (bytes > left) continue;
      left -= bytes;
      for (const {id} of convs) kept.set(id, true);
    }
  };
  // The value is not kept where all that it is made of is there.
  const replacesValue = ({terms, addends}: SumStep): boolean =>
    terms.every(({conv}) => made.convs.has(conv)) && addends.every((id) => made.cheap.has(id));
  const large = plan.flatMap((step) => {
    // A mixture weighs its normalisations, which the consumers that would go back through them are not told.
    if (step.kind !== "sum" || step.node.op.kind === "mix") return [];
    if (step.terms.length === 1 && replacesValue(step)) made.cheap.add(step.node.id);
    const convs = step.terms.flatMap(({conv}) => made.convs.get(conv) ?? []);
    const floats = graph.T * B * sizeOf(step.node.shape);
    for (const {id} of convs) kept.set(id, !isLarge(floats));
    return isLarge(floats) && convs.length > 0 ? [{step, convs, bytes: 4 * floats}] : [];
  });
  spend(large.flatMap(({step, convs, bytes}) => replacesValue(step) ? [{convs, bytes: (convs.length - 1) * bytes}] : [])); // prettier-ignore
  spend(large.flatMap(({convs, bytes}) => convs.flatMap((conv) => (kept.get(conv.id) ? [] : [{convs: [conv], bytes}])))); // prettier-ignore
  return kept;
}
