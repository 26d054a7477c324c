// A number on the command line.

import {invalid} from "../check.js";

/** Reads the option called `what`; anything but a finite number is the user's error. */
export const numberOf =
  (what: string) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value)) throw invalid(what, text, "a number");
    return value;
  };
