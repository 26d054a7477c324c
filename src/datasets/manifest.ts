// The small record beside installed data, dataset.json: what was installed, from where, and whether it is the whole set.

import {readFile} from "node:fs/promises";
import {join} from "node:path";
import {z} from "zod";
import {InputError} from "../check.js";
import {unsealed} from "../disk/seal.js";

export const MANIFEST = "dataset.json";

const manifestSchema = z.object({
  /** Data set that these files were verified as. */
  dataset: z.string(),
  /** Folder or address that they came from. */
  source: z.string(),
  train: z.number().int().positive(),
  test: z.number().int().positive(),
  /** Less than the published set, or not byte for byte the published files. */
  cut: z.boolean(),
  /** What distinguishes the files from the published ones; empty when nothing does. */
  notes: z.array(z.string()),
  /** sha256 of each file, or of the list of files where they are many. */
  files: z.record(z.string(), z.object({sha256: z.string(), bytes: z.number(), official: z.boolean()})),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** The manifest of a folder; undefined where somebody put the files there without installing them. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const path = join(folder, MANIFEST);
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return manifestSchema.parse(unsealed(text));
  } catch (error) {
    const [issue] = error instanceof z.ZodError ? error.issues : [];
    const why = issue ? `${issue.path.join(".") || "record"}: ${issue.message}` : (error as Error).message;
    throw new InputError(`damaged ${path}: ${why}; install the data set again, or delete this file: its data are read then, as not verified`); // prettier-ignore
  }
}

/** One line of provenance: the published form, and what of it is held. */
export async function describeHolding(folder: string, published: string): Promise<string> {
  const manifest = await readManifest(folder);
  if (!manifest) return `${published}; files placed by hand, not verified`;
  if (!manifest.cut) return `${published}; verified`;
  return `${published}; CUT: ${[`${manifest.train} training and ${manifest.test} test images`, ...manifest.notes].join("; ")}`;
}
