// Runs the short suite on every version of Node.js that is supported: `node tools/test-node-versions.mjs`, or with some of
// them, e.g. `22 24`. They come from the npm registry, into node_modules/.cache; one that it lacks is skipped with a word.
// All of them must also import the example network, and compute its accuracy end to end, to the same bytes, with one worker
// and with two; `--import` does this alone. It needs the build.
import { spawn } from "node:child_process";
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
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
/** The oldest one that package.json allows, and the newest of the later lines. */
const versions = ["20.19", "22", "24", "26"];
/** In ms: several times what a version takes. */
const patience = 15 * 60_000;

/**
 * What takes long or tests other programs than Node.js, and tests beside which shorter ones do the same with it: compute,
 * read files, run threads and processes, word errors.
 */
const leftOut = [
  "test/{network,notebook,package,report,search,site}/**",
  "test/cli/{accuracy,faults,import,kills,sweep,terminal,verify}*",
  "test/model/loop-walker*",
  "test/study/{design-searches,find-mapping,full-search,gains,registrations}*",
  "test/study/sweep/**",
  "test/trust/{document-figures,documents,memory,sequences,wrong-arguments}*",
];

/** What a program prints, and its exit status, or null where it was killed or not found. */
function run(program, words, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"], timeout: patience, ...options });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    child.once("error", (error) => resolve({ status: null, stdout, stderr: `${stderr}${error}` }));
    child.once("close", (status) => resolve({ status, stdout, stderr }));
  });
}

/** Path of a Node.js of this version, installed if it is not there; or why there is none. */
async function install(version) {
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
  const { status, stderr } = await run("npm", words, { cwd: folder, shell });
  if (status === 0 && existsSync(program)) return { program };
  const reason = /^npm (?:error|ERR!) (?!code)(.+)$/m.exec(stderr)?.[1] ?? "npm installed no program";
  return { reason: `${name}@${version}: ${reason}` };
}

/**
 * SHA-256 of each file that an import of the example network writes, and of its accuracy end to end, by the path; or what
 * went wrong.
 */
async function imported(program, workers) {
  const workspace = mkdtempSync(path.join(tmpdir(), "raella-node-"));
  try {
    const example = (name) => path.join(root, "examples", "networks", name);
    const words = ["import", example("digits.onnx"), "--inputs", example("digits-images.npy")];
    const common = ["--workspace", workspace, "--workers", workers];
    const command = path.join(root, "dist", "cli.js");
    const commands = [
      [...words, "--samples", "64", "--accuracy", ...common],
      ["accuracy", "-d", "digits", "--end-to-end", "--csv", path.join(workspace, "accuracy.csv"), ...common],
    ];
    for (const each of commands) {
      const { status, stderr } = await run(program, [command, ...each]);
      if (status !== 0) return { failure: `${each[0]} failed: ${stderr}` };
    }
    const files = readdirSync(workspace, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort();
    const hash = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");
    return { files: new Map(files.map((file) => [path.relative(workspace, file), hash(file)])) };
  } finally {
    rmSync(workspace, { recursive: true });
  }
}

/** Counts of the short suite, and what it printed where it did not pass. */
async function testSuite(program) {
  const scratch = mkdtempSync(path.join(tmpdir(), "raella-node-"));
  const countsFile = path.join(scratch, "counts.json");
  const mocha = path.join(root, "node_modules", "mocha", "bin", "mocha.js");
  const ignored = leftOut.flatMap((pattern) => ["--ignore", pattern]);
  const words = ["test/**/*.test.ts", "--grep", "@thorough", "--invert", ...ignored];
  const { status, stdout, stderr } = await run(program, [mocha, ...words], {
    cwd: root,
    env: {
      ...process.env,
      PATH: [path.dirname(program), process.env.PATH].join(path.delimiter),
      TEST_COMPILED: "1",
      TEST_COUNTS_FILE: countsFile,
    },
  });
  const counts = existsSync(countsFile) ? JSON.parse(readFileSync(countsFile, "utf8")) : undefined;
  rmSync(scratch, { recursive: true });
  const passed = status === 0 && counts?.passes > 0;
  // What failed stands at the end.
  return { passed, output: passed ? "" : `${stdout.slice(-20_000)}\n${stderr.slice(-5_000)}\n`, ...counts };
}

/** What a version does: why it is not there, or its import and the counts of the short suite. */
async function test(version) {
  const { program, reason } = await install(version);
  if (program === undefined) return { version, reason };
  const { stdout } = await run(program, ["--version"]);
  const imports = [];
  for (const workers of ["1", "2"]) imports.push({ workers, ...(await imported(program, workers)) });
  const suite = onlyImports ? undefined : await testSuite(program);
  return { version, exact: stdout.trim().slice(1), imports, suite };
}

/** Says how a version did, its imports compared with the first one of the first version; whether all was right. */
function report({ version, reason, exact, imports, suite }, first) {
  if (reason !== undefined) {
    console.log(`Node ${version}: not tested, the npm registry has none for this machine (${reason})`);
    return true;
  }
  const expected = first.imports[0].files ?? new Map();
  let isSame = expected.size > 0;
  for (const { workers, files = new Map(), failure } of imports) {
    const names = new Set([...files.keys(), ...expected.keys()]);
    const others = [...names].filter((name) => files.get(name) !== expected.get(name));
    const differs =
      others.length > 0 ? `${others.join(", ")} differ from those of ${first.version} with 1 worker` : "";
    const fault = failure ?? differs;
    const threads = workers === "1" ? "1 worker writes" : `${workers} workers write`;
    console.log(`Node ${version}: an import with ${threads} ${files.size} files${fault && `: ${fault}`}`);
    isSame &&= fault === "";
  }
  if (suite === undefined) return isSame;
  const { passed, output, passes = 0, failures = 0, pending = 0 } = suite;
  if (!passed) console.log(output);
  const where = passed ? "" : " (see above)";
  console.log(`Node ${exact}: ${passes} passed, ${failures} failed, ${pending} skipped${where}`);
  return isSame && passed;
}

const onlyImports = process.argv.includes("--import");
const given = process.argv.slice(2).filter((word) => word !== "--import");
const wanted = given.length > 0 ? given : versions;
// As many beside each other as there are processors.
const waiting = [...wanted];
const done = new Map();
async function testWaiting() {
  for (let version = waiting.shift(); version !== undefined; version = waiting.shift())
    done.set(version, await test(version));
}
await Promise.all(Array.from({ length: Math.min(availableParallelism(), wanted.length) }, testWaiting));
const results = wanted.map((version) => done.get(version));
const first = results.find(({ reason }) => reason === undefined);
process.exit(results.map((result) => report(result, first)).every((passed) => passed) ? 0 : 1);
