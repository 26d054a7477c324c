// A path on the command line: "" would be the folder that one stands in, and what is to be written has to have a place.

import {mkdtempSync, rmdirSync, statSync} from "node:fs";
import {dirname, join, resolve} from "node:path";
import {InputError, invalid} from "../check.js";

/** The nearest folder above `path` that exists. */
function folderAbove(path: string, what: string): string {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const found = statSync(folder, {throwIfNoEntry: false});
    if (found?.isDirectory()) return folder;
    if (found) throw invalid(what, path, `a path below a folder; ${folder} is a file`);
  }
}

/** Throws where nothing can be written in a folder: rights do not tell of /proc or of a disk that may only be read. */
function checkWritable(folder: string, path: string, what: string): void {
  try {
    rmdirSync(mkdtempSync(join(folder, ".spikebook-")));
  } catch (error) {
    throw invalid(
      what,
      path,
      `a path that can be written; ${folder} cannot (${(error as NodeJS.ErrnoException).code})`,
    );
  }
}

/** Reads the option of a path that is only read. */
export const somePath =
  (what: string) =>
  (text: string): string => {
    if (text.trim() === "" || text.includes("\0")) throw invalid(what, text, "a path");
    return text;
  };

function checked(what: string, text: string, folder: boolean): string {
  somePath(what)(text);
  const path = resolve(text);
  let there;
  try {
    there = statSync(path, {throwIfNoEntry: false});
    if (there && there.isDirectory() !== folder) throw invalid(what, text, folder ? "a folder, not a file" : "a file, not a folder"); // prettier-ignore
    if (!there) checkWritable(folderAbove(path, what), text, what);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw invalid(what, text, `a path that can be read (${(error as NodeJS.ErrnoException).code})`);
  }
  return text;
}

/** Reads the option of a folder that is written into. */
export const folderPath =
  (what: string) =>
  (text: string): string =>
    checked(what, text, true);

/** Reads the option of a file that is written. */
export const filePath =
  (what: string) =>
  (text: string): string =>
    checked(what, text, false);
