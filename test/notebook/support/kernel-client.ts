import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { withoutCoverage } from "../../support/without-coverage";

interface Message {
  readonly identities: readonly Buffer[];
  readonly header: { readonly msg_type: string; readonly msg_id: string };
  readonly parentHeader: { readonly msg_id?: string };
  readonly content: Readonly<Record<string, unknown>>;
}

interface WireFormat {
  readonly parseMessage: (frames: readonly Buffer[], key: string) => Message;
  readonly toFrames: (message: object, key: string) => (Buffer | string)[];
}

interface Socket extends AsyncIterable<Buffer[]> {
  connect(address: string): void;
  send(frames: (Buffer | string)[]): Promise<void>;
  close(): void;
}
interface Subscriber extends Socket {
  subscribe(): void;
}
interface ZeroMq {
  Dealer: new () => Socket;
  Subscriber: new (options: { receiveHighWaterMark: number }) => Subscriber;
}

export const root = path.resolve(__dirname, "../../..");
const load = createRequire(path.join(root, "tools/kernel/launcher.cjs"));
const { parseMessage, toFrames } = load("./wire-message.cjs") as WireFormat;
const zmq = (
  load("./tslab-modules-path.cjs") as { requireFromTslab: (id: string) => unknown }
).requireFromTslab("zeromq") as ZeroMq;

/** How long an answer may take, in ms. */
const patience = 30_000;

/** Everything that the kernel said about one request. */
export interface Execution {
  readonly reply: Message;
  readonly outputs: readonly Message[];
}

type Channel = "shell" | "control";

/** A Jupyter front end as small as it can be: starts our kernel and talks to it over ZeroMQ. */
export class KernelClient {
  private readonly key = randomUUID();
  private readonly session = randomUUID();
  private readonly folder = mkdtempSync(path.join(tmpdir(), "raella-kernel-"));
  private readonly sockets: Socket[] = [];
  private readonly channels = new Map<Channel, Socket>();
  private readonly published: Message[] = [];
  private readonly replies: Message[] = [];
  private wake: () => void = () => undefined;
  readonly process: ChildProcess;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;

  private constructor(ports: readonly number[], workingDirectory: string) {
    const [shell_port, iopub_port, stdin_port, control_port, hb_port] = ports;
    const connection = { shell_port, iopub_port, stdin_port, control_port, hb_port };
    const file = path.join(this.folder, "connection.json");
    const ends = { transport: "tcp", ip: "127.0.0.1", key: this.key, signature_scheme: "hmac-sha256" };
    writeFileSync(file, JSON.stringify({ ...connection, ...ends }));
    this.process = spawn(
      process.execPath,
      kernelArguments(file),
      // Node crashes when a thread stops the main one while coverage is measured.
      {
        cwd: workingDirectory,
        env: withoutCoverage(),
        stdio: ["ignore", "ignore", "inherit"],
      },
    );
    this.ended = new Promise((resolve) => this.process.once("exit", () => resolve()));
    const publisher = new zmq.Subscriber({ receiveHighWaterMark: 0 });
    publisher.connect(`tcp://127.0.0.1:${iopub_port}`);
    publisher.subscribe();
    this.listen(publisher, this.published);
    for (const [channel, port] of [
      ["shell", shell_port],
      ["control", control_port],
    ] as const) {
      const socket = new zmq.Dealer();
      socket.connect(`tcp://127.0.0.1:${port}`);
      this.channels.set(channel, socket);
      this.listen(socket, this.replies);
    }
  }

  static async start(workingDirectory = root): Promise<KernelClient> {
    const client = new KernelClient(await freePorts(5), workingDirectory);
    // A subscription takes a moment; it is there when the kernel's status arrives.
    while (client.published.length === 0) {
      const id = await client.send("shell", "kernel_info_request", {});
      await client.find(client.replies, (message) => message.parentHeader.msg_id === id);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return client;
  }

  /** Sends a request and resolves to its identifier. */
  async send(channel: Channel, type: string, content: object): Promise<string> {
    const header = {
      msg_id: randomUUID(),
      msg_type: type,
      session: this.session,
      username: "test",
      date: new Date().toISOString(),
      version: "5.3",
    };
    const message = { identities: [], header, parentHeader: {}, metadata: {}, content };
    await this.channels.get(channel)?.send(toFrames(message, this.key));
    return header.msg_id;
  }

  reply(id: string): Promise<Message> {
    return this.find(this.replies, (message) => message.parentHeader.msg_id === id);
  }

  execute(code: string): Promise<string> {
    return this.send("shell", "execute_request", { code, silent: false, stop_on_error: true });
  }

  /** Waits until a request to execute is finished: its reply and the `idle` that follows have arrived. */
  async finished(id: string): Promise<Execution> {
    const reply = await this.reply(id);
    const belongs = (message: Message): boolean => message.parentHeader.msg_id === id;
    await this.find(
      this.published,
      (message) => belongs(message) && message.content.execution_state === "idle",
    );
    return { reply, outputs: this.published.filter(belongs) };
  }

  /** Waits for a published message that fits. */
  publishedMessage(fits: (message: Message) => boolean): Promise<Message> {
    return this.find(this.published, fits);
  }

  async run(code: string): Promise<Execution> {
    return this.finished(await this.execute(code));
  }

  async close(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill("SIGKILL");
    await this.ended;
    for (const socket of this.sockets) socket.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private listen(socket: Socket, inbox: Message[]): void {
    this.sockets.push(socket);
    void (async () => {
      for await (const frames of socket) {
        // A published message has its topic in front, which is what the identities are elsewhere.
        inbox.push(parseMessage(frames, this.key));
        this.wake();
      }
    })();
  }

  private async find(inbox: readonly Message[], fits: (message: Message) => boolean): Promise<Message> {
    const end = performance.now() + patience;
    for (;;) {
      const found = inbox.find(fits);
      if (found) return found;
      if (performance.now() > end) throw new Error("The kernel did not answer.");
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        setTimeout(resolve, 50).unref();
      });
    }
  }
}

/** As Jupyter starts the kernel, but with this very Node. */
function kernelArguments(connectionFile: string): string[] {
  const folder = path.join(root, ".jupyter", "kernels", "tslab");
  const { argv } = JSON.parse(readFileSync(path.join(folder, "kernel.json"), "utf8")) as { argv: string[] };
  return argv
    .slice(1)
    .map((text) => text.replace("{resource_dir}", folder).replace("{connection_file}", connectionFile));
}

/** All that was printed on one stream, joined. */
export function printed(execution: Execution, name: "stdout" | "stderr" = "stdout"): string {
  return execution.outputs
    .filter(({ header, content }) => header.msg_type === "stream" && content.name === name)
    .map(({ content }) => String(content.text))
    .join("");
}

/** Types of the published messages, in order. */
export function messageTypes(execution: Execution): readonly string[] {
  return execution.outputs.map(({ header }) => header.msg_type);
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer();
          server.listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
