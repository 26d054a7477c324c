// Every number and every path of every command: what is out of range is an error of one line before anything is done.

import assert from "node:assert";
import {existsSync, mkdtempSync, readdirSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import type {Command, Option} from "commander";
import {program} from "../../src/cli.js";
import {failureOf} from "../../src/cli/exit.js";
import {type Range, rangeText} from "../../src/ranges.js";
import {outside} from "../outside.js";

const COMMANDS =
  "start doctor lab data cost study train evaluate convert predict compress records pick run native".split(" ");

/** Every command, with the words that lead to it. */
async function commands(): Promise<{words: string[]; command: Command}[]> {
  const found: {words: string[]; command: Command}[] = [];
  for (const name of COMMANDS) {
    const root = await program([name]);
    const add = (command: Command, words: string[]): void => {
      found.push({words, command});
      for (const below of command.commands) add(below, [...words, below.name()]);
    };
    add(root.commands.find((command) => command.name() === name)!, [name]);
  }
  return found;
}

const parserOf = (option: Option) => option.parseArg as (((text: string) => unknown) & {range?: Range}) | undefined;

/** Options whose value is called a number, and how each is read. */
async function numbers(): Promise<{where: string; option: Option; range: Range | undefined}[]> {
  return (await commands()).flatMap(({words, command}) =>
    command.options.flatMap((option) => {
      const range = parserOf(option)?.range;
      const named = /<(n|p|t|v|a|r|f|l|e|px|T|pixels|k|seconds|points)>/.test(option.flags) && !option.argChoices;
      return named || range ? [{where: `${words.join(" ")} ${option.long}`, option, range}] : [];
    }),
  );
}

/** What the program makes of a line whose first fault is this option's value. */
function refusal(option: Option, text: string): string {
  try {
    parserOf(option)!(text);
  } catch (error) {
    const {status, text: said} = failureOf(error, false);
    assert.strictEqual(status, 2, said);
    return said;
  }
  return "";
}

describe("options", () => {
  it("that are numbers all have a range", async () => {
    const without = (await numbers()).filter(({range}) => !range).map(({where}) => where);
    const sizes = without.filter((where) => !/--image-(size|channels)$/.test(where));
    assert.deepStrictEqual(sizes, []);
  });

  it("refuse what is below, above, between, no number, empty and huge, naming value and range", async () => {
    const all = (await numbers()).filter(({range}) => range);
    assert.ok(all.length > 200, `${all.length} options`);
    for (const {where, option, range} of all)
      for (const text of [...outside(range!).map(String), "", " ", "none", "1e999", "9".repeat(400)]) {
        const said = refusal(option, text);
        assert.ok(said.endsWith(`expected ${rangeText(range!)}`), `${where} ${text}: ${said}`);
        assert.doesNotMatch(said, /\n/);
      }
  });

  it("take the ends of their ranges", async () => {
    for (const {where, option, range} of await numbers())
      for (const end of ["least", "most"] as const)
        if (range && range.open !== end)
          assert.strictEqual(refusal(option, String(range[end])), "", `${where} ${range[end]}`);
  });

  it("that are paths are refused where nothing can be written, and nothing is", async () => {
    const folder = mkdtempSync(join(tmpdir(), "spikebook-options-"));
    const before = process.cwd();
    process.chdir(folder);
    try {
      const outs = (await commands()).flatMap(({words, command}) =>
        command.options.filter(({long}) => long === "--out").map((option) => ({words, option})),
      );
      assert.ok(outs.length > 8);
      for (const {words, option} of outs)
        for (const path of ["", " ", "/proc/x", "/proc/x/y/z", "/dev/null/x", "a\0b", "x".repeat(5000)]) {
          if (path.startsWith("/proc") && !existsSync("/proc")) continue;
          assert.match(refusal(option, path), /^invalid out: .*; expected a path/, `${words.join(" ")} --out ${path}`);
        }
      assert.deepStrictEqual(readdirSync(folder), []);
    } finally {
      process.chdir(before);
      rmSync(folder, {recursive: true});
    }
  });
});
