// Kills commands that write at random moments and shows that running them again gives the same files:
//   npx tsx test/trust/kills.ts --kills 200 --seed 1
import { parseArgs } from "node:util";
import { Random } from "../fuzz/random";
import { killCommands } from "../support/kill-commands";

const { values } = parseArgs({
  options: { kills: { type: "string", default: "200" }, seed: { type: "string", default: "1" } },
});
void (async () => {
  const random = new Random(Number(values.seed));
  const killed = await killCommands(
    Number(values.kills),
    () => random.next(),
    (line) => console.log(line),
  );
  console.log(
    `${killed} of ${values.kills} commands were killed before their end; every rerun gave the same files.`,
  );
})();
