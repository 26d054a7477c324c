// A study that goes on where it stopped must go on with the same data: a user's own folder may have changed meanwhile.

import {InputError} from "../check.js";
import type {Dataset} from "../datasets/dataset.js";

/** Throws when data are not those that earlier records of the study, whose checksum is `expected`, were made with. */
export function checkUnchanged({name, checksum}: Pick<Dataset, "name" | "checksum">, expected?: string): void {
  if (expected !== undefined && checksum !== expected)
    throw new InputError(
      `data set ${name} has changed: its checksum is ${checksum.slice(0, 12)}…, that of this study's records ` +
        `${expected.slice(0, 12)}…; put the files back as they were, or choose another --out folder`,
    );
}
