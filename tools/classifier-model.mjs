// A real network for the tests: the text direction classifier of PP-OCR (Apache-2.0, PaddlePaddle and RapidAI), taken
// from the Python package that contains it. It is not part of this package.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { environmentProgram } from "./python-environment.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const requirement = "rapidocr-onnxruntime==1.4.4";
const member = "rapidocr_onnxruntime/models/ch_ppocr_mobile_v2.0_cls_infer.onnx";
const sha256 = "e47acedf663230f8863ff1ab0e64dd2d82b838fceb5957146dab185a89d6215c";

/** Where the model is kept, whether or not it is there. */
export const classifierModel = path.join(root, ".models", path.basename(member));

const isRight = (file) => createHash("sha256").update(readFileSync(file)).digest("hex") === sha256;

/** Fetches the model if it is not there. Throws an Error with a sentence for people. */
export function ensureClassifierModel() {
  if (existsSync(classifierModel) && isRight(classifierModel)) return;
  console.error("Fetching the classifier for the tests (once) …");
  const folder = mkdtempSync(path.join(tmpdir(), "raella-model-"));
  const own = environmentProgram("python");
  const python = existsSync(own) ? own : "python3";
  const run = (...args) => {
    if (spawnSync(python, args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] }).status !== 0)
      throw new Error(`"python ${args.join(" ")}" failed. It needs the Python package index.`);
  };
  try {
    run(
      "-m",
      "pip",
      "download",
      "--quiet",
      "--disable-pip-version-check",
      "--no-deps",
      "--only-binary",
      ":all:",
      "--dest",
      folder,
      requirement,
    );
    run("-c", "import glob, zipfile; zipfile.ZipFile(glob.glob('*.whl')[0]).extractall('.')");
    if (!isRight(path.join(folder, member))) throw new Error(`${requirement} contains another model.`);
    mkdirSync(path.dirname(classifierModel), { recursive: true });
    const temporary = `${classifierModel}.${process.pid}`;
    // Not a rename from the temporary folder, which may be on another disk.
    run("-c", `import shutil, sys; shutil.copyfile(sys.argv[1], sys.argv[2])`, member, temporary);
    renameSync(temporary, classifierModel);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
