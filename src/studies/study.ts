// A study is a value: what it asks, what a user may set, which trials that makes, what they compare, and what is shown of it.
//
//   settings ─► trials ─► records ─► comparison ─► tables, figures
//
// The command line and notebooks derive from it; a module that exports one by default runs as `npx spikebook study ./module.ts`.

import {comparisonTable} from "../analysis/comparison.js";
import {check, checkOptions, invalid, parseNumber} from "../check.js";
import {type Comparison, comparisonOf, referenceOf} from "../records/comparison.js";
import type {Trial, TrialRecord} from "../records/trial.js";
import {comparisonFigures} from "../plots/comparison.js";
import type {Figure} from "../plots/figure.js";
import type {Row} from "../tables/rows.js";
import {type StudyChanges, studySettings, type StudySettings, trialOf} from "./settings.js";

type Records = readonly TrialRecord[];

/** An option of a study: plain data, from which the command line makes one of its own. */
export type StudyOption = {
  /** Its key in what the study is given; the command line writes `maxParams` as --max-params. */
  readonly name: string;
  /** What its value is called in the help: "<n>", "<list>", "<dirs...>" for several; "" for a switch. */
  readonly value: string;
  readonly help: string;
  /** Reads the value; its text unless said. */
  readonly parse?: (text: string) => unknown;
  readonly required?: boolean;
  /** The texts that it may be; any unless given. */
  readonly choices?: readonly string[];
  /** A switch that is on, and that --no-NAME turns off. */
  readonly on?: boolean;
};

/** What a user says of a study's options, by name; absent where nothing was said. */
export type Given = Readonly<Record<string, unknown>>;

export type Study<Own extends object = object> = {
  readonly name: string;
  /** A line that ends "the study of …": how kernel size changes accuracy. */
  readonly summary: string;
  readonly description: string;
  /** Besides those that every study has. */
  readonly options: readonly StudyOption[];
  /** Its settings, of a profile and with changes; everything that cannot be is refused here, before anything runs. */
  settings(changes: StudyChanges & Partial<Own>): StudySettings & Own;
  /** What its options change of its own settings. */
  own(given: Given): Partial<Own>;
  /** What its options say in place of the profile's defaults; other options still win. */
  defaults?(given: Given): StudyChanges;
  trials(settings: StudySettings & Own): readonly Trial[];
  /** Names of its own settings that list what it compares, which later runs into one folder may add to; its lists unless given. */
  readonly groups?: readonly string[];
  readonly comparison: Comparison;
  /** By the name of their files. */
  tables(records: Records): Readonly<Record<string, readonly Row[]>>;
  figures(records: Records): Readonly<Record<string, Figure>>;
};

/** The rows of a comparison, with the group under the label's name. */
export const comparisonRows = (comparison: Comparison, records: Records): Row[] =>
  comparisonTable(records, comparison.label, referenceOf(comparison, records)).map(({group, ...row}) => ({
    [comparison.label]: group,
    ...row,
  }));

/** What is shown of a comparison: the table of its groups, and the figures of every comparison. */
export const shownAs = (comparison: Comparison): Pick<Study, "comparison" | "tables" | "figures"> => ({
  comparison,
  tables: (records) => ({summary: comparisonRows(comparison, records)}),
  figures: (records) => comparisonFigures(comparison, records),
});

/** A trial as a study describes it: what is not said is the settings'. */
export type TrialDraft = Pick<Trial, "labels" | "seed" | "architecture"> & Partial<Pick<Trial, "data" | "recipe">>;

/** A study as a user writes it. */
export type StudyDefinition<Own extends object> = {
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  /** Settings of its own with their defaults, such as {thresholds: [0.5, 1]}. */
  readonly own?: Own;
  /** Options that replace them, by the same names. */
  readonly options?: readonly StudyOption[];
  readonly trials: (settings: StudySettings & Own) => readonly TrialDraft[];
  readonly groups?: Study["groups"];
  /** Which label groups the trials; words and reference where they are not obvious. */
  readonly comparison: Pick<Comparison, "label"> & Partial<Comparison>;
  readonly tables?: Study["tables"];
  readonly figures?: Study["figures"];
};

const PARTS = [
  "name",
  "summary",
  "description",
  "own",
  "options",
  "trials",
  "groups",
  "comparison",
  "tables",
  "figures",
];

/** A complete study from a definition. Every trial is made and checked before anything runs. */
export function defineStudy<Own extends object = object>(definition: StudyDefinition<Own>): Study<Own> {
  checkOptions("study", definition, PARTS);
  const {name, summary, description = summary, options = [], own = {} as Own, ...rest} = definition;
  check("study name", name, /^[\w-]+$/.test(name ?? ""), "letters, digits, - and _");
  const known = Object.keys(own);
  for (const option of options) check("option", option.name, known.includes(option.name), `the name of one of the study's own settings (${known.join(", ")})`); // prettier-ignore
  const trials = (settings: StudySettings & Own): Trial[] =>
    rest.trials(settings).map((draft) => ({...trialOf(settings, {study: name, ...draft}), ...draft}));
  const {comparison, tables, figures} = shownAs(comparisonOf(rest.comparison));
  return {
    ...{name, summary, description, options, trials, comparison},
    ...(rest.groups && {groups: rest.groups}),
    settings(changes) {
      const settings = studySettings(name, own, changes);
      const made = trials(settings);
      check("trials", made.length, made.length > 0, "at least one");
      for (const {labels} of made)
        if (!Object.hasOwn(labels, comparison.label))
          throw invalid("labels", labels, `the label of the comparison, ${comparison.label}`);
      return settings;
    },
    own: (given) => Object.fromEntries(Object.entries(given).filter(([key]) => known.includes(key))) as Partial<Own>,
    tables: rest.tables ?? tables,
    figures: rest.figures ?? figures,
  };
}

/** The study that a module exports by default, or an error that says what it has to export. */
export function studyOf(value: unknown, where: string): Study {
  const study = value as Partial<Study> | undefined;
  const complete =
    typeof study === "object" &&
    study !== null &&
    [study.settings, study.own, study.trials, study.tables, study.figures].every((part) => typeof part === "function");
  if (!complete) throw invalid(`study in ${where}`, value, "export default defineStudy({…})");
  return study as Study;
}

/** Reads a list of numbers such as 0.5,1,2. */
export const numbersOf = (text: string): number[] => text.split(",").map((part) => parseNumber("number", part));
