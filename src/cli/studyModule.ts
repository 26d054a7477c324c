// A user's module with a study, in TypeScript or JavaScript: compiled as it is imported, by the compiler of notebooks' cells.
//
// Node 20 does not read TypeScript. A hook on module loading turns .ts files into JavaScript (types are removed, not checked)
// and lets "spikebook" mean this very library, wherever the module lies.

import {existsSync} from "node:fs";
import {register} from "node:module";
import {resolve} from "node:path";
import {pathToFileURL} from "node:url";
import {InputError, invalid} from "../check.js";
import {type Study, studyOf} from "../studies/study.js";

/** Whether a word of the command line names a module and not a study. */
export const isModulePath = (word: string): boolean => /\.[cm]?[jt]s$/.test(word);

/** The study that the module at `path` exports by default. */
export async function loadStudy(path: string): Promise<Study> {
  const file = resolve(path);
  if (!existsSync(file)) throw invalid("study", path, "an existing module, or the name of a study");
  register("./typescriptHooks.js", import.meta.url, {data: {library: new URL("../index.js", import.meta.url).href}});
  let module: {readonly default?: unknown};
  try {
    module = (await import(pathToFileURL(file).href)) as typeof module;
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`cannot load the study ${path}: ${(error as Error).message}`);
  }
  return studyOf(module.default, path);
}
