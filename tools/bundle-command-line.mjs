// Puts the command line into one file and has V8 compile it in advance, so that commands start faster. The modules of
// dist/ stay what the API, worker threads and tests use; src/cli/bundle.ts says when the command line uses which.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { build } from "esbuild";

/** What starting a command needs anyway. Other packages are heavy, native or read files of their own. */
const bundledPackages = ["commander", "fastest-levenshtein", "papaparse", "valibot", "yaml"];

/** @param root folder of the package, built to `dist/` */
export async function bundleCommandLine(root) {
  const require = createRequire(import.meta.url);
  const { bundleFile } = require(path.join(root, "dist", "cli", "bundle.js"));
  const { dependencies, peerDependencies } = JSON.parse(
    readFileSync(path.join(root, "package.json"), "utf8"),
  );
  await build({
    absWorkingDir: root,
    entryPoints: ["src/cli/run-command-line.ts"],
    outfile: bundleFile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    external: Object.keys({ ...dependencies, ...peerDependencies }).filter(
      (name) => !bundledPackages.includes(name),
    ),
    banner: { js: `const inDist = (file) => require("node:path").join(__dirname, "..", file);` },
    plugins: [modulesAtHome(path.join(root, "src"))],
    logLevel: "warning",
  });
  // Only this machine's: the code fits one version of Node.js, so that `files` in package.json leaves it out. Without it
  // the bundle is compiled when it is run, which is still faster than loading its modules.
  const { status } = spawnSync(process.execPath, [path.join(root, "tools", "warm-command-line.cjs")], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    // Flags would go into the code, and coverage its counters.
    env: { ...process.env, NODE_OPTIONS: "", NODE_V8_COVERAGE: "" },
  });
  if (status !== 0)
    console.error("The command line could not be compiled in advance; it will start more slowly.");
}

/** Modules find what lies beside them, and load each other, as if they still were in their files. */
function modulesAtHome(sources) {
  return {
    name: "modules-at-home",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
        if (!file.startsWith(sources + path.sep)) return undefined;
        const compiled = path.relative(sources, file).split(path.sep).join("/").replace(/\.ts$/, ".js");
        const contents = readFileSync(file, "utf8")
          .replace(/\bcreateRequire\(__filename\)(?=\("\.{1,2}\/[^".]*"\))/g, "require")
          .replace(/\bimport(?=\("[^.])/g, "importPackage")
          .replace(/\b__filename\b/g, `inDist("${compiled}")`)
          .replace(/\b__dirname\b/g, `inDist("${path.posix.dirname(compiled)}")`);
        return { contents, loader: "ts" };
      });
    },
  };
}
