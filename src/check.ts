// The one error grammar: what is wrong, the value that was given, and what would be right.
//
//   invalid tau: -3; expected a number > 1 (timesteps)
//   unknown encoding: morse; expected direct, latency or rate
//
// Checks run where a record is made or a user's input arrives, never inside the mathematics.

/** An error that a user can act on; programs print its message without a stack trace. */
export class InputError extends Error {
  override name = "InputError";
}

const show = (value: unknown): string => {
  if (typeof value === "string") return value === "" ? '""' : value;
  if (typeof value === "number" || value === undefined || value === null) return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
};

/** Joins names as a sentence does: "a, b or c". */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

/** Returns the error "invalid `what`: `value`; expected `expected`". */
export function invalid(what: string, value: unknown, expected: string): InputError {
  return new InputError(`invalid ${what}: ${show(value)}; expected ${expected}`);
}

/** Returns the error "unknown `what`: `value`; expected a, b or c". */
export function unknown(what: string, value: unknown, known: readonly string[]): InputError {
  return new InputError(`unknown ${what}: ${show(value)}; expected ${listed(known) || "none"}`);
}

/** Returns `value` when `test` holds, and throws the error of `invalid` otherwise. */
export function check<T>(what: string, value: T, test: boolean, expected: string): T {
  if (!test) throw invalid(what, value, expected);
  return value;
}

/** An integer of at least `least`. */
export const checkInteger = (what: string, value: number, least = 1): number =>
  check(what, value, Number.isSafeInteger(value) && value >= least, `an integer >= ${least}`);

/** A finite number > `bound`. */
export const checkAbove = (what: string, value: number, bound = 0, unit = ""): number =>
  check(what, value, Number.isFinite(value) && value > bound, `a number > ${bound}${unit && ` (${unit})`}`);

/** A finite number in [`low`, `high`]. */
export const checkRange = (what: string, value: number, low: number, high: number): number =>
  check(what, value, Number.isFinite(value) && value >= low && value <= high, `a number from ${low} to ${high}`);

/** One of the keys of the table that dispatches on it. */
export function checkName<K extends string>(what: string, value: string, table: Readonly<Record<K, unknown>>): K {
  if (!Object.hasOwn(table, value)) throw unknown(what, value, Object.keys(table));
  return value as K;
}

/** Returns a list whose members differ from one another; throws on the first that stands in it twice. */
export function checkDifferent<T>(
  what: string,
  list: readonly T[],
  textOf: (member: T) => string = String,
): readonly T[] {
  const texts = list.map(textOf);
  const twice = texts.find((text, i) => texts.indexOf(text) !== i);
  if (twice !== undefined) throw invalid(what, `${twice} twice`, "each once");
  return list;
}

/** Throws on an option that nobody reads: a misspelt name must not fall back to its default in silence. */
export function checkOptions(what: string, given: object, known: readonly string[]): void {
  for (const key of Object.keys(given)) if (!known.includes(key)) throw unknown(`${what} option`, key, known);
}

/** The number that a text says; anything but a finite number is the user's error. */
export function parseNumber(what: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw invalid(what, text, "a number");
  return value;
}
