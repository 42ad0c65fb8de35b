// Preloaded into a measured process: at its end it writes the processor time of all its threads, in seconds, and its
// peak memory, in megabytes, as JSON to file descriptor 3.
const { writeSync } = require("node:fs");
const { isMainThread } = require("node:worker_threads");

let start = { user: 0, system: 0 };

// Threads are preloaded like the process itself.
if (isMainThread)
  process.on("exit", () => {
    const { user, system } = process.cpuUsage(start);
    const megabytes = process.resourceUsage().maxRSS / 1024;
    writeSync(3, JSON.stringify({ cpuSeconds: (user + system) / 1e6, megabytes }));
  });

/** Leaves out the processor time that was spent so far: on getting ready, or warm. */
module.exports.startHere = () => {
  start = process.cpuUsage();
};
