// Runs usual commands from the bundled command line and stores the code that V8 compiled for them, see
// tools/bundle-command-line.mjs. A process of its own: what the commands print is not for the build.
const { compileBundle, storeCodeCache } = require("../dist/cli/bundle.js");

const commands = [
  ["layer", "-a", "raella", "-d", "resnet18", "-l", "0"],
  ["network", "-d", "resnet18"],
];

async function main() {
  const { script, commandLine } = compileBundle();
  for (const command of commands) {
    const exitCode = await commandLine.runCommandLine(["node", "raella", ...command]);
    if (exitCode !== 0) throw new Error(`raella ${command.join(" ")} ended with ${exitCode}.`);
  }
  storeCodeCache(script);
}

void main();
