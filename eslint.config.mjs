// Lint rules, among them the order of the folders of src/: each may import only from those before it.
import js from "@eslint/js";
import tseslint from "typescript-eslint";

const folderOrder = ["spec", "components", "model", "mapspace", "search", "network", "study", "report"];
/** Folders that stay apart although the order would allow the import. */
const strangers = { model: ["components"], mapspace: ["components"], search: ["components"] };
/** What writes files and talks to people; all before it runs in browsers and workers, too. */
const foldersWithNode = ["report"];
/** The places that may ask for modules of Node: paths and hashes, threads, files. */
const filesWithNode = ["src/platform.ts", "src/threads.ts", "src/spec/files.ts"];

/** What is remembered between calls stands in one module; all else at the top of a module never changes. */
const memory = "What is remembered between calls stands in src/memory.ts: use a Memo, or none.";
const isTop = ":matches(Program, Program > ExportNamedDeclaration)";
const stateRules = {
  files: ["src/**/*.ts"],
  // Memory; what users register and which files they choose, state by its nature; the work of a thread.
  ignores: ["src/memory.ts", "src/components/registry.ts", "src/spec/files.ts", "src/threads.ts"],
  rules: {
    "no-restricted-syntax": [
      "error",
      { selector: `${isTop} > VariableDeclaration[kind='let']`, message: memory },
      {
        selector: `${isTop} > VariableDeclaration > VariableDeclarator:not([id.typeAnnotation.typeAnnotation.operator='readonly']) > ArrayExpression[elements.length=0]`,
        message: memory,
      },
      {
        selector: `${isTop} > VariableDeclaration > VariableDeclarator:not([id.typeAnnotation.typeAnnotation.typeName.name=/^Readonly(Map|Set)$/]) > NewExpression[callee.name=/^(Map|Set|WeakMap|WeakSet)$/]`,
        message: `${memory} A table that never changes is declared as a ReadonlyMap or ReadonlySet.`,
      },
      { selector: "PropertyDefinition[static=true][readonly!=true]", message: memory },
    ],
  },
};

const withoutNode = [
  { regex: "^node:|^piscina$", message: "From spec to study nothing needs Node: see src/platform.ts." },
  {
    regex: "/platform$",
    importNames: ["nodeModule"],
    message: `Only ${filesWithNode.join(", ")} ask for modules of Node.`,
  },
];

const folderRules = folderOrder.map((folder, index) => {
  const forbidden = [...folderOrder.slice(index + 1), ...(strangers[folder] ?? []), "index", "cli"];
  return {
    files: [`src/${folder}/**/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: `^(\\.\\./)+(${forbidden.join("|")})(/|$)`,
              message: `src/${folder} may import only from folders before it: ${["errors", ...folderOrder.slice(0, index)].join(", ")}.`,
            },
            ...(foldersWithNode.includes(folder) ? [] : withoutNode),
          ],
        },
      ],
    },
  };
});

export default tseslint.config(
  { ignores: ["dist/", "site/dist/", "coverage/", "node_modules/", ".venv/", "rundir/", "**/*.ipynb"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ["./tsconfig.json", "./site/tsconfig.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      // What is loaded only where it is needed, and is found by bundlers all the same.
      "@typescript-eslint/no-require-imports": [
        "error",
        { allow: ["/package\\.json$", "^\\./compose-text$", "^pathe$", "^@noble/hashes/sha2$"] },
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
  {
    files: folderOrder
      .filter((folder) => !foldersWithNode.includes(folder))
      .map((folder) => `src/${folder}/**/*.ts`),
    rules: {
      "no-restricted-globals": [
        "error",
        ...["process", "Buffer", "__dirname", "__filename", "setImmediate"].map((name) => ({
          name,
          message: "From spec to study nothing needs Node: see src/platform.ts.",
        })),
      ],
    },
  },
  stateRules,
);
