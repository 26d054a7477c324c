// `{data}` written as `{data: data}` before tslab compiles a cell: it finds the variables of earlier cells wherever they are named,
// but not in shorthand properties ("data is not defined").

import {createRequire} from "node:module";
import type * as TypeScript from "typescript";

const ts = createRequire(import.meta.url)("@tslab/typescript-for-tslab") as typeof TypeScript;

/** The same code without shorthand properties in object literals. */
export function expandShorthand(code: string): string {
  const places: {readonly end: number; readonly name: string}[] = [];
  const visit = (node: TypeScript.Node): void => {
    if (ts.isShorthandPropertyAssignment(node)) places.push({end: node.name.end, name: node.name.text});
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("cell.ts", code, ts.ScriptTarget.Latest));
  return places.reduceRight((text, {end, name}) => `${text.slice(0, end)}: ${name}${text.slice(end)}`, code);
}
