// Which key does what.

import assert from "node:assert/strict";
import { test } from "node:test";

import { commandOf } from "#page/keyboard.js";

const ELSEWHERE = { typing: false, inEmptyBox: false, letters: true };
const press = (key, modifiers = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...modifiers });

test("letters are commands, large or small", () => {
  const commands = [..."/jknhlfes?JN"].map((key) => commandOf(press(key), ELSEWHERE));
  const names = "ask next previous new history records filters export settings keys next new";
  assert.deepEqual(commands, names.split(" "));
});

test("other keys are none", () => {
  for (const key of ["x", "Enter", "ArrowDown", " ", "Dead", "Unidentified", "ß"]) {
    assert.equal(commandOf(press(key), ELSEWHERE), null, key);
  }
});

test("a key with Ctrl, Alt or the command key belongs to the browser", () => {
  for (const modifier of ["ctrlKey", "metaKey", "altKey"]) {
    assert.equal(commandOf(press("n", { [modifier]: true }), ELSEWHERE), null, modifier);
    assert.equal(commandOf(press("?", { [modifier]: true }), { ...ELSEWHERE, inEmptyBox: true }), null, modifier);
  }
});

test("letters are text where somebody types, and nothing where they are switched off", () => {
  assert.equal(commandOf(press("n"), { ...ELSEWHERE, typing: true }), null);
  assert.equal(commandOf(press("n"), { ...ELSEWHERE, letters: false }), null);
});

test("a question mark helps in the empty question box, also without letters, and is text once something stands there", () => {
  assert.equal(commandOf(press("?"), { typing: true, inEmptyBox: true, letters: false }), "keys");
  assert.equal(commandOf(press("?"), { typing: true, inEmptyBox: false, letters: true }), null);
  assert.equal(commandOf(press("j"), { typing: true, inEmptyBox: true, letters: true }), null);
});
