// The one place through which HTML goes on its way into a page: what notebooks show is made from names, captions and records that
// others wrote, and a page that is opened must not run them.
//
// DOMPurify keeps text, tables, pictures, drawings and links, and drops scripts, handlers (onerror), frames, forms, styles of the whole
// page and addresses such as javascript:. The page's content security policy (reportPage.ts) is the second line.

import {createRequire} from "node:module";

const require = createRequire(import.meta.url);

const RULES = {
  USE_PROFILES: {html: true, svg: true, svgFilters: true, mathMl: true},
  // <style> reaches beyond its place; a form asks its reader for something; <input> stays for the boxes of Markdown's task lists
  FORBID_TAGS: ["style", "form", "button", "textarea", "select", "option", "dialog", "template", "audio", "video"],
};

type Sanitise = (html: string, rules: object) => string;
let purify: Sanitise | undefined;

/** DOMPurify on a document of its own, loaded at the first call (half a second). */
function loadPurify(): Sanitise {
  if (purify) return purify;
  const {JSDOM} = require("jsdom") as typeof import("jsdom");
  const createPurify = require("dompurify") as (window: object) => {
    readonly isSupported: boolean;
    readonly sanitize: Sanitise;
  };
  const {isSupported, sanitize} = createPurify(new JSDOM("").window);
  if (!isSupported)
    throw new Error("DOMPurify cannot work with this jsdom; no page is written from what it would not clean");
  return (purify = sanitize);
}

/** The same HTML, complete in itself and without anything that runs. */
export const sanitised = (html: string): string => loadPurify()(html, RULES);
