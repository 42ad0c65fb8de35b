// Writes the messages of all bad inputs to expected-messages.yaml, to be read before they are committed:
//   npx tsx test/trust/record-messages.ts
import { writeFileSync } from "node:fs";
import { stringify } from "yaml";
import { allBadInputs, expectedFile, messageOf } from "./bad-inputs";

async function record(): Promise<void> {
  const messages: Record<string, Record<string, string>> = {};
  for (const { kind, inputs } of allBadInputs) {
    messages[kind] = {};
    for (const input of inputs) messages[kind][input.name] = await messageOf(input);
  }
  const head = "# What is said about each bad input of bad-inputs/. Rewritten by record-messages.ts.\n";
  writeFileSync(expectedFile, head + stringify(messages, { lineWidth: 0, blockQuote: "literal" }));
}

void record();
