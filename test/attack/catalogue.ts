// All kinds of attack: what the files in kinds/ export.

import {readdirSync} from "node:fs";
import type {Kind} from "./kind.js";

/** The kinds in order of their files' names. A new file is found by being there. */
export async function attackKinds(): Promise<Kind[]> {
  const folder = new URL("./kinds/", import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith(".js"));
  const modules = files.sort().map((name) => import(new URL(name, folder).href) as Promise<{kinds: readonly Kind[]}>);
  const kinds = (await Promise.all(modules)).flatMap((module) => module.kinds);
  const names = kinds.map(({name}) => name);
  const doubled = names.find((name, i) => names.indexOf(name) !== i);
  if (doubled) throw new Error(`two kinds of attack are called ${doubled}`);
  return kinds;
}
