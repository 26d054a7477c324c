// Lint rules: those that find bugs, and the two bans on which reproducibility and the choice of backend rest.

import js from "@eslint/js";
import tseslint from "typescript-eslint";

const randomness = {
  object: "Math",
  property: "random",
  message: "Use a seeded stream of src/random.ts: a result must not depend on hidden state.",
};
const tensorflow = {group: ["@tensorflow/*"], message: "Import from src/tf.ts, the only file that chooses a backend."};

export default tseslint.config(
  {ignores: ["build/", "node_modules/", "results/", "data/", "jupyter/", ".spikebook/", "assembly/"]},
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommended],
    languageOptions: {parserOptions: {project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname}},
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", {argsIgnorePattern: "^_", varsIgnorePattern: "^_"}],
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/no-unnecessary-type-assertion": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-definitions": ["error", "type"],
      "@typescript-eslint/no-non-null-assertion": "off",
      "no-restricted-properties": ["error", randomness],
      "no-restricted-imports": ["error", {patterns: [tensorflow]}],
    },
  },
  {files: ["src/tf.ts"], rules: {"no-restricted-imports": "off"}},
  {
    files: ["**/*.js", "**/*.mjs", "**/*.cjs"],
    languageOptions: {
      globals: {process: "readonly", console: "readonly", URL: "readonly", setTimeout: "readonly", Buffer: "readonly"},
    },
    rules: {"no-restricted-properties": ["error", randomness]},
  },
);
