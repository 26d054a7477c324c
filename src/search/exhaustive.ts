// Exhaustive search: every network of a finite space, once, in the order of the space.

import {candidatesOf} from "../architectures/networkSpace.js";
import {checkInteger} from "../check.js";
import type {Algorithm, Proposal} from "./search.js";

/** Proposes every candidate. */
export function exhaustive({batch = 32}: {batch?: number} = {}): Algorithm {
  checkInteger("batch", batch);
  return {
    name: "exhaustive",
    source: "exhaustive enumeration",
    repeats: 1,
    *propose(networks) {
      let held: Proposal[] = [];
      for (const cells of candidatesOf(networks))
        if (held.push({cells}) === batch) {
          yield held;
          held = [];
        }
      if (held.length > 0) yield held;
    },
  };
}
