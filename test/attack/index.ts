// npm run test:attack: attacks the program in every known way, and prints a line for each kind: tried, held.
//
//   npm run test:attack -- --kind journal-bits,zip-bombs --count 100 --seed 7 --from 31
//
// Ends with status 1 where anything was not held, and says how to repeat it. kind.ts says what a kind is.

import {parseArgs} from "node:util";
import {attackKinds} from "./catalogue.js";
import {type Context, type Kind, type Outcome, runKind} from "./kind.js";

/** Failures that are shown of one kind, and characters of each. */
const [SHOWN, LONG] = [5, 1500];

const {values} = parseArgs({
  options: {
    kind: {type: "string"},
    count: {type: "string"},
    seed: {type: "string", default: "0"},
    from: {type: "string", default: "0"},
    list: {type: "boolean", default: false},
  },
});

function chosen(kinds: readonly Kind[]): readonly Kind[] {
  if (values.kind === undefined) return kinds;
  return values.kind.split(",").map((name) => {
    const kind = kinds.find((known) => known.name === name);
    if (!kind) throw new Error(`unknown kind: ${name}; expected ${kinds.map((known) => known.name).join(", ")}`);
    return kind;
  });
}

const line = (name: string, rest: string): string => `${name.padEnd(24)} ${rest}`;

function report({name, held: words}: Kind, {seed}: Context, {tried, held, failures, seconds, left}: Outcome): void {
  const cut = left > 0 ? `; ${left} more were not tried for want of time` : "";
  const lost = failures.length > 0 ? `, NOT HELD ${failures.length}` : "";
  console.log(line(name, `tried ${tried}, held ${held}${lost} (${seconds.toFixed(0)} s; ${words}${cut})`));
  for (const {index, what} of failures.slice(0, SHOWN)) {
    console.log(`  ${what.trimEnd().slice(0, LONG).replace(/\n/g, "\n  ")}`);
    console.log(`    again: npm run test:attack -- --kind ${name} --seed ${seed} --from ${index} --count 1`);
  }
  if (failures.length > SHOWN) console.log(`  and ${failures.length - SHOWN} more`);
}

const kinds = chosen(await attackKinds());
let [tried, held, untried] = [0, 0, 0];
for (const kind of kinds) {
  if (values.list) {
    console.log(line(kind.name, `${kind.count} attempts, ${kind.small} of them in npm test: ${kind.held}`));
    continue;
  }
  const lacks = kind.lacks?.();
  if (lacks) {
    console.log(line(kind.name, `left out: ${lacks}`));
    continue;
  }
  const context = {seed: Number(values.seed), count: Number(values.count ?? kind.count), from: Number(values.from)};
  const outcome = await runKind(kind, context);
  report(kind, context, outcome);
  tried += outcome.tried;
  held += outcome.held;
  untried += outcome.left;
}
if (!values.list) console.log(line("all", `tried ${tried}, held ${held}${untried > 0 ? `, not tried ${untried}` : ""}`)); // prettier-ignore
process.exit(held === tried && untried === 0 ? 0 : 1);
