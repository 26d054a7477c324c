// .spikebook/ of the project, from which programs are run: compiled kernels, native TensorFlow, Jupyter's configuration.
//
// A project may lie where others write, /tmp for one. What they put there first, or into a folder that they may write, would run as
// this user. So the folder is made for its owner alone, and nothing is run from one that somebody else owns or can write. Who owns the
// project's folder is trusted: its programs are his anyway, and the system's administrator can do everything.

import {lstatSync, mkdirSync, type Stats, statSync} from "node:fs";
import {join, relative, sep} from "node:path";
import {InputError} from "../check.js";

export const homeIn = (root: string): string => join(root, ".spikebook");

/** Write permission of the group, and of everybody. */
const OTHERS_WRITE = 0o022;

/** The folders from below the project to `folder`, which lies in it. */
function pathTo(root: string, folder: string): string[] {
  const names = relative(root, folder).split(sep);
  return names.map((_, i) => join(root, ...names.slice(0, i + 1)));
}

/** Why nothing is to be run from a folder of the project at `root`; undefined where it may be, and where there is none. */
export function distrust(root: string, folder: string): string | undefined {
  const me = process.getuid?.();
  if (me === undefined) return undefined; // Windows has neither owners by number nor modes
  const trusted = [me, 0, statSync(root).uid];
  for (const path of pathTo(root, folder)) {
    const found = [lstatSync, statSync].map((look) => look(path, {throwIfNoEntry: false})); // a link, and what it leads to
    if (!found.every((stat): stat is Stats => stat !== undefined)) return undefined;
    const stranger = found.find(({uid}) => !trusted.includes(uid));
    if (stranger) return `${path} belongs to another user (${stranger.uid}): nothing is run from it; remove it`;
    const mode = found[1]!.mode & 0o777;
    if (mode & OTHERS_WRITE)
      return `${path} can be written by others (mode ${mode.toString(8)}): nothing is run from it; remove it, or "chmod go-w" it where nobody but you has written there`;
  }
  return undefined;
}

/** Throws where nothing is to be run from a folder. */
export function checkOwn(root: string, folder: string): void {
  const why = distrust(root, folder);
  if (why !== undefined) throw new InputError(why);
}

/** Makes .spikebook, for this user alone, or throws where it is there and somebody else's. */
export function makeHome(root: string): void {
  mkdirSync(homeIn(root), {recursive: true, mode: 0o700});
  checkOwn(root, homeIn(root));
}
