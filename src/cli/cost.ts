// spikebook cost: what an architecture, or every architecture of a finite space, costs before anything is built.

import type {Command} from "commander";
import Papa from "papaparse";
import {type Architecture, snasnet} from "../architectures/architecture.js";
import {formatCell, parseCell, withKernelSize} from "../architectures/cell.js";
import {costOf} from "../architectures/cost.js";
import {pathologies} from "../architectures/wiring.js";
import {published, PUBLISHED} from "../architectures/published.js";
import {cellsOf, SNASNET_FORWARD} from "../architectures/spaces.js";
import {SPIKENAS_BENCH_SIZE, spikenasBenchArchitecture, spikenasBenchOps} from "../architectures/spikenasBench.js";
import {validateArchitecture} from "../architectures/validate.js";
import {checkName, InputError, invalid, listed} from "../check.js";
import {KERNEL_SIZE_RULE} from "../graphs/ops.js";
import {numberIn} from "../ranges.js";
import {costTable, layerTable} from "./costTable.js";

type CostOptions = {
  readonly cell?: readonly string[];
  readonly cells?: number;
  readonly name?: string;
  readonly space?: string;
  readonly id?: number;
  readonly all?: boolean;
  readonly channels?: number;
  readonly size?: number;
  readonly classes?: number;
  readonly pool?: number;
  readonly hidden?: number;
  readonly voters?: number;
  readonly timesteps?: number;
  readonly stemStride?: number;
  readonly kernel?: number;
  readonly bits: number;
  readonly layers?: boolean;
  readonly csv?: boolean;
  readonly json?: boolean;
};

/** One architecture of a space, with the columns that name it. */
type Member = {readonly label: Readonly<Record<string, string | number>>; readonly architecture: Architecture};

const SPACES: Readonly<Record<string, {readonly size: number; readonly members: () => Iterable<Member>}>> = {
  "spikenas-bench": {size: SPIKENAS_BENCH_SIZE, members: spikenasBench},
  "snasnet-forward": {size: 7556, members: snasnetForward},
};

function* spikenasBench(): Generator<Member> {
  for (let id = 0; id < SPIKENAS_BENCH_SIZE; ++id)
    yield {label: {id, ops: spikenasBenchOps(id).join(" ")}, architecture: spikenasBenchArchitecture(id)};
}

function* snasnetForward(): Generator<Member> {
  let id = 0;
  for (const cell of cellsOf(SNASNET_FORWARD))
    yield {label: {id: id++, cell: formatCell(cell)}, architecture: snasnet({cell})};
}

/** The architecture with the fields that the command line names put in place. */
function overridden(a: Architecture, o: CostOptions): Architecture {
  const cells = o.kernel === undefined ? a.cells : a.cells.map((cell) => withKernelSize(cell, o.kernel!));
  return {
    ...a,
    cells,
    input: {...a.input, size: o.size ?? a.input.size},
    classes: o.classes ?? a.classes,
    channels: o.channels ?? a.channels,
    stemStride: (o.stemStride ?? a.stemStride) as 1 | 2,
    pool: o.pool ?? a.pool,
    head: {...a.head, hidden: o.hidden ?? a.head.hidden, voters: o.voters ?? a.head.voters},
    T: o.timesteps ?? a.T,
  };
}

function membersOf(space: string): Iterable<Member> {
  return SPACES[checkName("space", space, SPACES)]!.members();
}

function memberOf(space: string, id: number): Architecture {
  checkName("space", space, SPACES);
  for (const {label, architecture} of membersOf(space)) if (label.id === id) return architecture;
  throw invalid(`${space} id`, id, `an integer from 0 to ${SPACES[space]!.size - 1}`);
}

/** The one architecture that the options describe. */
function architectureOf(o: CostOptions): Architecture {
  const sources = [o.cell && "--cell", o.name !== undefined && "--name", o.space !== undefined && "--space"];
  const given = sources.filter(Boolean);
  if (given.length > 1) throw invalid("options", given.join(" and "), "one of --cell, --name and --space");
  if (o.id !== undefined && o.space === undefined) throw invalid("options", "--id alone", "--space with it");
  if (o.cells !== undefined && (o.name !== undefined || o.space !== undefined))
    throw invalid("options", `--cells and ${given[0]}`, "--cells with --cell alone");
  if (o.space !== undefined) {
    if (o.id === undefined) throw invalid("options", "--space alone", "--all or --id with it");
    return overridden(memberOf(o.space, o.id), o);
  }
  if (o.name !== undefined) return overridden(published(o.name).architecture, o);
  const wirings = o.cell?.map((text) => parseCell(text));
  if (!wirings || wirings.length === 1) {
    const cellCount = o.cells === undefined ? 2 : o.cells;
    return overridden(snasnet({...(wirings && {cell: wirings[0]!}), cellCount}), o);
  }
  if (o.cells !== undefined && o.cells !== wirings.length)
    throw invalid("cells", o.cells, `${wirings.length}, the number of --cell options`);
  return overridden(snasnet({cells: wirings}), o);
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

function printSpace(o: CostOptions): void {
  if (o.space === undefined)
    throw new InputError(`--all needs a space; expected --space ${listed(Object.keys(SPACES))}`);
  const rows: Record<string, string | number>[] = [];
  for (const {label, architecture} of membersOf(o.space)) {
    const a = overridden(architecture, o);
    if (rows.length === 0) validateArchitecture(a, {allowDead: true});
    const dead = a.cells.some((cell) => pathologies(cell).some(({kind}) => kind === "dead"));
    rows.push({...label, dead: Number(dead), ...costOf(a, o)});
  }
  print(o.json ? JSON.stringify(rows) : Papa.unparse(rows, {newline: "\n"}));
}

function printOne(o: CostOptions): void {
  const a = validateArchitecture(architectureOf(o), {allowDead: o.space !== undefined});
  const cost = costOf(a, o);
  if (o.json) return print(JSON.stringify({architecture: a, ...cost}, null, 2));
  if (o.csv) return print(Papa.unparse([cost], {newline: "\n"}));
  const notes = a.cells.flatMap((cell, i) =>
    pathologies(cell)
      .filter(({kind}) => kind !== "indirect")
      .map(({message}) => `note: cell ${i + 1}: ${message}`),
  );
  print(
    [costTable(a, cost), ...(o.layers ? [layerTable(a)] : []), ...(notes.length ? [notes.join("\n")] : [])].join(
      "\n\n",
    ),
  );
}

/** Adds `cost` to the program. */
export function costCommand(program: Command): void {
  program
    .command("cost")
    .description("what an architecture costs, before anything is built")
    .option(
      "--cell <matrix>",
      "wiring in op codes: 0 none, 1 skip, 2 conv1, 3 conv3, 4 average pooling, 5 conv5, 7 conv7, 9 conv9; " +
        "once for all cells, or once for each (default: 0333 0012 0003 0000)",
      (text: string, all: readonly string[] = []) => [...all, text],
    )
    .option("--cells <n>", "number of cells that share the wiring (default: 2)", numberIn("cells"))
    .option("--name <name>", `a published architecture: ${listed(Object.keys(PUBLISHED))}`)
    .option("--space <name>", `a finite space: ${listed(Object.keys(SPACES))}`)
    .option("--id <n>", "with --space: one of its architectures", numberIn("id"))
    .option("--all", "with --space: all of its architectures")
    .option("--channels <n>", "channels of the first cell (default: 128)", numberIn("channels"))
    .option("--size <pixels>", "side of the images (default: 32)", numberIn("inputSize"))
    .option("--classes <n>", "classes (default: 10)", numberIn("classes"))
    .option("--pool <n>", "pooling before the head (default: 4)", numberIn("pool"))
    .option("--hidden <n>", "units of the hidden layer (default: 1024)", numberIn("hidden"))
    .option("--voters <n>", "output units for each class (default: 10)", numberIn("voters"))
    .option("--timesteps <n>", "timesteps T (default: 5)", numberIn("timesteps"))
    .option("--stem-stride <n>", "stride of the stem, 1 or 2 (default: 1)", numberIn("stemStride"))
    .option(
      "--kernel <k>",
      `put a k x k kernel on every convolution of the cells: ${KERNEL_SIZE_RULE}`,
      numberIn("kernel"),
    )
    .option("--bits <n>", "bits of a weight, 1 to 32", numberIn("bits"), 32)
    .option("--layers", "layer by layer as well")
    .option("--csv", "as CSV")
    .option("--json", "as JSON")
    .action((options: CostOptions) => (options.all ? printSpace(options) : printOne(options)));
}
