// Names of data that a user has: a form, a path, and options where they are not the defaults.
//
//   folder:/home/me/pets        folder:/home/me/pets?size=24x32&channels=1        npz:/home/me/gestures.npz
//
// A name says everything that loading needs, so that a trial's record does too.

import {resolve} from "node:path";
import {invalid, unknown} from "../check.js";

export type OwnData = {
  readonly form: string;
  /** Absolute. */
  readonly path: string;
  readonly options: Readonly<Record<string, string>>;
};

const OPTIONS = /\?([a-z]+=[^&?/]*(?:&[a-z]+=[^&?/]*)*)$/;

/** The parts of a name, or undefined where it is no form and path. */
export function parseOwnData(name: string): OwnData | undefined {
  const colon = name.indexOf(":");
  if (colon < 0) return undefined;
  const rest = name.slice(colon + 1);
  const [tail, given] = OPTIONS.exec(rest) ?? [];
  const path = tail === undefined ? rest : rest.slice(0, -tail.length);
  if (path === "") throw invalid("data set", name, `a path after "${name.slice(0, colon)}:"`);
  const options = Object.fromEntries((given?.split("&") ?? []).map((pair) => pair.split("=") as [string, string]));
  return {form: name.slice(0, colon), path: resolve(path), options};
}

/** The name of these parts; options in alphabetical order. */
export function ownDataName({form, path, options}: OwnData): string {
  const given = Object.keys(options).sort();
  return `${form}:${path}${given.length ? `?${given.map((key) => `${key}=${options[key]}`).join("&")}` : ""}`;
}

/** Throws on an option that its form does not know. */
export function checkOwnOptions({form, options}: OwnData, known: readonly string[]): void {
  for (const key of Object.keys(options))
    if (!known.includes(key))
      throw known.length > 0
        ? unknown(`option of ${form}:`, key, known)
        : invalid(`option of ${form}:`, key, "a path without options");
}
