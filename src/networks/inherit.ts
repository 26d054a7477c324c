// A network with the parameters of the search that chose it, before it is trained anew: how far the two are apart is the gap of
// decoding.

import type {Searchable} from "../architectures/decode.js";
import {graphOf, isArchitecture} from "../architectures/description.js";
import {choicesOfOp, nameOfChoice} from "../architectures/ops.js";
import {type Network, parameterShapes, type Tensors} from "./parameters.js";

/** What an edge's nodes are called in the decided network, and what in the one with choices; LitE-SNN's have one name in both. */
function renamed(decided: Searchable, searched: Searchable): [now: string, before: string][] {
  if (!isArchitecture(decided) || !isArchitecture(searched)) return [];
  return decided.cells.flatMap((cell, i) =>
    cell.flatMap((row, from) =>
      row.flatMap((op, to): [string, string][] => {
        const chosen = choicesOfOp(searched.cells[i]![from]![to]!).length > 1;
        const edge = `cell${i + 1}.e${from}${to}`;
        return chosen && op !== "zeroize" ? [[`${edge}.`, `${nameOfChoice(edge, op)}.`]] : [];
      }),
    ),
  );
}

/** The network of `decided`, which the search of `searched` chose, with copies of what was learnt there. */
export function inherited<D extends Searchable>(decided: D, {parameters, statistics}: Network, searched: D): Network {
  const names = renamed(decided, searched);
  const before = (name: string): string => {
    const found = names.find(([now]) => name.startsWith(now));
    return found ? found[1] + name.slice(found[0].length) : name;
  };
  const graph = graphOf(decided);
  const copied = (all: readonly string[], from: Tensors): Tensors =>
    Object.fromEntries(all.map((name) => [name, from[before(name)]!.clone()]));
  const norms = graph.nodes.filter(({op}) => op.kind === "batchNorm").flatMap(({id}) => [`${id}.mean`, `${id}.variance`]); // prettier-ignore
  return {
    graph,
    parameters: copied(parameterShapes(graph).map(({name}) => name), parameters), // prettier-ignore
    statistics: copied(norms, statistics),
  };
}
