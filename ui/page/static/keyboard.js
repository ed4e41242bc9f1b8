// Which key does what. A letter is a command only where nobody types, and only if the reader wants letters to be.

/** @type {Record<string, string>} */
const COMMANDS = {
  "/": "ask",
  j: "next",
  k: "previous",
  n: "new",
  h: "history",
  l: "records",
  c: "check",
  f: "filters",
  e: "export",
  s: "settings",
  "?": "keys",
};

/**
 * The command that a key gives, or null where it gives none.
 * @param {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">} press
 * @param {{ typing: boolean, inEmptyBox: boolean, letters: boolean }} where whether it was pressed in a field, whether
 *   that is the question box with nothing in it, and whether letters are commands
 */
export function commandOf({ key, ctrlKey, metaKey, altKey }, { typing, inEmptyBox, letters }) {
  if (ctrlKey || metaKey || altKey) return null;
  // No question begins with a question mark, so that one helps even where the cursor stands when the page opens.
  const helps = key === "?" && inEmptyBox;
  if (!helps && (typing || !letters)) return null;
  return COMMANDS[key.length === 1 ? key.toLowerCase() : key] ?? null;
}
