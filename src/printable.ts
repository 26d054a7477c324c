// Text as a terminal may show it. Names out of files, of classes, images, notebooks, may hold escape sequences, which move the cursor,
// rename the window or type answers, and marks that turn the direction of writing: these are shown as JSON writes them, \u001b.

const ACTIVE = /[\p{Cc}\p{Bidi_Control}]/gu;
const LAYOUT = ["\n", "\t"];

/** Text in which nothing but line ends and tabs acts on a terminal. */
export const printable = (text: string): string =>
  text.replace(ACTIVE, (c) => (LAYOUT.includes(c) ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`));
