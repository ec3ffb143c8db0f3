import { BSON } from "mongodb";

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
/** Values as they are sent: what is passed on is the same to the last type. */
const asSent = { promoteValues: false, promoteLongs: false, promoteBuffers: false };

/** The body of a message; the documents of a long list follow it in sections of their own, and are not read. */
export type Body = Readonly<Record<string, unknown>>;

/** Number that a message has of its sender. */
export const requestIdOf = (message: Buffer): number => message.readInt32LE(4);

/** Number of the message that this one answers. */
export const answeredIdOf = (message: Buffer): number => message.readInt32LE(8);

/** Cuts what arrives on a socket of MongoDB's protocol into whole messages. */
export function cutIntoMessages(onMessage: (message: Buffer) => void): (piece: Buffer) => void {
  let left: Buffer = Buffer.alloc(0);
  return (piece) => {
    left = left.length > 0 ? Buffer.concat([left, piece]) : piece;
    while (left.length >= 4 && left.length >= left.readInt32LE(0)) {
      const length = left.readInt32LE(0);
      onMessage(left.subarray(0, length));
      left = left.subarray(length);
    }
  };
}

/** The command, or the answer, that a message carries; undefined for what no driver of today sends. */
export function readBody(message: Buffer): Body | undefined {
  const kind = message.readInt32LE(12);
  const read = (at: number) =>
    BSON.deserialize(message.subarray(at, at + message.readInt32LE(at)), asSent) as Body;
  if (kind === OP_REPLY) return read(36);
  // Flags and the name of a collection, then how much is skipped and wanted.
  if (kind === OP_QUERY) return read(message.indexOf(0, 20) + 9);
  if (kind !== OP_MSG) return undefined;
  for (let at = 20; at < message.length; ) {
    const isBody = message[at] === 0;
    if (isBody) return read(at + 1);
    at += 1 + message.readInt32LE(at + 1);
  }
  return undefined;
}

/** A message with a command (`responseTo` 0) or an answer. */
export function toMessage(body: Body, responseTo: number, requestId = 1): Buffer {
  const text = BSON.serialize(body, { ignoreUndefined: true });
  const head = Buffer.alloc(21);
  head.writeInt32LE(head.length + text.length, 0);
  head.writeInt32LE(requestId, 4);
  head.writeInt32LE(responseTo, 8);
  head.writeInt32LE(OP_MSG, 12);
  return Buffer.concat([head, text]);
}

/** The same answer with another body, in the form that it came in. */
export function withBody(answer: Buffer, body: Body): Buffer {
  if (answer.readInt32LE(12) === OP_MSG) return toMessage(body, answeredIdOf(answer));
  const text = BSON.serialize(body);
  const head = Buffer.from(answer.subarray(0, 36));
  head.writeInt32LE(head.length + text.length, 0);
  return Buffer.concat([head, text]);
}
