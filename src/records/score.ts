// One candidate's score as a journal keeps it: what a search was told, and what it cost.

import {z} from "zod";
import {parseArchitecture} from "../architectures/validate.js";
import {type KnownFields, parsedBy} from "./parsed.js";

const number = z.number();

export const scoreRecordSchema = z.looseObject({
  schema: z.literal(1),
  id: z.string(),
  score: z.string(),
  seed: number,
  repeats: number,
  status: z.enum(["ok", "silent", "singular", "diverged"]),
  value: number.nullable(),
  values: z.array(number.nullable()),
  architecture: parsedBy(parseArchitecture),
  architectureId: z.string(),
  data: z.looseObject({name: z.string(), checksum: z.string(), procedural: z.boolean(), batch: number}),
  params: number,
  macs: number,
  worstCaseAcs: number,
  firingRates: z.record(z.string(), number),
  backend: z.string(),
  version: z.string(),
  run: z.looseObject({seconds: number}),
});

/** One candidate's score, as the journal keeps it. `value` is null where there is none (status). */
export type ScoreRecord = KnownFields<z.infer<typeof scoreRecordSchema>>;
