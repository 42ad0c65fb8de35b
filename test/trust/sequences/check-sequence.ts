import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { withoutCoverage } from "../../support/without-coverage";
import {
  changingFiles,
  ownLibrary,
  type CallStep,
  type FileTexts,
  type Ingredients,
  type Step,
} from "./sequence";

const root = join(__dirname, "..", "..", "..");

/** A call that gave something else than in a process of its own. */
export interface Difference {
  readonly steps: readonly Step[];
  readonly together: string;
  readonly alone: string;
}

/**
 * Plays sequences in one process and compares every call with the same call in a fresh process, which has nothing to
 * remember, computes in one thread, and finds the registrations as the sequence had left them. The files are there those
 * of the package itself, of which the fresh process has a copy with the models of the workspace: it needs to know of no
 * other one.
 */
export class SequenceChecker implements Ingredients {
  readonly folder = mkdtempSync(join(tmpdir(), "raella-sequences-"));
  readonly files: FileTexts = changingFiles();
  /** What stands in the changing files at present. */
  private readonly held = new Map<string, string>();
  /** What fresh processes answered, by everything that they were given. */
  private readonly answers = new Map<string, string>();
  calls = 0;
  freshProcesses = 0;

  constructor() {
    if (!existsSync(join(root, "dist", "index.js")))
      throw new Error("Processes of their own run what has been built: npm run build");
    const copy = (name: string): void =>
      cpSync(realpathSync(join(root, name)), join(this.folder, name), { recursive: true, dereference: true });
    copy("models");
    copy("recorded_statistics");
    for (const layer of ["000", "003", "010"]) copy(`dnn_layers/resnet18/${layer}.yaml`);
    copy("dnn_layers/problem_shape.yaml");
    this.write("library/own.csv", ownLibrary);
    cpSync(join(root, "package.json"), join(this.folder, "package.json"));
    for (const name of ["dist", "node_modules"])
      symlinkSync(realpathSync(join(root, name)), join(this.folder, name));
    this.reset();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private write(file: string, text: string): void {
    const path = join(this.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    this.held.set(file, text);
  }

  private reset(): void {
    for (const [file, [text]] of Object.entries(this.files)) this.write(file, text);
  }

  /**
   * The first call of a sequence whose answer is another one in a fresh process, with the steps that lead to it.
   * @param isRemembering False: all memory of the process is switched off, which must make no difference either.
   */
  async check(steps: readonly Step[], isRemembering = true): Promise<Difference | undefined> {
    this.reset();
    const together = await this.play(steps, isRemembering);
    const alone = await this.answersAlone(steps);
    this.calls += alone.length;
    const call = alone.findIndex((answer, index) => together.at(index) !== answer);
    if (call < 0) return undefined;
    const last = steps.indexOf(steps.filter((step) => step.do === "call")[call]);
    return { steps: steps.slice(0, last + 1), together: together.at(call) ?? "nothing", alone: alone[call] };
  }

  /** The answers of fresh processes, two at a time as long as no file changes. */
  private async answersAlone(steps: readonly Step[]): Promise<string[]> {
    this.reset();
    const registered = new Set<string>();
    const answers: Promise<string>[] = [];
    for (const step of steps) {
      if (step.do === "write") {
        await Promise.all(answers);
        this.write(step.file, step.text);
      } else if (step.do === "call") {
        await answers.at(-2);
        answers.push(this.answerAlone(step, registered));
      } else if (step.do === "register") registered.add(step.name);
      else registered.delete(step.name);
    }
    return Promise.all(answers);
  }

  /** Leaves out calls that a difference does not need. */
  async shorten(difference: Difference): Promise<Difference> {
    let shortest = difference;
    for (let index = difference.steps.length - 2; index >= 0; index -= 1) {
      const fewer = shortest.steps.filter((_, position) => position !== index);
      if (shortest.steps[index].do === "call") shortest = (await this.check(fewer)) ?? shortest;
    }
    return shortest;
  }

  private async answerAlone(step: CallStep, registered: ReadonlySet<string>): Promise<string> {
    const options = { ...step.options, workspace: undefined };
    if (step.options.workers !== undefined) Object.assign(options, { workers: 1 });
    const single = { ...step, edit: false, options };
    const registrations = [...registered].map((name): Step => ({ do: "register", name }));
    const key = JSON.stringify([single, registrations, [...this.held]]);
    const known = this.answers.get(key);
    if (known !== undefined) return known;
    this.freshProcesses += 1;
    const [answer] = await this.play([...registrations, single], true, this.folder);
    this.answers.set(key, answer);
    return answer;
  }

  private play(steps: readonly Step[], isRemembering: boolean, packageFolder = root): Promise<string[]> {
    const file = (name: string): string => join(packageFolder, "dist", `${name}.js`);
    // Links are not followed, so that the package finds its own folder.
    const child = spawn(process.execPath, ["--preserve-symlinks", join(__dirname, "player.cjs")], {
      cwd: root,
      stdio: ["pipe", "pipe", "inherit"],
      env: withoutCoverage(),
    });
    const output: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stdin.end(
      JSON.stringify({
        ...{ entry: file("index"), memory: file("memory"), folder: this.folder },
        ...{ isRemembering, steps, codeCache: join(this.folder, "code") },
      }),
    );
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) =>
        code === 0
          ? resolve(Buffer.concat(output).toString().trimEnd().split("\n"))
          : reject(new Error(`The process ended with ${code}.`)),
      );
    });
  }
}

/** The steps in short, for the message of a failure. */
export function described({ steps, together, alone }: Difference): string {
  const lines = steps.map((step) =>
    JSON.stringify(step.do === "write" ? { ...step, text: `${step.text.slice(0, 40)}…` } : step),
  );
  return [...lines, `together: ${together.slice(0, 2000)}`, `alone:    ${alone.slice(0, 2000)}`].join("\n");
}
