import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLineProcess } from "./command-line-process";

const root = join(__dirname, "..", "..");

interface LockedPackage {
  readonly dev?: boolean;
  readonly [property: string]: unknown;
}

export interface Ending {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A new project that has added this package, as `npm pack` makes it of the build that is there. The packages it needs are
 * those that are locked here, so that npm finds them in its cache.
 */
export class PackedProject {
  readonly folder = mkdtempSync(join(tmpdir(), "raella-project-"));

  constructor() {
    const packed = this.npm(root, "pack", "--ignore-scripts", "--json", "--pack-destination", this.folder);
    const [{ filename }] = JSON.parse(packed) as readonly { readonly filename: string }[];
    const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
      readonly packages: Readonly<Record<string, LockedPackage>>;
    };
    const { "": own, ...others } = lock.packages;
    const { version, dependencies, peerDependencies, peerDependenciesMeta, bin } = own;
    const source = `file:${filename}`;
    this.write("package.json", JSON.stringify({ private: true, dependencies: { raella: source } }));
    this.write(
      "package-lock.json",
      JSON.stringify({
        lockfileVersion: 3,
        packages: {
          "": { dependencies: { raella: source } },
          "node_modules/raella": {
            ...{ version, dependencies, peerDependencies, peerDependenciesMeta, bin },
            resolved: source,
          },
          ...Object.fromEntries(Object.entries(others).filter(([, { dev }]) => dev !== true)),
        },
      }),
    );
    this.npm(this.folder, "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund");
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  /** Runs Node.js in the project; files are relative to it. */
  node(...words: readonly string[]): Ending {
    const { status, stdout, stderr } = spawnSync(process.execPath, words, {
      cwd: this.folder,
      encoding: "utf8",
      env: plainEnvironment(),
    });
    return { status, stdout, stderr };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private npm(folder: string, ...words: readonly string[]): string {
    const { status, stdout, stderr, error } = spawnSync("npm", words, {
      cwd: folder,
      encoding: "utf8",
      env: plainEnvironment(),
      shell: process.platform === "win32",
    });
    if (status !== 0) throw new Error(`npm ${words.join(" ")} failed: ${error?.message ?? stderr}`);
    return stdout;
  }
}

/** Without what the run of the tests itself is given: coverage, and settings of the `npm` that started it. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => name !== "NODE_V8_COVERAGE" && (!/^npm_/i.test(name) || /registry|cache|proxy/i.test(name)),
    ),
  );
}

let project: PackedProject | undefined;

/**
 * A project with the package as it is built, the same for all tests of a process; undefined where npm finds the packages
 * that it needs nowhere.
 */
export async function packedProject(): Promise<PackedProject | undefined> {
  if (project !== undefined) return project;
  await commandLineProcess();
  try {
    const made = new PackedProject();
    process.once("exit", () => made.remove());
    return (project = made);
  } catch (error) {
    if (process.env.CI || !/ENOTCACHED|ENOTFOUND|EAI_AGAIN|ECONNREFUSED/.test(String(error))) throw error;
    console.error("npm has not kept the packages of `npm ci`, and there is no registry: skipped.");
    return undefined;
  }
}
