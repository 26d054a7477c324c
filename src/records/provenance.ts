// Where numbers come from, in words: what every caption and every table of a study says of its data, seeds and profile.

import {settingOf} from "../architectures/description.js";
import {countedEndings} from "./endings.js";
import type {TrialRecord} from "./trial.js";

/** The images of a data set by name; procedural ones are said to be no photographs. */
export const originOf = ({name, procedural}: {readonly name: string; readonly procedural: boolean}): string =>
  procedural ? `Procedural images (${name}), drawn by this program, not photographs` : name;

/** Data, images, network, seeds and profile of records that share them, and how many trials are in no number. */
export function provenanceOf(records: readonly TrialRecord[]): string {
  const {data, architecture, recipe, profile} = records[0]!;
  const seeds = new Set(records.map(({seed}) => seed)).size;
  const missing = countedEndings(records);
  const images = `${data.train.toLocaleString("en-US")} training and ${data.test.toLocaleString("en-US")} test images`;
  return (
    `${originOf(data)}: ${images}, ${settingOf(architecture)}, ` +
    `${recipe.epochs} epochs, ${seeds} seed${seeds > 1 ? "s" : ""}; profile ${profile}.${missing && ` Without a result, of ${records.length} trials: ${missing}.`}`
  );
}
