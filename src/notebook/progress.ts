// One line that says how far a long task is: rewritten in place (\r) in a terminal and in a notebook, printed anew every two
// seconds where a line cannot be rewritten (a file, a pipe).

import {kernelHost} from "./host.js";

/** Reports `done` of `total` steps, where a part of a step counts; Infinity: nobody knows. The line ends when the two are equal. */
export type Progress = (done: number, total: number, note?: string) => void;

/** Milliseconds as 0:07, 12:05 or 3:02:10. */
export function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (n: number): string => String(n).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

type Screen = {
  readonly write: (text: string) => unknown;
  /** Whether \r rewrites a line. */
  readonly rewrites: boolean;
  /** Columns of the line; a longer text is cut. */
  readonly columns: number;
  readonly now: () => number;
};

const thisScreen = (): Screen => ({
  write: (text) => process.stdout.write(text),
  rewrites: Boolean(process.stdout.isTTY) || kernelHost() !== undefined,
  columns: process.stdout.isTTY ? process.stdout.columns || 80 : 110,
  now: () => performance.now(),
});

/** Few enough steps for each to be worth a line. */
const FEW = 200;

/**
 * Starts a progress line. At most ten writes a second where lines are rewritten, one in two seconds elsewhere; but where steps are
 * few, the end of each is shown, however soon it follows: nothing seems to be skipped.
 */
export function progress(label: string, screen: Screen = thisScreen()): Progress {
  const start = screen.now();
  let last = -Infinity;
  let width = 0;
  let ended = false;
  let shown = 0;
  return (done, total, note = "") => {
    const now = screen.now();
    const finished = done >= total;
    const stepEnded = total <= FEW && Math.floor(done) > shown;
    if (ended || (!finished && !stepEnded && now - last < (screen.rewrites ? 100 : 2000))) return;
    [last, ended, shown] = [now, finished, Math.floor(done)];
    const elapsed = now - start;
    const known = Number.isFinite(total);
    const left = finished || done <= 0 || !known ? "" : `, ${clock((elapsed * (total - done)) / done)} left`;
    const percent = Math.floor((100 * done) / Math.max(1, total));
    const of = known ? `/${total} (${percent} %)` : "";
    const text = `${label}  ${Math.floor(done)}${of}  ${clock(elapsed)}${left}${note && `  ${note}`}`;
    if (!screen.rewrites) return void screen.write(`${text}\n`);
    const line = text.length < screen.columns ? text : `${text.slice(0, screen.columns - 2)}…`;
    screen.write(`\r${line.padEnd(width)}${finished ? "\n" : ""}`);
    width = line.length;
  };
}
