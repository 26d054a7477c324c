// The form of the notebooks: what can be told without running them.

import assert from "node:assert";
import {readdirSync, statSync} from "node:fs";
import {join} from "node:path";
import ts from "typescript";
import {joined, readNotebook} from "../../src/notebook/file.js";
import {packageRoot} from "../../src/root.js";

const LINE = 120;
const CELL = 25;
const FUNCTION = 5;
/** Bytes of a notebook with its outputs: each run that is kept stays in the history. */
const BYTES = 600_000;

/** What looks like a result: a decimal fraction, or a number of percent, points or times. */
const RESULT = /(?<![\w.,/-])\d[\d,]*(?:\.\d+(?![.\d]*\w)|(?= ?%| points?\b| times\b))/g;

const [SNASNET, SPIKERNEL, SPIKENAS] = ["2201.10355", "2404.01685", "2402.11322"].map((id) => `published, arXiv ${id}`);
const CLOSED_FORM = "closed form";
const GOLDEN = "golden values of another implementation";
const SETTING = "a setting that the sentence itself makes";

/** The level of all intervals. */
const LEVEL = ["95 % interval", "95 % t-interval"];

/** The numbers that prose may state, by notebook and phrase: no run can falsify what is published or defined. */
const STATED: readonly (readonly [notebook: string, phrase: string, reason: string | undefined])[] = [
  ["01", "at 1.05 a spike every third step; at 1.2 every second; at 1.5 every step", CLOSED_FORM],
  ["01", "charges to 1.5/τ = 1.125", CLOSED_FORM],
  ["01", "distances 0, 0.1, 0.5 and 1, and Dspike with b = 3 at potentials 0.1, 0.25, 0.5, 0.9", GOLDEN],
  ["01", "a value of 0.5 may give anything", SETTING],
  ["01", "N(0, 0.01²)", SNASNET],
  ["01", "that is 0.23, against a threshold of 1", CLOSED_FORM],
  ["01", "ln 10 = 2.303", CLOSED_FORM],
  ["01", "N(0, 1/(0.1·n))", SETTING],
  ["01", "first spike at x = 1.01?", SETTING],
  ["01", "gets x = 0.4.", SETTING],
  ["01", "give the value 0.25 with T = 9", SETTING],
  ["01", "constant x = 1.2", SETTING],
  ["01", "constant x = 1.5", SETTING],
  ["02", "for three, t = 4.3", "Student's t, 0.975 quantile, two degrees of freedom"],
  ["03", "thresholds of 0.5, 1.0 and 1.5", "SpikeNAS-Bench's space"],
  [
    "04",
    "up to 4.8 times faster than the state of the art (93.24 % on CIFAR-10, 70.84 % on CIFAR-100, 62 %",
    SPIKERNEL,
  ],
  ["05", "0.646 on CIFAR-100, against 0.519", SNASNET],
  ["05", "α = 0.5", SNASNET],
  ["05", "α is 0.5", SNASNET],
  ["05", "8 7.667 7.500 7.400", GOLDEN],
  ["05", "8 5.340 4.008 3.215", GOLDEN],
  ["05", "top 10 %", "a name in the table of scores"],
  ["05", "near its τ of 0.646", SNASNET],
  ["05", "firing rate 0.1 in a layer", SETTING],
  ["06", "4.4 times, with 1.3 % more accuracy, on CIFAR-100", SPIKENAS],
  ["06", "29, 117 and 3.7 times", SPIKENAS],
  ["06", "The paper's 4.4 times", SPIKENAS],
];

const folder = join(packageRoot, "notebooks");
const files = readdirSync(folder).filter((name) => name.endsWith(".ipynb"));
const cells = files.flatMap((file) =>
  readNotebook(join(folder, file)).cells.map(({id, cell_type: type, source}) => ({
    ...{notebook: file.slice(0, 2), name: `${file} [${id}]`, type},
    text: joined(source),
  })),
);
const code = cells.filter(({type}) => type === "code");

const parse = (text: string): ts.SourceFile => ts.createSourceFile("cell.ts", text, ts.ScriptTarget.Latest, true);
const visit = (node: ts.Node, look: (node: ts.Node) => void): void => {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
};
const lineOf = (file: ts.SourceFile, position: number): number => file.getLineAndCharacterOfPosition(position).line;

/** Lines of the longest function in a cell. */
function longestFunction(text: string): number {
  const file = parse(text);
  let longest = 0;
  visit(file, (node) => {
    if (!ts.isFunctionLike(node)) return;
    longest = Math.max(longest, lineOf(file, node.end) - lineOf(file, node.getStart()) + 1);
  });
  return longest;
}

/** What a cell says in its own words: Markdown without code and formulas, and the constant parts of Markdown that code makes. */
function saidBy({type, text}: {type: string; text: string}): string {
  if (type !== "code") return text.replaceAll(/`[^`]+`|\$[^$]+\$|\]\([^)]*\)|^ {4}.*$/gm, "");
  const parts: string[] = [];
  visit(parse(text), (node) => {
    if (ts.isTemplateLiteralToken(node) || ts.isStringLiteral(node)) parts.push(node.text);
  });
  return parts.join("\n");
}

/** The results that a text states, without those in an allowed phrase. */
function resultsIn(text: string, allowed: readonly string[]): string[] {
  let rest = text.replaceAll(/\s+/g, " ");
  for (const phrase of [...LEVEL, ...allowed]) rest = rest.replaceAll(phrase, "");
  return [...rest.matchAll(RESULT)].map(({index}) => rest.slice(Math.max(0, index - 30), index + 20));
}

/** What the compiler, as loose as the kernel is, says of a notebook's cells, one after another in one file. */
function typeErrors(): string[] {
  const options: ts.CompilerOptions = {
    ...{noEmit: true, strict: false, skipLibCheck: true, target: ts.ScriptTarget.ESNext},
    ...{module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, types: ["node"]},
  };
  const sources = new Map(
    files.map((file) => {
      const own = code.filter(({notebook}) => notebook === file.slice(0, 2)).map(({text}) => text);
      return [join(folder, file.replace(".ipynb", ".mts")), [...own, "export {};"].join("\n")];
    }),
  );
  const host = ts.createCompilerHost(options);
  const {readFile, fileExists, getSourceFile} = host;
  host.readFile = (name) => sources.get(name) ?? readFile(name);
  host.fileExists = (name) => sources.has(name) || fileExists(name);
  host.getSourceFile = (name, target, ...rest) => {
    const text = sources.get(name);
    return text === undefined ? getSourceFile(name, target, ...rest) : ts.createSourceFile(name, text, target);
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({file, messageText}) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
}

describe("the notebooks", () => {
  it("have cells that compile against the library", function () {
    this.timeout(120_000); // the compiler reads the library's types
    assert.deepStrictEqual(typeErrors(), []);
  });

  it(`are below ${BYTES / 1000} kB each, figures included`, () =>
    assert.deepStrictEqual(
      files.map((file) => [file, statSync(join(folder, file)).size] as const).filter(([, size]) => size >= BYTES),
      [],
    ));

  it(`have lines of at most ${LINE} characters, but for links`, () => {
    const long = cells.flatMap(({name, text}) => {
      const lines = text.split("\n").map((line) => line.replaceAll(/\]\(https?:[^)]*\)/g, "]()"));
      return lines
        .filter((line) => line.length > LINE)
        .map((line) => `${name}: ${line.length} in ${line.slice(0, 60)}`);
    });
    assert.deepStrictEqual(long, []);
  });

  it(`have code cells of at most ${CELL} lines`, () =>
    assert.deepStrictEqual(
      code.filter(({text}) => text.split("\n").length > CELL).map(({name}) => name),
      [],
    ));

  it(`have no function of more than ${FUNCTION} lines: the library computes`, () =>
    assert.deepStrictEqual(
      code
        .filter(({text}) => longestFunction(text) > FUNCTION)
        .map(({name, text}) => `${name}: ${longestFunction(text)}`),
      [],
    ));

  it("state no result in words of their own: what a run gives is computed, what is published is listed here", () => {
    const stated = cells.flatMap((cell) => {
      const allowed = STATED.filter(([notebook]) => notebook === cell.notebook).map(([, phrase]) => phrase);
      return resultsIn(saidBy(cell), allowed).map((found) => `${cell.name}: ${found}`);
    });
    assert.deepStrictEqual(stated, []);
  });

  it("still state what is listed here", () => {
    const said = (of: string): string =>
      cells.filter(({notebook}) => notebook === of).map((cell) => saidBy(cell)).join("\n").replaceAll(/\s+/g, " "); // prettier-ignore
    assert.deepStrictEqual(
      STATED.filter(([notebook, phrase]) => !said(notebook).includes(phrase)),
      [],
    );
  });
});

describe("the check of the notebooks", () => {
  it("sees results in prose and in what code says, and not in code, links or settings", () => {
    const results = (type: string, text: string): number => resultsIn(saidBy({type, text}), []).length;
    assert.strictEqual(results("markdown", "k = 5 gains 3.1 points and removes 50 % of 12 networks, 3 times"), 3);
    assert.strictEqual(results("markdown", "`x = 0.5`, [a paper](https://arxiv.org/abs/2404.01685), 1,000 images"), 0);
    assert.strictEqual(results("code", "showMarkdown(`gains 3.1 points, n = ${n}`)"), 1);
    assert.strictEqual(results("code", "const x = 0.5; showMarkdown(`gains ${x.toFixed(1)} points`)"), 0);
    assert.deepStrictEqual(resultsIn("the paper's 4.4 times", ["the paper's 4.4 times"]), []);
  });

  it("measures functions by their lines", () => {
    assert.strictEqual(longestFunction("const f = (x) => x;\nconst g = () => {\n  return 1;\n};"), 3);
  });
});
