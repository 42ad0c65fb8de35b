// Heartbeat and control channel, in a thread of their own: they answer while a cell keeps the main thread busy.
// A message is enough to interrupt a cell that waits, and one that has not begun looks by itself. One that computes is
// stopped by nothing but V8's own brake, which must not be put on the kernel's own work. (Node's signal for it reaches
// code without an `await` only, and may arrive when the next cell runs.) The brake leaves Node's own lists of what called
// what unfinished; `--no-force-async-hooks-checks` in kernel.json keeps Node from ending the process for it.
const { Session } = require("node:inspector");
const { setInterval } = require("node:timers");
const { parentPort, workerData } = require("node:worker_threads");
const { createInterruption } = require("./interruption.cjs");
const { requireFromTslab } = require("./tslab-modules-path.cjs");
const { answerTo, parseMessage, toFrames } = require("./wire-message.cjs");

const zmq = requireFromTslab("zeromq");
const { connection, kernelInfo } = workerData;
const interruption = createInterruption(workerData.interruption);
/** How long the main thread may leave a question unanswered before it counts as busy, in ms. */
const patience = 400;
/** How long it may take to leave by itself, in ms. */
const timeToLeave = 400;

const control = new zmq.Router();
const heartbeat = new zmq.Reply();
const addressOf = (port) => `${connection.transport}://${connection.ip}:${port}`;
const after = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function beat() {
  for await (const frames of heartbeat) await heartbeat.send(frames);
}

async function obey() {
  for await (const frames of control) {
    const request = parseMessage(frames, connection.key);
    const reply = (type, content) => control.send(toFrames(answerTo(request, type, content), connection.key));
    switch (request.header.msg_type) {
      case "kernel_info_request":
        await reply("kernel_info_reply", kernelInfo);
        break;
      case "interrupt_request":
        await reply("interrupt_reply", { status: "ok" });
        void interrupt();
        break;
      case "shutdown_request":
        await reply("shutdown_reply", { status: "ok", restart: request.content.restart ?? false });
        await leave();
        return;
    }
  }
}

async function interrupt() {
  const before = interruption.answers();
  parentPort.postMessage({ interrupt: interruption.request() });
  do await after(patience);
  while (interruption.answers() === before && interruption.isShielded());
  if (interruption.answers() === before) stopMainThread();
}

function stopMainThread() {
  const session = new Session();
  session.connectToMainThread();
  session.post("Runtime.terminateExecution", () => session.disconnect());
}

async function leave() {
  // The reply has to be on its way first.
  await after(20);
  control.close();
  heartbeat.close();
  parentPort.postMessage("shutdown");
  await after(timeToLeave);
  process.kill(process.pid, "SIGKILL");
}

/** A kernel whose server was killed would stay for ever. Jupyter tells the server's process id. */
function watchParent() {
  const parent = Number(process.env.JPY_PARENT_PID);
  if (!(parent > 1)) return;
  setInterval(() => {
    try {
      process.kill(parent, 0);
    } catch (error) {
      if (error.code === "ESRCH") process.kill(process.pid, "SIGKILL");
    }
  }, 2000).unref();
}

async function start() {
  await Promise.all([
    control.bind(addressOf(connection.control_port)),
    heartbeat.bind(addressOf(connection.hb_port)),
  ]);
  watchParent();
  parentPort.postMessage("ready");
  await Promise.all([beat(), obey()]);
}

void start();
