// Where this package lives, so that assets are found from a build folder, a checkout or an installed copy alike.

import {existsSync, readFileSync} from "node:fs";
import {dirname, join} from "node:path";
import {fileURLToPath} from "node:url";

function findRoot(): string {
  if (process.env.SPIKEBOOK_ROOT) return process.env.SPIKEBOOK_ROOT;
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file) && (JSON.parse(readFileSync(file, "utf8")) as {name?: string}).name === "spikebook")
      return folder;
  }
  throw new Error("spikebook's package.json was not found above its own code: the installation is damaged");
}

/** The folder that holds spikebook's package.json. */
export const packageRoot: string = findRoot();

/** The version in package.json. */
export const packageVersion: string = (
  JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as {version: string}
).version;
