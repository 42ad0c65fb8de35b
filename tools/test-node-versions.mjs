// Runs the short suite on every version of Node.js that is supported: `node tools/test-node-versions.mjs`, or with some of
// them, e.g. `22 24`. They come from the npm registry, into node_modules/.cache; one that it lacks is skipped with a word.
// All of them must also import the example network to the same bytes; `--import` does this alone. It needs the build.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
/** The oldest one that package.json allows, and the newest of the later lines. */
const versions = ["20.19", "22", "24", "26"];
/** In ms: several times what a version takes. */
const patience = 15 * 60_000;

/** What takes long, or tests other programs than Node.js. */
const leftOut = [
  "test/{network,notebook,package,report,search}/**",
  "test/cli/{accuracy,faults,import,kills,sweep,terminal,verify}*",
  "test/model/loop-walker*",
  "test/study/sweep/**",
  "test/trust/{documents,faults,memory,sequences}*",
];

/** Path of a Node.js of this version, installed if it is not there; or why there is none. */
function install(version) {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const folder = path.join(root, "node_modules", ".cache", `node-${version}`);
  const program = path.join(
    folder,
    "node_modules",
    name,
    "bin",
    process.platform === "win32" ? "node.exe" : "node",
  );
  if (existsSync(program)) return { program };
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "package.json"), '{ "private": true }\n');
  const words = [
    "install",
    "--no-save",
    "--no-package-lock",
    "--no-audit",
    "--no-fund",
    `${name}@${version}`,
  ];
  const shell = process.platform === "win32";
  const { status, stderr } = spawnSync("npm", words, { cwd: folder, encoding: "utf8", shell });
  if (status === 0 && existsSync(program)) return { program };
  const reason = /^npm (?:error|ERR!) (?!code)(.+)$/m.exec(stderr)?.[1] ?? "npm installed no program";
  return { reason: `${name}@${version}: ${reason}` };
}

/** SHA-256 of each file that an import of the example network writes, by its path. */
function imported(program) {
  const workspace = mkdtempSync(path.join(tmpdir(), "raella-node-"));
  const example = (name) => path.join(root, "examples", "networks", name);
  const words = ["import", example("digits.onnx"), "--inputs", example("digits-images.npy")];
  const more = ["--samples", "64", "--accuracy", "--workspace", workspace];
  const command = path.join(root, "dist", "cli.js");
  const { status, stderr } = spawnSync(program, [command, ...words, ...more], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program}: the import failed: ${stderr}`);
  const files = readdirSync(workspace, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  const hash = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");
  const hashes = new Map(files.map((file) => [path.relative(workspace, file), hash(file)]));
  rmSync(workspace, { recursive: true });
  return hashes;
}

/** What the first version imported, for all others to compare with. */
let firstImport;

/** Whether an import gives the bytes of the version before; says how it went. */
function testImport(version, program) {
  const files = imported(program);
  firstImport ??= { version, files };
  const names = new Set([...files.keys(), ...firstImport.files.keys()]);
  const others = [...names].filter((name) => files.get(name) !== firstImport.files.get(name));
  const differs = others.length > 0 ? `${others.join(", ")} differ from those of ${firstImport.version}` : "";
  console.log(`Node ${version}: an import writes ${files.size} files${differs && `: ${differs}`}`);
  return files.size > 0 && others.length === 0;
}

/** Whether the short suite passes and imports are the same; says how it went. */
function test(version) {
  const { program, reason } = install(version);
  if (program === undefined) {
    console.log(`Node ${version}: not tested, the npm registry has none for this machine (${reason})`);
    return true;
  }
  const isSame = testImport(version, program);
  return onlyImports ? isSame : testSuite(program) && isSame;
}

function testSuite(program) {
  const scratch = mkdtempSync(path.join(tmpdir(), "raella-node-"));
  const countsFile = path.join(scratch, "counts.json");
  const mocha = path.join(root, "node_modules", "mocha", "bin", "mocha.js");
  const ignored = leftOut.flatMap((pattern) => ["--ignore", pattern]);
  const { status, stdout, stderr, error } = spawnSync(program, [mocha, "test/**/*.test.ts", ...ignored], {
    cwd: root,
    encoding: "utf8",
    timeout: patience,
    maxBuffer: 2 ** 28,
    env: {
      ...process.env,
      PATH: [path.dirname(program), process.env.PATH].join(path.delimiter),
      TEST_COUNTS_FILE: countsFile,
    },
  });
  const counts = existsSync(countsFile) ? JSON.parse(readFileSync(countsFile, "utf8")) : undefined;
  rmSync(scratch, { recursive: true });
  const passed = status === 0 && counts?.passes > 0;
  // What failed stands at the end.
  if (!passed) console.log(stdout.slice(-20_000), stderr.slice(-5_000), error ?? "");
  const { passes = 0, failures = 0, pending = 0 } = counts ?? {};
  const { stdout: exact } = spawnSync(program, ["--version"], { encoding: "utf8" });
  console.log(
    `Node ${exact.trim().slice(1)}: ${passes} passed, ${failures} failed, ${pending} skipped${passed ? "" : " (see above)"}`,
  );
  return passed;
}

const onlyImports = process.argv.includes("--import");
const given = process.argv.slice(2).filter((word) => word !== "--import");
const results = (given.length > 0 ? given : versions).map((version) => test(version));
process.exit(results.every((passed) => passed) ? 0 : 1);
