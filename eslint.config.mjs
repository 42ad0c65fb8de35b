// Lint rules, among them the order of the folders of src/: each may import only from those before it.
import js from "@eslint/js";
import tseslint from "typescript-eslint";

const folderOrder = ["spec", "components", "model", "mapspace", "search", "network", "study", "report"];
/** Folders that stay apart although the order would allow the import. */
const strangers = { model: ["components"], mapspace: ["components"], search: ["components"] };
const fileAccess = [
  "node:fs",
  "node:fs/promises",
  "node:http",
  "node:https",
  "node:net",
  "node:child_process",
];
/** Only reading input (spec) and writing output (report) may touch files; the command line does both. */
const foldersWithFileAccess = ["spec", "report"];

const folderRules = folderOrder.map((folder, index) => {
  const forbidden = [...folderOrder.slice(index + 1), ...(strangers[folder] ?? []), "index", "cli"];
  return {
    files: [`src/${folder}/**/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: foldersWithFileAccess.includes(folder)
            ? []
            : fileAccess.map((name) => ({
                name,
                message: "Files are touched only in spec/, report/ and cli.ts.",
              })),
          patterns: [
            {
              regex: `^(\\.\\./)+(${forbidden.join("|")})(/|$)`,
              message: `src/${folder} may import only from folders before it: ${["errors", ...folderOrder.slice(0, index)].join(", ")}.`,
            },
          ],
        },
      ],
    },
  };
});

export default tseslint.config(
  { ignores: ["dist/", "coverage/", "node_modules/", ".venv/", "rundir/", "**/*.ipynb"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      eqeqeq: "error",
      "prefer-const": "error",
    },
  },
  {
    files: ["**/*.{mjs,cjs,js}"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        URL: "readonly",
        require: "readonly",
        module: "writable",
        __dirname: "readonly",
        Buffer: "readonly",
        performance: "readonly",
        setTimeout: "readonly",
        clearTimeout: "readonly",
        setImmediate: "readonly",
      },
    },
  },
  ...folderRules,
);
