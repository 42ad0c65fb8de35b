// Writes the messages of all bad inputs to expected-messages.yaml, to be read before they are committed:
//   npx tsx test/trust/record-messages.ts
import { writeFileSync } from "node:fs";
import { stringify } from "yaml";
import { allBadInputs, expectedFile, messageOf } from "./bad-inputs";

const messages = Object.fromEntries(
  allBadInputs.map(({ kind, inputs }) => [
    kind,
    Object.fromEntries(inputs.map((input) => [input.name, messageOf(input)])),
  ]),
);
const head = "# What is said about each bad input of bad-inputs/. Rewritten by record-messages.ts.\n";
writeFileSync(expectedFile, head + stringify(messages, { lineWidth: 0, blockQuote: "literal" }));
