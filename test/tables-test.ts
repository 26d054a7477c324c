// What is a table has no default: an op or a neuron without its entries does not compile. Shown by compiling the library with one more.

import assert from "node:assert";
import {readFileSync} from "node:fs";
import {join} from "node:path";
import ts from "typescript";
import {packageRoot} from "../src/root.js";

const options: ts.CompilerOptions = {
  ...ts.parseJsonConfigFileContent(ts.readConfigFile(join(packageRoot, "tsconfig.json"), ts.sys.readFile.bind(ts.sys)).config, ts.sys, packageRoot).options, // prettier-ignore
  noEmit: true,
  incremental: false,
};
delete options.tsBuildInfoFile;

/** The files of src/ whose types do not check when one file reads otherwise. */
function filesThatFail(checked: readonly string[], changed: string, from: string, to: string): string[] {
  const path = join(packageRoot, "src", changed);
  const text = readFileSync(path, "utf8");
  assert.ok(text.includes(from), `${changed} holds "${from}"`);
  const host = ts.createCompilerHost(options);
  const read = host.readFile.bind(host);
  host.readFile = (name) => (name === path ? text.replace(from, to) : read(name));
  const program = ts.createProgram(checked.map((file) => join(packageRoot, "src", file)), options, host); // prettier-ignore
  return checked.filter((file) => program.getSemanticDiagnostics(program.getSourceFile(join(packageRoot, "src", file))).length > 0); // prettier-ignore
}

describe("tables without a default", function () {
  this.timeout(120_000);

  it("an op of graphs without entries does not compile", () => {
    const tables = ["graphs/ops.ts", "networks/apply.ts"];
    const one = '| {readonly kind: "relu"}';
    assert.deepStrictEqual(filesThatFail(tables, "graphs/graph.ts", one, `${one} | {readonly kind: "gelu"}`), tables);
  });

  it("an op of a cell's edges without an entry does not compile", () => {
    const one = '| {readonly kind: "avgPool"}';
    const two = `${one} | {readonly kind: "maxPool"}`;
    assert.deepStrictEqual(filesThatFail(["architectures/ops.ts"], "architectures/ops.ts", one, two), [
      "architectures/ops.ts",
    ]);
  });

  it("a neuron without entries does not compile", () => {
    const tables = ["graphs/neuron.ts", "neurons/steps.ts"];
    const one = "export type NeuronSpec = ";
    const two = `${one}(Leaky & {readonly model: "izhikevich"}) | `;
    assert.deepStrictEqual(filesThatFail(tables, "graphs/neuron.ts", one, two), tables);
  });

  it("as they stand, they do", () =>
    assert.deepStrictEqual(
      filesThatFail(["graphs/ops.ts", "networks/apply.ts"], "graphs/graph.ts", "relu", "relu"),
      [],
    ));
});
