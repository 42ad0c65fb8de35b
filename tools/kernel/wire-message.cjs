// Messages of the Jupyter protocol as they travel over ZeroMQ: routing identities, a delimiter, a signature, and four
// JSON frames. https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol
const { createHmac, randomUUID } = require("node:crypto");

const delimiter = "<IDS|MSG>";

/**
 * @typedef {object} Message
 * @property {Buffer[]} identities
 * @property {{ msg_type: string, msg_id: string, session: string, username: string }} header
 * @property {object} parentHeader
 * @property {object} metadata
 * @property {any} content
 */

/** @returns {Message} */
function parseMessage(frames, key) {
  const start = frames.findIndex((frame) => frame.toString("latin1") === delimiter);
  if (start < 0) throw new Error("A message without delimiter arrived.");
  const [signature, ...body] = frames.slice(start + 1, start + 6);
  if (key !== "" && sign(body, key) !== signature.toString()) {
    throw new Error("A message with a wrong signature arrived.");
  }
  const [header, parentHeader, metadata, content] = body.map((frame) => JSON.parse(frame.toString()));
  return { identities: frames.slice(0, start), header, parentHeader, metadata, content };
}

/** @returns {Message} a message of the given type that belongs to `request` */
function answerTo(request, type, content) {
  return {
    identities: request.identities,
    header: {
      msg_id: randomUUID(),
      msg_type: type,
      session: request.header.session,
      username: request.header.username,
      date: new Date().toISOString(),
      version: "5.3",
    },
    parentHeader: request.header,
    metadata: {},
    content,
  };
}

function toFrames(message, key) {
  const { identities, header, parentHeader, metadata, content } = message;
  const body = [header, parentHeader, metadata, content].map((part) => JSON.stringify(part));
  return [...identities, delimiter, key === "" ? "" : sign(body, key), ...body];
}

function sign(parts, key) {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

module.exports = { parseMessage, answerTo, toFrames };
