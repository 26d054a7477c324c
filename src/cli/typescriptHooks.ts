// Hooks of Node's module loading (node:module, register): TypeScript files as JavaScript, and "spikebook" as this library.
//
// They run in a thread of their own. The compiler is the one that notebooks' cells are compiled by; it removes types.

import {readFile} from "node:fs/promises";
import {createRequire} from "node:module";
import {fileURLToPath} from "node:url";

type Context = {readonly format?: string | null | undefined};
type Loaded = {readonly format: string; readonly source?: string; readonly shortCircuit?: boolean};
type Resolved = {readonly url: string; readonly format?: string; readonly shortCircuit?: boolean};

type Diagnostic = {readonly start?: number; readonly messageText: string | {readonly messageText: string}};
type Compiler = {
  readonly ScriptTarget: {readonly ES2022: number};
  readonly ModuleKind: {readonly ES2022: number};
  transpileModule(
    source: string,
    options: {compilerOptions: object; fileName: string; reportDiagnostics: boolean},
  ): {readonly outputText: string; readonly diagnostics?: readonly Diagnostic[]};
};

let library = "";
let compiler: Compiler | undefined;

export function initialize(data: {readonly library: string}): void {
  library = data.library;
}

/** "spikebook" from anywhere; everything else as Node finds it. */
export const resolve = (
  specifier: string,
  context: object,
  next: (specifier: string, context: object) => Promise<Resolved>,
): Promise<Resolved> | Resolved =>
  specifier === "spikebook" ? {url: library, format: "module", shortCircuit: true} : next(specifier, context);

/** The JavaScript of a TypeScript file, or an error that names the line that is none. */
function compiled(source: string, fileName: string): string {
  compiler ??= createRequire(import.meta.url)("@tslab/typescript-for-tslab") as Compiler;
  const {ScriptTarget, ModuleKind} = compiler;
  const compilerOptions = {target: ScriptTarget.ES2022, module: ModuleKind.ES2022, inlineSourceMap: true};
  const {outputText, diagnostics = []} = compiler.transpileModule(source, {
    compilerOptions,
    fileName,
    reportDiagnostics: true,
  });
  const [problem] = diagnostics;
  if (!problem) return outputText;
  const line = source.slice(0, problem.start).split("\n").length;
  const text = typeof problem.messageText === "string" ? problem.messageText : problem.messageText.messageText;
  throw new SyntaxError(`line ${line}: ${text}`);
}

export async function load(
  url: string,
  context: Context,
  next: (url: string, context: Context) => Promise<Loaded>,
): Promise<Loaded> {
  if (!/^file:.*\.m?ts$/.test(url)) return next(url, context);
  const file = fileURLToPath(url);
  return {format: "module", source: compiled(await readFile(file, "utf8"), file), shortCircuit: true};
}
