// What a search chose: every choice of an architecture decided, by the weights that it gave them.
//
//   edge         the op of the largest weight; `twoOfNode`: of the edges that end at a node only the two whose largest weight of an op
//                other than skip is greatest stay, as LitE-SNN has it (arXiv 2401.14652). Where no path is left from input to output,
//                the edge between them takes its best op. What leads nowhere goes.
//   bits         of each part, those of the largest weight
//   timesteps    their number with the largest weight
//
// Under a budget of bytes, decisions step down one at a time: the one that gives up least log-weight for each byte that it saves.

import {InputError} from "../check.js";
import {TIMESTEPS} from "../graphs/ops.js";
import {weightedNodes} from "../graphs/populations.js";
import {choicesOf} from "../graphs/weightFormat.js";
import type {Architecture} from "./architecture.js";
import type {Cell} from "./cell.js";
import {weightBytes} from "./cost.js";
import {graphOf, isArchitecture, type NetworkDescription} from "./description.js";
import type {LiteEdge} from "./liteCell.js";
import {alphaOf, LITE_CHOICES, type LiteNet} from "./liteNet.js";
import {choicesOfOp, mixtureOf, type Op} from "./ops.js";
import {bitsParameter, partOf, type WeightPlan} from "./weightPlan.js";
import {repairCell, usedNodes} from "./wiring.js";

/** The weights of each choice, which sum to 1, by parameter. */
export type ChoiceWeights = Readonly<Record<string, readonly number[]>>;

/** How edges are decided. */
export const EDGE_RULES = {edge: "each edge by itself", twoOfNode: "two edges at each node"} as const;
export type EdgeRule = keyof typeof EDGE_RULES;

export type DecodeOptions = {
  readonly rule?: EdgeRule;
  /** Bytes of all parameters, at the bits of their parts, 32 elsewhere. */
  readonly maxBytes?: number;
};

/** What is decided: by parameter, the place of the choice. */
type Decisions = ReadonlyMap<string, number>;

/** The place of the largest weight; of equal ones the first, and of timesteps the most. */
function largest(name: string, weights: readonly number[]): number {
  const most = Math.max(...weights);
  return name === TIMESTEPS ? weights.lastIndexOf(most) : weights.indexOf(most);
}

/** Descriptions that can hold choices. */
export type Searchable = Architecture | LiteNet;

/** Whether a description is one that can hold choices. */
export const isSearchable = (description: NetworkDescription): description is Searchable =>
  isArchitecture(description) || description.family === "lite";

/** The network without choices that these weights stand for. */
export function decode<D extends Searchable>(
  a: D,
  weights: ChoiceWeights,
  {rule = "edge", maxBytes}: DecodeOptions = {},
): D {
  let decisions: Decisions = new Map(Object.entries(weights).map(([name, each]) => [name, largest(name, each)]));
  const decided = (by: Decisions): D => decidedBy(a, by, weights, rule) as D;
  while (maxBytes !== undefined && weightBytes(decided(decisions)) > maxBytes) {
    const next = lighter(decisions, weights, (by) => weightBytes(decided(by)));
    if (!next)
      throw new InputError(
        `invalid max bytes: ${maxBytes}; expected at least ${weightBytes(decided(decisions))}, which the lightest choices take`,
      );
    decisions = next;
  }
  return decided(decisions);
}

/** One decision changed so that least log-weight is given up for each byte saved; undefined where none saves any. */
function lighter(
  decisions: Decisions,
  weights: ChoiceWeights,
  bytesOf: (by: Decisions) => number,
): Decisions | undefined {
  const before = bytesOf(decisions);
  let best: {readonly by: Decisions; readonly price: number} | undefined;
  for (const [name, at] of decisions)
    for (const other of weights[name]!.keys()) {
      const by = new Map(decisions).set(name, other);
      const saved = before - bytesOf(by);
      if (saved <= 0) continue;
      const price = Math.log(weights[name]![at]! / weights[name]![other]!) / saved;
      if (!best || price < best.price) best = {by, price};
    }
  return best?.by;
}

function decidedBy(a: Searchable, by: Decisions, weights: ChoiceWeights, rule: EdgeRule): Searchable {
  const {
    searchesT,
    weights: plan,
    ...rest
  } = isArchitecture(a)
    ? {...a, cells: a.cells.map((cell) => decidedCell(cell, by, weights, rule))}
    : {...a, edges: decidedEdges(a.edges, by, weights, rule)};
  const bare: Searchable = {...rest, T: searchesT ? by.get(TIMESTEPS)! + 1 : a.T};
  return plan ? {...bare, weights: decidedPlan(plan, by, bare)} : bare;
}

/** The edges of LitE-SNN's cell: skip or convolution where both were weighed, and two into a node where that is the rule. */
function decidedEdges(
  edges: readonly LiteEdge[],
  by: Decisions,
  weights: ChoiceWeights,
  rule: EdgeRule,
): readonly LiteEdge[] {
  const weightOf = (edge: LiteEdge): number => weights[alphaOf(edge)]?.[LITE_CHOICES.indexOf("conv")] ?? 1;
  const strongest = (to: number): LiteEdge[] =>
    edges.filter((edge) => edge.to === to).toSorted((a, b) => weightOf(b) - weightOf(a)).slice(0, 2); // prettier-ignore
  const staying = rule === "edge" ? edges : edges.filter((edge) => strongest(edge.to).includes(edge));
  return staying.map((edge) => (edge.op === "mixed" ? {...edge, op: LITE_CHOICES[by.get(alphaOf(edge))!]!} : edge));
}

function decidedCell(cell: Cell, by: Decisions, weights: ChoiceWeights, rule: EdgeRule): Cell {
  const weightsAt = (from: number, to: number): readonly number[] => weights[mixtureOf(`e${from}${to}`)] ?? [1];
  const staying = rule === "edge" ? undefined : strongestEdges(cell, weightsAt);
  const decided = cell.map((row, from) =>
    row.map((op, to): Op => {
      const choices = choicesOfOp(op);
      if (choices.length === 1) return op;
      if (staying && !staying.has(`${from}${to}`)) return "zeroize";
      return choices[by.get(mixtureOf(`e${from}${to}`))!]!;
    }),
  );
  if (usedNodes(decided)[0]) return repairCell(decided);
  const last = cell.length - 1;
  const direct = best(choicesOfOp(cell[0]![last]!), weightsAt(0, last), (op) => op !== "zeroize");
  return repairCell(decided.map((row, from) => (from === 0 ? row.with(last, direct?.op ?? "zeroize") : row)));
}

/** The op of the largest weight among those that pass a test. */
function best(
  ops: readonly Op[],
  weights: readonly number[],
  test: (op: Op) => boolean,
): {op: Op; weight: number} | undefined {
  // prettier-ignore
  const each = ops.map((op, i) => ({op, weight: weights[i]!})).filter(({op}) => test(op));
  return each.length ? each.reduce((a, b) => (b.weight > a.weight ? b : a)) : undefined;
}

/** For each node the two edges that end there and have the largest weight of an op that computes, as "from to". */
function strongestEdges(cell: Cell, weightsAt: (from: number, to: number) => readonly number[]): Set<string> {
  const computes = (op: Op): boolean => op !== "skip" && op !== "zeroize";
  const staying = cell.flatMap((_, to) => {
    const ending = cell.flatMap((row, from) => {
      const strongest = best(choicesOfOp(row[to]!), weightsAt(from, to), computes);
      return strongest ? [{name: `${from}${to}`, weight: strongest.weight}] : [];
    });
    return ending.toSorted((x, y) => y.weight - x.weight).slice(0, 2);
  });
  return new Set(staying.map(({name}) => name));
}

/** The plan with the bits of each part that is left. */
function decidedPlan(plan: WeightPlan, by: Decisions, bare: Searchable): WeightPlan {
  const left = new Set(weightedNodes(graphOf(bare)).map(partOf));
  const bitsOf = (part: string): number => {
    const choices = choicesOf({...plan, ...plan.parts?.[part]});
    return choices[by.get(bitsParameter(part)) ?? 0]!;
  };
  const parts = Object.fromEntries([...left].map((part) => [part, {...plan.parts?.[part], bits: bitsOf(part)}]));
  return {...plan, bits: Math.max(...choicesOf(plan)), parts};
}
