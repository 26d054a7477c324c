// Puts the built binding where Node finds it, and takes it away again.
//
// npm ci empties node_modules, so the build calls activateNative as well: a finished installation outlives a reinstallation.

import {existsSync, lstatSync, mkdirSync, readlinkSync, realpathSync, renameSync, rmSync, symlinkSync} from "node:fs";
import {dirname, join, relative} from "node:path";
import {checkOwn} from "./ownFolder.js";
import {placesIn, readInstalled} from "./places.js";

const isLink = (path: string): boolean => lstatSync(path, {throwIfNoEntry: false})?.isSymbolicLink() === true;

/** The link in node_modules is ours and leads to the built package. */
export function isActive(root: string): boolean {
  const {link, package: built} = placesIn(root);
  return isLink(link) && existsSync(link) && existsSync(built) && realpathSync(link) === realpathSync(built);
}

/** Removes a folder, with patience for processes of a killed installation that still write there. */
export function removeTree(path: string): void {
  rmSync(path, {recursive: true, force: true, maxRetries: 12, retryDelay: 100});
}

/**
 * Links the built package into node_modules, keeping what npm had put there. Returns false where nothing is installed; throws where
 * somebody else could have installed it.
 */
export function activateNative(root: string): boolean {
  const places = placesIn(root);
  if (!readInstalled(places)) return false;
  checkOwn(root, places.native);
  if (isActive(root)) return true;
  if (isLink(places.link)) rmSync(places.link);
  else if (existsSync(places.link)) {
    rmSync(places.replaced, {recursive: true, force: true});
    renameSync(places.link, places.replaced);
  }
  mkdirSync(dirname(places.link), {recursive: true});
  symlinkSync(relative(realpathSync(dirname(places.link)), realpathSync(places.package)), places.link, "dir");
  return true;
}

/** Takes the link away and puts back what npm had there. */
export function deactivateNative(root: string): void {
  const {link, replaced} = placesIn(root);
  if (isLink(link) && readlinkSync(link).includes(join(".spikebook", "native"))) rmSync(link);
  if (existsSync(replaced) && !lstatSync(link, {throwIfNoEntry: false})) {
    mkdirSync(dirname(link), {recursive: true});
    renameSync(replaced, link);
  }
}
