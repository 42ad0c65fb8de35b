// The kernel's side of the Jupyter protocol: requests on the shell channel, outputs on the publishing one.
const path = require("node:path");
const { Worker } = require("node:worker_threads");
const { jupyter } = require("./tslab-modules.cjs");
const { requireFromTslab } = require("./tslab-modules-path.cjs");
const { createMergedStream } = require("./merged-stream.cjs");
const { Outbox } = require("./outbox.cjs");
const { answerTo, parseMessage, toFrames } = require("./wire-message.cjs");

const zmq = requireFromTslab("zeromq");
/** Time in which requests that were sent together with a failed one arrive, in ms. */
const settlingTime = 50;

/** Answers requests until the control thread is told to shut down. */
async function serve(connection, runner) {
  const addressOf = (port) => `${connection.transport}://${connection.ip}:${port}`;
  // No limit: beyond one (1,000 by default) a publisher drops messages without a word, the final "idle" included.
  const publisher = new zmq.Publisher({ sendHighWaterMark: 0 });
  const shell = new zmq.Router();
  const standardInput = new zmq.Router();
  const published = new Outbox(publisher);
  const replies = new Outbox(shell);
  const tslab = new jupyter.JupyterHandlerImpl(runner.executor, false);

  const publish = (request, type, content) =>
    published.send(toFrames(answerTo(request, type, content), connection.key));
  const reply = (request, type, content) =>
    replies.send(toFrames(answerTo(request, type, content), connection.key));
  const execution = createExecution(runner, publish, reply, () => published.flushed());

  const answers = {
    kernel_info_request: () => ["kernel_info_reply", kernelInfo(tslab)],
    is_complete_request: ({ content }) => ["is_complete_reply", tslab.handleIsComplete(content)],
    inspect_request: ({ content }) => ["inspect_reply", tslab.handleInspect(content)],
    complete_request: ({ content }) => ["complete_reply", tslab.handleComplete(content)],
    comm_info_request: () => ["comm_info_reply", { status: "ok", comms: {} }],
    history_request: () => ["history_reply", { status: "ok", history: [] }],
  };

  function answer(request) {
    const makeAnswer = answers[request.header.msg_type];
    if (makeAnswer === undefined) return;
    publish(request, "status", { execution_state: "busy" });
    try {
      reply(request, ...runner.interruption.shield(() => makeAnswer(request)));
    } finally {
      publish(request, "status", { execution_state: "idle" });
    }
    // The time in which somebody looks at the notebook.
    if (!isWarm) setTimeout(warmUp, settlingTime);
    isWarm = true;
  }

  let isWarm = false;
  function warmUp() {
    if (!execution.hasBegun()) runner.interruption.shield(() => runner.warmUp());
  }

  await Promise.all([
    publisher.bind(addressOf(connection.iopub_port)),
    shell.bind(addressOf(connection.shell_port)),
    standardInput.bind(addressOf(connection.stdin_port)),
    startControlThread(connection, kernelInfo(tslab), runner, () => {
      published.recover();
      replies.recover();
    }),
  ]);
  outliveSignal();
  for await (const frames of shell) {
    try {
      const request = parseMessage(frames, connection.key);
      if (request.header.msg_type === "execute_request") execution.add(request);
      else answer(request);
    } catch (error) {
      process._rawDebug("The kernel could not answer a request:", error);
    }
  }
}

/** Requests to run a cell, one after another; those that were waiting when one failed are given up. */
function createExecution(runner, publish, reply, flushed) {
  let queue = Promise.resolve();
  let executionCount = 0;
  let received = 0;
  /** Requests up to this one are not run. */
  let givenUp = 0;

  async function runCell(request, requestsBefore) {
    const { code, silent = false } = request.content;
    const stream = createMergedStream((name, text) => publish(request, "stream", { name, text }));
    if (!silent) {
      executionCount++;
      publish(request, "execute_input", { code, execution_count: executionCount });
    }
    const output = {
      // Nothing leaves while a cell computes without a pause.
      flushed,
      stream: stream.write,
      display: (message, update) => {
        stream.flush();
        publish(request, update ? "update_display_data" : "display_data", message);
      },
    };
    const error = await runner.run(code, output, requestsBefore);
    stream.flush();
    if (error === undefined) return { status: "ok", execution_count: executionCount, user_expressions: {} };
    publish(request, "error", error);
    if (request.content.stop_on_error ?? true) {
      await new Promise((resolve) => setTimeout(resolve, settlingTime));
      givenUp = received;
    }
    return { status: "error", execution_count: executionCount, ...error };
  }

  async function handle(request, number) {
    outliveSignal();
    const requestsBefore = runner.interruption.requests();
    publish(request, "status", { execution_state: "busy" });
    const content = number <= givenUp ? { status: "aborted" } : await runCell(request, requestsBefore);
    reply(request, "execute_reply", content);
    publish(request, "status", { execution_state: "idle" });
  }

  return {
    hasBegun: () => received > 0,
    add(request) {
      const number = ++received;
      queue = queue.then(() => handle(request, number));
    },
  };
}

/** A signal must not end the kernel. Node takes the listener away while a cell runs, and if that is stopped, for good. */
function outliveSignal() {
  if (process.listenerCount("SIGINT") === 0) process.on("SIGINT", () => undefined);
}

/** tslab's own answer, with the version of the compiler that it really has. */
function kernelInfo(tslab) {
  const info = tslab.handleKernel();
  const { version } = requireFromTslab("@tslab/typescript-for-tslab/package.json");
  return { status: "ok", ...info, language_info: { ...info.language_info, version } };
}

function startControlThread(connection, info, runner, recover) {
  const thread = new Worker(path.join(__dirname, "control-thread.cjs"), {
    workerData: { connection, kernelInfo: info, interruption: runner.interruption.shared },
    // The thread must not print into a cell.
    stdout: true,
    stderr: true,
  });
  return new Promise((resolve, reject) => {
    thread.once("error", reject);
    thread.on("message", (message) => {
      if (message === "ready") resolve();
      else if (message === "shutdown") process.exit(0);
      else {
        runner.interruption.answer();
        recover();
        runner.interrupt(message.interrupt);
      }
    });
  });
}

module.exports = { serve };
