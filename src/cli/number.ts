// A number on the command line.

import {parseNumber} from "../check.js";

/** Reads the option called `what`; anything but a finite number is the user's error. */
export const numberOf =
  (what: string) =>
  (text: string): number =>
    parseNumber(what, text);
