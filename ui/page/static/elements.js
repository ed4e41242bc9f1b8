// Elements of the page, found and made with their types.

/** @typedef {"r-records" | "r-check" | "r-history" | "r-settings" | "r-filters" | "r-export" | "r-why" | "r-keys"} DialogId */
/** @typedef {"r-add" | "r-check-form" | "r-choices" | "r-filter-form" | "r-why-form"} FormId */
/** @typedef {"r-files" | "r-check-file" | "r-address" | "r-search" | "r-letters" | "r-find"} InputId */
/**
 * @typedef {"r-chosen" | "r-checked" | "r-conversations" | "r-filter-fields" | "r-hover" | "r-listed" | "r-log" | "r-goes" | "r-main" | "r-mode" | "r-quotes-only" |
 *   "r-notice" | "r-pane" | "r-said" | "r-scroll" | "r-share" | "r-show-filters" | "r-sign-out" | "r-status" | "r-uploads" |
 *   "r-account" | "r-welcome" | "r-undo" | "r-unshare" | "r-none-fits" | "r-ask-ticked"} PartId
 */
/**
 * What page.py and dialogs.html put up, by id.
 * @typedef {Record<DialogId, HTMLDialogElement> & Record<FormId, HTMLFormElement> & Record<InputId, HTMLInputElement> &
 *   Record<"r-check-text", HTMLTextAreaElement> &
 *   Record<"r-library" | "r-sort", HTMLSelectElement> & Record<PartId, HTMLElement>} Frame
 */

/**
 * An element of the frame.
 * @template {keyof Frame} Id
 * @param {Id} id
 * @returns {Frame[Id]}
 */
export const at = (id) => /** @type {Frame[Id]} */ (document.getElementById(id));

export const questionBox = () => /** @type {HTMLTextAreaElement} */ (document.querySelector("#r-box textarea"));

/**
 * The first element that fits, or null.
 * @param {string} selector
 * @param {ParentNode} within
 */
export const first = (selector, within = document) => /** @type {HTMLElement | null} */ (within.querySelector(selector));

/**
 * The first element that fits, where there always is one.
 * @param {string} selector
 * @param {ParentNode} within
 */
export function the(selector, within = document) {
  const found = first(selector, within);
  if (!found) throw new Error(`The page has no ${selector}.`);
  return found;
}

/**
 * All elements that fit.
 * @param {string} selector
 * @param {ParentNode} within
 */
export const all = (selector, within = document) => /** @type {HTMLElement[]} */ ([...within.querySelectorAll(selector)]);

/**
 * The element that fits at which something happened: where it did, or around it.
 * @param {Event} event
 * @param {string} selector
 */
export const around = ({ target }, selector) =>
  target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest(selector)) : null;

/**
 * A new element with these properties and attributes; strings among its children become text.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Partial<HTMLElementTagNameMap[Name]> & Record<`aria-${string}`, string>} given
 * @param {(Node | string)[]} children
 */
export function make(name, given = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (key in element) Object.assign(element, { [key]: value });
    else element.setAttribute(key, String(value));
  }
  element.append(...children);
  return element;
}
