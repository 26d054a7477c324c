// Exhaustive search: every network of a finite space, once; in the order of the space, or by ascending `order`.
//
// With a free score, negated, as `order` it is ranking: the most promising are evaluated first.

import {candidatesOf, type Cells} from "../architectures/networkSpace.js";
import {checkInteger} from "../check.js";
import {type Algorithm, batches} from "./search.js";

/** Proposes every candidate; `order` (smaller first, ties in the space's order) needs the whole space in memory. */
export function exhaustive({batch = 32, order}: {batch?: number; order?: (cells: Cells) => number} = {}): Algorithm {
  checkInteger("batch", batch);
  return {
    name: "exhaustive",
    source: "exhaustive enumeration",
    repeats: 1,
    *propose(networks) {
      if (order) {
        const keyed = [...candidatesOf(networks)].map((cells) => ({cells, place: order(cells)}));
        keyed.sort((a, b) => a.place - b.place);
        const rest = keyed.values();
        yield* batches(keyed.length, batch, () => ({cells: rest.next().value!.cells}));
        return;
      }
      let held: {cells: Cells}[] = [];
      for (const cells of candidatesOf(networks))
        if (held.push({cells}) === batch) {
          yield held;
          held = [];
        }
      if (held.length > 0) yield held;
    },
  };
}
