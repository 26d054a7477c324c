// Terms of the loss on the command line:   --term hoyerSquare:0.1    --term l2:1e-4,roles=conv+linear

import {InputError} from "../check.js";
import {checkTerm, type TermSpec} from "../training/lossSpec.js";

/** A number where it is one; roles as a list. */
const valueOf = (option: string, text: string): unknown =>
  option === "roles" ? text.split("+") : text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;

/** "hoyerSquare:0.1,layers=fanOut" as a term; throws unless there is one. */
export function parseTerm(text: string): TermSpec {
  const [, name, weight, rest] = /^(\w+):([^,]+)((?:,\w+=[^,]+)*)$/.exec(text) ?? [];
  if (name === undefined)
    throw new InputError(`invalid term: ${text}; expected a name and a weight, such as hoyerSquare:0.1 or l2:1e-4,roles=conv+linear`); // prettier-ignore
  const said = rest!.split(",").slice(1).map((part) => part.split("=") as [string, string]); // prettier-ignore
  const options = Object.fromEntries(said.map(([option, value]) => [option, valueOf(option, value)]));
  const term = {name, weight: Number(weight), ...options} as TermSpec;
  checkTerm(term);
  return term;
}

/** Adds a term to those before. */
export const oneMoreTerm = (text: string, before: readonly TermSpec[] | undefined): readonly TermSpec[] => [
  ...(before ?? []),
  parseTerm(text),
];
