// The structure of src/: who may import whom, and what may appear where.

import assert from "node:assert";
import {readdirSync, readFileSync} from "node:fs";
import {dirname, join, normalize, sep} from "node:path";
import ts from "typescript";
import {packageRoot} from "../src/root.js";

/** Files and folders of src/ in data-flow order: each imports from its own line or from earlier ones. */
const ORDER: readonly (readonly string[])[] = [
  [
    "check.ts",
    "printable.ts",
    "ranges.ts",
    "memory.ts",
    "random.ts",
    "root.ts",
    "disk",
    "atomic.ts",
    "measuredBackends.ts",
    "giveWay.ts",
    "sharp.ts",
  ],
  ["graphs"],
  ["architectures"],
  ["tf.ts"],
  ["native"],
  ["datasets"],
  ["encoding"],
  ["neurons"],
  ["layers"],
  ["kernels"],
  ["networks"],
  ["training"],
  ["files"],
  ["scoring", "compression", "conversion", "search"],
  ["records"],
  ["analysis"],
  ["tables"],
  ["plots"],
  ["execution"],
  ["studies"],
  ["notebook"],
  ["index.ts"],
  ["cli"],
  ["cli.ts"],
];
/** Read records only: of what lies between `architectures` and `records` they may use types. */
const READERS = ["analysis", "tables", "plots"];
/** Know no tensors. */
const TENSOR_FREE = ["graphs", "architectures", "datasets", "search"];

type Import = {readonly specifier: string; readonly typeOnly: boolean};
type Source = {
  readonly path: string;
  readonly imports: readonly Import[];
  readonly usesMathRandom: boolean;
  /** Code that takes the notation of a cell's op apart: parseOp, or a pattern or a part of a word that begins with "conv". */
  readonly decodesOps: boolean;
};

const root = join(packageRoot, "src");

function importOf(node: ts.Node): Import | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    const clause = node.importClause;
    const named = clause?.namedBindings;
    const onlyTypes = named !== undefined && ts.isNamedImports(named) && !clause?.name && named.elements.length > 0 && named.elements.every((e) => e.isTypeOnly); // prettier-ignore
    return {specifier: node.moduleSpecifier.text, typeOnly: clause?.isTypeOnly === true || onlyTypes};
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier))
    return {specifier: node.moduleSpecifier.text, typeOnly: node.isTypeOnly};
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal))
    return {specifier: node.argument.literal.text, typeOnly: true};
  if (!ts.isCallExpression(node)) return undefined;
  const callee = node.expression.getText();
  const [argument] = node.arguments;
  if (!["import", "require", "require.resolve"].includes(callee) || !argument || !ts.isStringLiteralLike(argument))
    return undefined;
  return {specifier: argument.text, typeOnly: false};
}

function parse(path: string, text: string): Source {
  const imports: Import[] = [];
  let usesMathRandom = false;
  let decodesOps = false;
  const visit = (node: ts.Node): void => {
    const found = importOf(node);
    if (found) imports.push(found);
    if (ts.isPropertyAccessExpression(node) && node.getText() === "Math.random") usesMathRandom = true;
    if (ts.isIdentifier(node) && node.text === "parseOp") decodesOps = true;
    if (ts.isRegularExpressionLiteral(node) && /\^?conv/.test(node.text)) decodesOps = true;
    if (ts.isTemplateHead(node) && node.text === "conv") decodesOps = true;
    if (ts.isCallExpression(node) && /\.(startsWith|replace|slice|split|match)$/.test(node.expression.getText()))
      if (node.arguments.some((a) => ts.isStringLiteral(a) && a.text.startsWith("conv"))) decodesOps = true;
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return {path, imports, usesMathRandom, decodesOps};
}

const partOf = (path: string): string => path.split("/")[0]!;
const rankOf = (path: string): number => ORDER.findIndex((line) => line.includes(partOf(path)));
/** The file that a relative import means, from src/; undefined for packages and files outside. */
function targetOf(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const path = normalize(join(dirname(from), specifier))
    .split(sep)
    .join("/")
    .replace(/\.js$/, ".ts");
  return path.startsWith("..") ? undefined : path;
}

type Edge = Import & {readonly from: string; readonly to: string};
const edgesOf = (sources: readonly Source[]): Edge[] =>
  sources.flatMap(({path, imports}) =>
    imports.flatMap((entry) => {
      const to = targetOf(path, entry.specifier);
      return to === undefined ? [] : [{...entry, from: path, to}];
    }),
  );

/** Imports that point to a later layer, and values that records' readers take from where tensors are. */
function wrongWay(sources: readonly Source[]): string[] {
  const [first, last] = [rankOf("architectures"), rankOf("records")];
  return edgesOf(sources)
    .filter(({from, to, typeOnly}) => {
      const reads = READERS.includes(partOf(from)) && !typeOnly && rankOf(to) > first && rankOf(to) < last;
      const tensors = TENSOR_FREE.includes(partOf(from)) && to === "tf.ts";
      const sideways = rankOf(to) === rankOf(from) && partOf(to) !== partOf(from) && rankOf(from) > 0;
      return rankOf(to) > rankOf(from) || sideways || reads || tensors;
    })
    .map(({from, to}) => `${from} imports ${to}`);
}

/** A chain of files that import one another in a circle. */
function cycleIn(sources: readonly Source[]): string[] | undefined {
  const targets = new Map<string, string[]>();
  for (const {from, to} of edgesOf(sources)) targets.set(from, [...(targets.get(from) ?? []), to]);
  const done = new Set<string>();
  const follow = (path: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const next of targets.get(path) ?? []) {
      const cycle = follow(next, [...trail, path]);
      if (cycle) return cycle;
    }
    done.add(path);
    return undefined;
  };
  for (const path of targets.keys()) {
    const cycle = follow(path, []);
    if (cycle) return cycle;
  }
  return undefined;
}

const importsTensorflow = ({path, imports}: Source): boolean =>
  path !== "tf.ts" &&
  partOf(path) !== "native" &&
  imports.some(({specifier, typeOnly}) => specifier.startsWith("@tensorflow/") && !typeOnly);

describe("the structure of src/", () => {
  const paths = readdirSync(root, {recursive: true, encoding: "utf8"})
    .map((path) => path.split(sep).join("/"))
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"));
  const sources = paths.map((path) => parse(path, readFileSync(join(root, path), "utf8")));

  it("has a place in the order for every file and folder", () =>
    assert.deepStrictEqual(
      paths.filter((path) => rankOf(path) < 0),
      [],
    ));

  it("imports only from earlier layers or the own folder", () => assert.deepStrictEqual(wrongWay(sources), []));

  it("has no circle of imports", () => assert.deepStrictEqual(cycleIn(sources), undefined));

  it("takes randomness from seeds alone: no Math.random", () =>
    assert.deepStrictEqual(
      sources.filter(({usesMathRandom}) => usesMathRandom).map(({path}) => path),
      [],
    ));

  it("writes files in atomic.ts alone; data sets stream theirs into a folder that is renamed when it is whole", () => {
    const writes =
      /\b(writeFile|writeFileSync|appendFile|appendFileSync|createWriteStream|writeSync|copyFileSync|cpSync)\(/;
    const here = ["atomic.ts", "disk/lockFile.ts", "datasets/install.ts", "datasets/download.ts"];
    const found = paths.filter((path) => writes.test(readFileSync(join(root, path), "utf8")));
    assert.deepStrictEqual(found.sort(), here.sort());
  });

  it("imports tensor packages in tf.ts alone, and where native TensorFlow is installed", () =>
    assert.deepStrictEqual(
      sources.filter(importsTensorflow).map(({path}) => path),
      [],
    ));

  it("reads the notation of a cell's ops in architectures/ alone", () =>
    assert.deepStrictEqual(
      sources
        .filter(({path, decodesOps}) => decodesOps && partOf(path) !== "architectures" && path !== "index.ts")
        .map(({path}) => path),
      [],
    ));

  it("is told in CONTRIBUTING in the same order", () => {
    const [, block] = /\n\n( {4}check .*?)\n\n/s.exec(readFileSync(join(packageRoot, "CONTRIBUTING.md"), "utf8")) ?? [];
    const there = new Set(paths.map(partOf));
    const names = ORDER.flat().filter((part) => there.has(part) && !["index.ts", "cli.ts"].includes(part));
    assert.deepStrictEqual(
      block?.match(/\w+/g),
      names.map((part) => part.replace(".ts", "")),
    );
  });

  it("has no folder for whatever fits nowhere", () =>
    assert.deepStrictEqual(
      paths.filter((path) => /(^|\/)(utils?|helpers?|common|misc)(\/|\.ts$)/.test(path)),
      [],
    ));
});

describe("the check of the structure", () => {
  it("sees an import of a later layer, also a dynamic one", () => {
    assert.deepStrictEqual(wrongWay([parse("check.ts", 'import {x} from "./tf.js";')]), ["check.ts imports tf.ts"]);
    assert.deepStrictEqual(wrongWay([parse("networks/a.ts", 'const x = await import("../cli/b.js");')]), [
      "networks/a.ts imports cli/b.ts",
    ]);
    assert.deepStrictEqual(wrongWay([parse("datasets/a.ts", 'import * as tf from "../tf.js";')]), [
      "datasets/a.ts imports tf.ts",
    ]);
    assert.deepStrictEqual(wrongWay([parse("cli/b.ts", 'export {x} from "../networks/a.js";')]), []);
  });

  it("lets records' readers take types, not values", () => {
    assert.strictEqual(wrongWay([parse("tables/a.ts", 'import {run} from "../training/b.js";')]).length, 1);
    assert.deepStrictEqual(wrongWay([parse("tables/a.ts", 'import {type Recipe} from "../training/b.js";')]), []);
    assert.deepStrictEqual(wrongWay([parse("tables/a.ts", 'import type {Recipe} from "../training/b.js";')]), []);
  });

  it("sees a circle", () => {
    const circle = [parse("layers/a.ts", 'import "./b.js";'), parse("layers/b.ts", 'import "./a.js";')];
    assert.deepStrictEqual(cycleIn(circle), ["layers/a.ts", "layers/b.ts", "layers/a.ts"]);
  });

  it("sees Math.random in code and not in a comment", () => {
    assert.ok(parse("a.ts", "const x = Math.random();").usesMathRandom);
    assert.ok(!parse("a.ts", "// Math.random\nconst x = 1;").usesMathRandom);
  });

  it("sees code that takes an op's notation apart", () => {
    for (const code of ['op.startsWith("conv")', "/^conv(\\d+)/.exec(op)", "parseOp(op)", "const op = `conv${k}`"])
      assert.ok(parse("plots/a.ts", code).decodesOps, code);
    assert.ok(!parse("plots/a.ts", 'isConvolution(op); // conv3\nconst kind = "conv2d";').decodesOps);
  });

  it("sees a tensor package, imported or required", () => {
    assert.ok(importsTensorflow(parse("layers/a.ts", 'import * as tf from "@tensorflow/tfjs";')));
    assert.ok(importsTensorflow(parse("layers/a.ts", 'require("@tensorflow/tfjs-node");')));
    assert.ok(!importsTensorflow(parse("tf.ts", 'import "@tensorflow/tfjs";')));
  });
});
