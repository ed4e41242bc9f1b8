// What `npm run lint` holds the page's scripts and their tests to.

import js from "@eslint/js";
import globals from "globals";

const strict = {
  complexity: ["error", 10],
  curly: ["error", "multi-line"],
  eqeqeq: ["error", "always", { null: "ignore" }],
  "max-depth": ["error", 4],
  "max-lines-per-function": ["error", 40],
  "max-params": ["error", 3],
  "no-alert": "error",
  "no-console": "error",
  "no-eval": "error",
  "no-implicit-globals": ["error", { lexicalBindings: true }],
  "no-implied-eval": "error",
  "no-param-reassign": "error",
  "no-return-assign": "error",
  "no-sequences": "error",
  "no-shadow": "error",
  "no-template-curly-in-string": "error",
  "no-throw-literal": "error",
  "no-unused-expressions": "error",
  "no-use-before-define": ["error", { functions: false, variables: false }],
  "no-useless-concat": "error",
  "no-var": "error",
  "object-shorthand": "error",
  "prefer-arrow-callback": "error",
  "prefer-const": "error",
  "prefer-template": "error",
  radix: "error",
};

export default [
  { ...js.configs.recommended, linterOptions: { reportUnusedDisableDirectives: "error" } },
  { rules: { ...strict, "no-unused-vars": ["error", { ignoreRestSiblings: true, varsIgnorePattern: "^_$" }] } },
  { files: ["**/*.js"], ignores: ["tests/**", "*.js"], languageOptions: { globals: globals.browser } },
  // A host page names the widget in a plain script element.
  { files: ["**/widget.js"], languageOptions: { sourceType: "script" }, rules: { "max-lines-per-function": "off" } },
  { files: ["tests/**/*.js", "*.js"], languageOptions: { globals: globals.node } },
];
