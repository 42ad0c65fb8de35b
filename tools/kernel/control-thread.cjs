// Heartbeat and control channel, in a thread of their own: they answer while a cell keeps the main thread busy.
// Interrupting takes up to two steps. The signal is enough for a cell that waits, and for one that has computed
// without a pause since it started. For one that computes after an `await` nothing but V8's own brake helps, which must
// not be put on the kernel's own work: it would be left half-done.
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
  interruption.request();
  if (process.platform !== "win32") process.kill(process.pid, "SIGINT");
  parentPort.postMessage("interrupt");
  do await after(patience);
  while (interruption.answers() === before && !interruption.isStoppable());
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
