// JSON that carries its own checksum: the field sha256, the digest of the JSON text without it.
//
//   {"id":"a","value":3,"sha256":"9c1f…"}      the digest of {"id":"a","value":3}
//
// It is of what the text says, not of its bytes: blanks and line ends do not matter, a changed digit does. Version 0.1.0 wrote none;
// its files are read. A checksum whose name is damaged is no file of that version: its 64 digits still stand there.

import {createHash} from "node:crypto";
import {writeWhole} from "../atomic.js";

const DIGEST = /^[0-9a-f]{64}$/;
const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The JSON text of an object with its checksum; `text` is its JSON text without. */
export const sealText = (text: string): string =>
  `${text.slice(0, -1)}${text === "{}" ? "" : ","}"sha256":"${digestOf(text)}"}`;

/** Writes an object as indented JSON with its checksum, whole or not at all. */
export const writeSealed = (path: string, value: object): void => writeWhole(path, sealedJson(value));

/** The text that `writeSealed` writes. */
export const sealedJson = (value: object): string =>
  `${JSON.stringify(JSON.parse(sealText(JSON.stringify(value))), null, 2)}\n`;

/** Whether a text is, byte for byte, what `sealText` wrote: most are, and need not be written again to be compared. */
function asWritten(text: string, sha256: string): boolean {
  const end = `"sha256":"${sha256}"}`;
  return text.endsWith(end) && digestOf(`${text.slice(0, -end.length).replace(/,$/, "")}}`) === sha256;
}

/** What a text says, without its checksum; throws where it is not JSON, or not what was written. */
export function unsealed(text: string): unknown {
  const value = parsed(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const {sha256, ...rest} = value as Readonly<Record<string, unknown>>;
  const last = Object.values(value).at(-1);
  const unnamed = sha256 === undefined && typeof last === "string" && DIGEST.test(last);
  const sealed = typeof sha256 === "string" && (asWritten(text, sha256) || sha256 === digestOf(JSON.stringify(rest)));
  if (unnamed || (sha256 !== undefined && !sealed))
    throw new Error("its checksum (sha256) is not that of its content: it was changed or damaged");
  return rest;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(text.trim() === "" ? "it is empty" : "it is not JSON, or not whole");
  }
}
