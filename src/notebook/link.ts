// `import {...} from "spikebook"` in a cell: a name resolves through node_modules, so the package is linked into its own.

import {lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync} from "node:fs";
import {join} from "node:path";
import {packageRoot} from "../root.js";

/** Makes node_modules/spikebook a link to the package itself, unless it is one already. */
export function linkSelf(root: string = packageRoot): void {
  const link = join(root, "node_modules", "spikebook");
  const found = lstatSync(link, {throwIfNoEntry: false});
  if (found?.isSymbolicLink() && readlinkSync(link).replace(/[\\/]$/, "") === "..") return;
  if (found && !found.isSymbolicLink()) return; // installed as a dependency of itself: leave it
  mkdirSync(join(root, "node_modules"), {recursive: true});
  rmSync(link, {force: true});
  symlinkSync("..", link, process.platform === "win32" ? "junction" : "dir");
}
