import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { KernelClient, messageTypes, printed, type Execution } from "./support/kernel-client";

/** How long an interrupted cell may take to end, in ms. */
const soon = 5000;

async function interrupt(kernel: KernelClient, id: string): Promise<Record<string, unknown>> {
  await kernel.publishedMessage(
    ({ header, parentHeader }) => header.msg_type === "execute_input" && parentHeader.msg_id === id,
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  const start = performance.now();
  const reply = await kernel.reply(await kernel.send("control", "interrupt_request", {}));
  assert.equal(reply.content.status, "ok");
  const { reply: executed } = await kernel.finished(id);
  assert.ok(performance.now() - start < soon, "the cell ended soon after");
  return executed.content;
}

describe("kernel", function () {
  this.timeout(60_000);
  let kernel: KernelClient;

  before(async () => {
    kernel = await KernelClient.start();
    await kernel.run("const answer = 6 * 7;");
  });
  after(() => kernel.close());

  it("runs cells that share their variables and counts them", async () => {
    const first = await kernel.run("const half = 21;");
    const second = await kernel.run("2 * half");
    assert.equal(first.reply.content.status, "ok");
    assert.equal(printed(second), "42\n");
    const counts = [first, second].map(({ reply }) => reply.content.execution_count as number);
    assert.equal(counts[1], counts[0] + 1);
    const input = second.outputs.find(({ header }) => header.msg_type === "execute_input");
    assert.deepEqual(input?.content, { code: "2 * half", execution_count: counts[1] });
  });

  it("loses nothing of a burst of output, in a few messages", async () => {
    const lines = 20_000;
    const execution = await kernel.run(`for (let i = 0; i < ${lines}; i++) console.log("line " + i);`);
    const expected = Array.from({ length: lines }, (_, index) => `line ${index}\n`).join("");
    assert.equal(printed(execution), expected);
    assert.ok(messageTypes(execution).filter((type) => type === "stream").length < 100);
    assert.equal(messageTypes(execution).at(-1), "status");
  });

  it("shows thousands of outputs in their order, between what is printed", async () => {
    const code = `import { display } from "tslab";
      for (let i = 0; i < 3000; i++) display.text(String(i));
      console.log("done");`;
    const execution = await kernel.run(code);
    const shown = execution.outputs.filter(({ header }) => header.msg_type === "display_data");
    const texts = shown.map(({ content }) => (content.data as Record<string, string>)["text/plain"]);
    assert.deepEqual(
      texts,
      Array.from({ length: 3000 }, (_, index) => String(index)),
    );
    assert.equal(printed(execution), "done\n");
  });

  it("says what went wrong, and gives up cells that were waiting", async () => {
    const failing = await kernel.execute('throw new RangeError("too far");');
    const waiting = await kernel.execute('console.log("never");');
    const failed = await kernel.finished(failing);
    assert.equal(failed.reply.content.ename, "RangeError");
    assert.equal(failed.reply.content.evalue, "too far");
    assert.ok(messageTypes(failed).includes("error"));
    const aborted = await kernel.finished(waiting);
    assert.equal(aborted.reply.content.status, "aborted");
    assert.deepEqual(messageTypes(aborted), ["status", "status"]);
    assert.equal((await kernel.run("1")).reply.content.status, "ok");
  });

  it("understands properties in short form, and awaits what stands in parentheses", async () => {
    await kernel.run("const rows = 512, size = { rows: 1 }, note = `{ rows }`;");
    const short = await kernel.run(
      "const copy = { rows, ...size, more: { rows } };\nlet taken; ({ taken = rows } = {});",
    );
    assert.equal(short.reply.content.status, "ok");
    assert.equal(
      printed(await kernel.run("console.log(copy, taken, note)")),
      "{ rows: 1, more: { rows: 512 } } 512 { rows }\n",
    );
    const code =
      "console.log(await (async () => copy.rows)());\nfor await (const row of [rows]) console.log(row);";
    assert.equal(printed(await kernel.run(code)), "1\n512\n");
  });

  it("reports complaints of the compiler with their place", async () => {
    const { reply } = await kernel.run("const a: number = 1;\nconst b: string = a;");
    assert.equal(reply.content.status, "error");
    assert.match(String(reply.content.evalue), /^2:7 - .*not assignable to type 'string'/);
  });

  it("finds the package by its name in every folder, with its types", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "raella elsewhere "));
    const elsewhere = await KernelClient.start(folder);
    try {
      const imports = 'import { runLayer } from "raella";\nimport { layerChart } from "raella/charts";';
      const first = await elsewhere.run(
        `${imports}\nconsole.log(typeof runLayer, typeof layerChart, process.cwd());`,
      );
      assert.equal(printed(first), `function function ${realpathSync(folder)}\n`);
      const { reply } = await elsewhere.run(
        'const nothing: string = runLayer({ architecture: "raella", dnn: "resnet18", layer: 0 });',
      );
      assert.match(String(reply.content.evalue), /Type 'LayerResult' is not assignable to type 'string'/);
      const id = await elsewhere.send("shell", "complete_request", { code: "runLay", cursor_pos: 6 });
      assert.deepEqual((await elsewhere.reply(id)).content.matches, ["runLayer"]);
    } finally {
      await elsewhere.close();
      rmSync(folder, { recursive: true });
    }
  });

  it("shows results in a few lines, charts as charts, and waits for what is shown", async () => {
    const mimeTypes = (execution: Execution): readonly (readonly string[])[] =>
      execution.outputs
        .filter(({ header }) => header.msg_type === "display_data")
        .map(({ content }) => Object.keys(content.data as object).sort());
    const chart = [["application/vnd.vegalite.v5+json", "image/png", "text/plain"]];
    await kernel.run(
      'import { getSpec, mapLayer, runAblation, runLayer, runNetwork } from "raella";\n' +
        'import { layerChart } from "raella/charts";\nimport { showChart } from "raella/notebook";\n' +
        'const chosen = { architecture: "raella", dnn: "resnet18", layer: 10 };\nconst result = runLayer(chosen);',
    );
    for (const [code, pattern] of [
      ["result", /^raella · resnet18, layer 10 .*\n.* J?.*TOPS\/W\n107,800 cycles/],
      ["mapLayer(chosen)", /with its best mapping/],
      ["getSpec(chosen)", /variables\nbounds: C 128, M 256/],
      [
        'runNetwork({ architecture: "raella", dnn: "resnet18" })',
        /^resnet18, 21 layers:\nraella: .* batches per second/,
      ],
      ['runAblation("resnet18", { layers: [3] })', /^resnet18 on 4 architectures:\nisaac_like: /],
      [
        "Array.from({ length: 500 }, (_, index) => ({ index, square: index ** 2 }))",
        /^\[\n {2}\{ index: 0, square: 0 \}/,
      ],
    ] as const) {
      const text = printed(await kernel.run(code));
      assert.match(text, pattern);
      assert.ok(text.split("\n").length <= 25, text);
    }
    assert.deepEqual(mimeTypes(await kernel.run("layerChart(result)")), chart);
    assert.deepEqual(mimeTypes(await kernel.run("showChart(layerChart(result));\nconst more = 1;")), chart);
    assert.equal(printed(await kernel.run("showChart(layerChart(result))")), "");
  });

  it("tells warnings of a run in the output of its cell, each once", async () => {
    const few = "{ ...chosen, variables: { N_ADC_PER_BANK: 1 } }";
    const execution = await kernel.run(
      `for (let run = 0; run < 3; run++) runLayer(${few});\nmapLayer(${few}); 0`,
    );
    const lines = printed(execution, "stderr").trimEnd().split("\n");
    assert.equal(lines.length, 1, lines.join("\n"));
    assert.match(lines[0], /^warning: .*converters cannot keep up/);
    assert.equal(printed(await kernel.run("runLayer(chosen); 0"), "stderr"), "");
  });

  it("completes names", async () => {
    await kernel.run("const crossbarRows = 512;");
    const id = await kernel.send("shell", "complete_request", { code: "crossb", cursor_pos: 6 });
    const { content } = await kernel.reply(id);
    assert.deepEqual(content.matches, ["crossbarRows"]);
  });

  const neverEnding = {
    waits: "await new Promise(() => {});",
    computes: "for (;;) {}",
    "computes after an await": "await null; for (;;) {}",
    "computes after a pause": "await new Promise((resolve) => setTimeout(resolve, 10)); for (;;) {}",
    "computes in a timer": "setTimeout(() => { for (;;) {} }); await new Promise(() => {});",
    "prints for ever": "for (;;) console.log(0);",
    "never leaves its turn": "for (;;) await null;",
  };
  for (const [what, code] of Object.entries(neverEnding)) {
    it(`interrupts a cell that ${what}, and goes on`, async () => {
      const content = await interrupt(kernel, await kernel.execute(code));
      assert.equal(content.status, "error");
      assert.equal(content.ename, "Interrupted");
      assert.equal(printed(await kernel.run("console.log(answer)")), "42\n");
    });
  }

  it("stops what an interrupted cell had begun: nothing of it goes on in later cells", async () => {
    const tick = "globalThis.ticks = (globalThis.ticks ?? 0) + 1; console.log('tick');";
    const pause = "new Promise((resolve) => setTimeout(resolve, 20))";
    for (const code of [
      `for (;;) { ${tick} await ${pause}; }`,
      `async function later() { for (;;) { await ${pause}; ${tick} } }\nvoid later(); await later();`,
      `async function* endless() { for (;;) { yield 1; await ${pause}; } }\nfor await (const one of endless()) { ${tick} }`,
    ]) {
      const content = await interrupt(kernel, await kernel.execute(`await null; ${code}`));
      assert.equal(content.ename, "Interrupted");
      const wait =
        "await new Promise((resolve) => setTimeout(resolve, 150)); console.log('ticks', globalThis.ticks);";
      const [first, second] = [await kernel.run(wait), await kernel.run(wait)].map((done) => printed(done));
      assert.match(first, /^ticks \d+\n$/);
      assert.equal(second, first);
    }
  });

  it("gives late prints to the cell that they belong to", async () => {
    const id = await kernel.execute("void setTimeout(() => console.log('late'), 300);");
    await kernel.finished(id);
    const next = await kernel.run(
      "await new Promise((resolve) => setTimeout(resolve, 500)); console.log('next');",
    );
    assert.equal(printed(next), "next\n");
    assert.equal(printed(await kernel.finished(id)), "late\n");
  });

  it("interrupts a cell that has not begun or is being compiled, and goes on @thorough", async () => {
    const fresh = await KernelClient.start();
    try {
      // The first cell takes long to compile.
      for (const delay of [100, 0]) {
        const id = await fresh.execute("await null; for (;;) {}");
        await fresh.publishedMessage(({ parentHeader }) => parentHeader.msg_id === id);
        await new Promise((resolve) => setTimeout(resolve, delay));
        await fresh.send("control", "interrupt_request", {});
        assert.equal((await fresh.finished(id)).reply.content.ename, "Interrupted");
        assert.equal(printed(await fresh.run("console.log(6 * 7)")), "42\n");
      }
    } finally {
      await fresh.close();
    }
  });

  it("shuts down at once when asked, even while a cell computes @thorough", async () => {
    for (const code of ["0", "await null; for (;;) {}"]) {
      const other = await KernelClient.start();
      try {
        const id = await other.execute(code);
        await other.publishedMessage(({ parentHeader }) => parentHeader.msg_id === id);
        await new Promise((resolve) => setTimeout(resolve, 200));
        const start = performance.now();
        await other.reply(await other.send("control", "shutdown_request", { restart: true }));
        await other.ended;
        assert.ok(performance.now() - start < soon);
      } finally {
        await other.close();
      }
    }
  });
});
