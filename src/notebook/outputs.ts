// A cell's outputs as a notebook file holds them (nbformat 4.5), from the messages that a kernel sends.

import type {Json} from "./wire.js";

export type Output = Json & {output_type: "stream" | "display_data" | "execute_result" | "error"};

/** What a line looks like in the end when \r sends the cursor back to its start: each part covers the one before. */
export function settleReturns(text: string): string {
  const settle = (line: string): string => {
    const ended = line.endsWith("\r") ? line.slice(0, -1) : line;
    return ended.split("\r").reduce((shown, part) => part + shown.slice(part.length), "");
  };
  return text
    .split("\n")
    .map((line) => (line.includes("\r") ? settle(line).trimEnd() : line))
    .join("\n");
}

/** Text as the lines that notebook files keep, so that they can be compared line by line. */
export const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const linesInBundle = (data: Json): Json =>
  Object.fromEntries(
    Object.entries(data).map(([type, value]) => [
      type,
      typeof value === "string" && /^text\/|^image\/svg/.test(type) ? linesOf(value) : value,
    ]),
  );

/** Display ids of a whole notebook: a later cell may update what an earlier one shows. */
export type Displays = Map<string, Output[]>;

export type Collector = {
  readonly add: (type: string, content: Json) => void;
  /** The outputs; streams as lines, \r settled. */
  readonly outputs: () => Output[];
};

const bundle = (type: Output["output_type"], {data, metadata}: Json): Output => ({
  output_type: type,
  data,
  metadata: metadata ?? {},
});

export function createCollector(displays: Displays): Collector {
  let list: Output[] = [];
  let clearNext = false;

  const push = (output: Output): void => {
    if (clearNext) list = [];
    clearNext = false;
    list.push(output);
  };
  const takes: Readonly<Record<string, (content: Json) => void>> = {
    stream({name, text}) {
      const last = clearNext ? undefined : list.at(-1);
      if (last?.output_type === "stream" && last.name === name) last.text = String(last.text) + String(text);
      else push({output_type: "stream", name, text});
    },
    display_data(content) {
      const output = bundle("display_data", content);
      const id = (content.transient as {display_id?: string} | undefined)?.display_id;
      if (id !== undefined) displays.set(id, [...(displays.get(id) ?? []), output]);
      push(output);
    },
    update_display_data(content) {
      const id = (content.transient as {display_id?: string} | undefined)?.display_id ?? "";
      for (const output of displays.get(id) ?? []) Object.assign(output, bundle("display_data", content));
    },
    execute_result(content) {
      push({...bundle("execute_result", content), execution_count: content.execution_count});
    },
    error({ename, evalue, traceback}) {
      push({output_type: "error", ename, evalue, traceback});
    },
    clear_output({wait}) {
      if (wait) clearNext = true;
      else list = [];
    },
  };
  return {
    add: (type, content) => takes[type]?.(content),
    outputs: () => list,
  };
}

/** The form of an output in a file: text in lines, what \r overwrote left out. */
export function filed(output: Output): Output {
  if (output.output_type === "stream") return {...output, text: linesOf(settleReturns(String(output.text)))};
  if (output.output_type === "error") return output;
  return {...output, data: linesInBundle(output.data as Json)};
}
