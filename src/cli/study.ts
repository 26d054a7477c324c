// spikebook study: runs a study from the terminal, in parallel, and goes on where an interrupted one stopped.
//
// The studies of trained networks are a table (studies/catalogue.ts); a user's own is the default export of a module.

import {dirname, join, resolve} from "node:path";
import {type Command, Option} from "commander";
import {defaultDataDir} from "../datasets/index.js";
import {progress} from "../notebook/progress.js";
import type {Range} from "../ranges.js";
import {endingLines, hasResult} from "../records/endings.js";
import type {MeasureName} from "../records/measures.js";
import {provenanceOf} from "../records/provenance.js";
import type {TrialRecord} from "../records/trial.js";
import {STUDIES} from "../studies/catalogue.js";
import {conductStudy} from "../studies/conductStudy.js";
import {bestTrial, findNetworkFile} from "../studies/networkFiles.js";
import type {StudyChanges} from "../studies/settings.js";
import {comparisonRows, type Study, type StudyOption} from "../studies/study.js";
import {trialTitle} from "../studies/trialTask.js";
import {formatTable} from "../tables/formatTable.js";
import {SUMMARY_FORMAT} from "../tables/measures.js";
import {columnsOf} from "../tables/rows.js";
import {dataNameOf} from "./dataOption.js";
import {interruptSignal} from "./interrupt.js";
import {addStudyOptions, backendOf, changesOf, given, type StudyOptions} from "./studyOptions.js";
import {isModulePath, loadStudy} from "./studyModule.js";
import {raceCommand} from "./studyRace.js";
import {scoresCommand} from "./studyScores.js";
import {tradeoffCommand} from "./studyTradeoff.js";
import {searchCommand} from "./studySearch.js";
import {speedUpCommand} from "./studySpeedUp.js";

/** Quantities of the table that a finished study prints; summary.csv has all. */
const PRINTED: readonly MeasureName[] = ["params", "weightBytes", "receptiveField", "synOps", "firingRate", "energy"];

function printed({comparison}: Study, records: readonly TrialRecord[]): string {
  const {label} = comparison;
  const failed = records.some((record) => !hasResult(record));
  const rows = comparisonRows(comparison, records);
  const known = columnsOf(
    rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, v]) => v !== undefined))),
  );
  const wanted = [label, "n", ...(failed ? ["failed"] : []), "accuracy", "accuracyLow", "accuracyHigh", "difference"];
  const table = formatTable(rows, {
    columns: [...wanted, ...PRINTED].filter((name) => known.includes(name)),
    ...SUMMARY_FORMAT,
  });
  return [table, "", provenanceOf(records), ...endingLines(records, label)].join("\n");
}

/** Where the networks are, and which is best by validation. */
function networkLines(out: string, records: readonly TrialRecord[]): string[] {
  const best = bestTrial(records);
  const file = best && findNetworkFile(out, best.id);
  if (!best || !file) return [];
  return [`networks  ${dirname(file)}`, `best      ${file}  (${trialTitle(best)}, by validation accuracy)`];
}

/** The study that the options describe: those of the profile and data first, then what replaces their defaults. */
function changesFor(study: Study, o: StudyOptions & Record<string, unknown>): StudyChanges {
  const own = study.own(o);
  const defaults = study.defaults?.(o) ?? {};
  const base = study.settings({...defaults, profile: o.profile, ...given({data: dataNameOf(o)}), ...own});
  const changes = changesOf(o, base);
  return {...changes, recipe: {...defaults.recipe, ...changes.recipe}, ...own};
}

async function run(study: Study, options: StudyOptions & Record<string, unknown>): Promise<void> {
  const backend = backendOf(options);
  const o = {...options, ...(backend && {backend})};
  const out = resolve(o.out ?? join("results", study.name));
  const {records, ran} = await conductStudy(study, changesFor(study, o), {
    out,
    workers: o.workers,
    ...(o.threads !== undefined && {threads: o.threads}),
    dataDir: o.dataDir ?? defaultDataDir(),
    signal: interruptSignal(),
    onProgress: progress(study.name),
  });
  if (ran === 0) console.log(`complete: all ${records.length} trials are in ${out}; nothing was run`);
  console.log(`\n${printed(study, records)}\n\nrecords   ${join(out, "trials.jsonl")}\ntables    ${join(out, "summary.csv")}`); // prettier-ignore
  if (records.some(hasResult)) return console.log([`figures   ${join(out, "figures")}`, ...networkLines(out, records)].join("\n")); // prettier-ignore
  console.error(`\nno trial of ${study.name} has a result: nothing to compare, and no figure`);
  process.exitCode = 1;
}

/** A study's option as the command line's: maxParams becomes --max-params. */
function optionOf({name, value, help, parse, required = false, on = false, choices}: StudyOption): Option {
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const option = new Option(`--${on ? "no-" : ""}${flag}${value && ` ${value}`}`, help).makeOptionMandatory(required);
  if (choices) option.choices([...choices]);
  if (!parse) return option;
  const {range} = parse as {range?: Range};
  return option.argParser(Object.assign((text: string) => parse(text), range && {range}));
}

function addStudy(parent: Command, study: Study, name = study.name): void {
  const command = parent
    .command(name)
    .summary(study.summary)
    .description(
      `${study.description}\nDefaults come from the profile; every option below replaces one of its settings.`,
    );
  for (const option of study.options) command.addOption(optionOf(option));
  addStudyOptions(command).action((o: StudyOptions & Record<string, unknown>) => run(study, o));
}

/** Adds `study` to the program; `argv` may name a module with a study of the user's own. */
export async function studyCommand(program: Command, argv: readonly string[] = []): Promise<void> {
  const study = program
    .command("study")
    .summary("run a study")
    .description(
      "Runs a study: trials in parallel processes, one record each in a journal; an interrupted study goes on where it stopped.",
    )
    .addHelpText("after", "\nA study of your own is a module: spikebook study ./my-study.ts --help");
  const [searched, final] = [STUDIES.slice(0, -1), STUDIES.slice(-1)];
  for (const one of searched) addStudy(study, one);
  searchCommand(study);
  speedUpCommand(study);
  for (const one of final) addStudy(study, one);
  raceCommand(study);
  scoresCommand(study);
  tradeoffCommand(study);
  const path = argv.find((word, i) => argv[i - 1] === "study" && isModulePath(word));
  if (path !== undefined) addStudy(study, await loadStudy(path), path);
}
