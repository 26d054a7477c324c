// Where two pieces of plain data differ, as lines that a person can act on: "data.name: cifar10 there, procedural-16 here".

/** What is compared: JSON, as a file keeps it. */
const plain = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** One line for each path at which the two differ; lists are compared as a whole. */
export function differences(there: unknown, here: unknown, path = ""): string[] {
  const [a, b] = [plain(there), plain(here)];
  if (isRecord(a) && isRecord(b)) {
    const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return names.flatMap((name) => differences(a[name], b[name], path === "" ? name : `${path}.${name}`));
  }
  return JSON.stringify(a) === JSON.stringify(b) ? [] : [`${path}: ${shown(a)} there, ${shown(b)} here`];
}
