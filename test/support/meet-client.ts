import type { Socket } from "node:net";
import {
  type Blow,
  interrupted,
  isWrite,
  type Membership,
  needsPrimary,
  notPrimary,
  steppedDown,
  toHello,
  withoutMajority,
} from "./fake-members.ts";
import {
  answeredIdOf,
  type Body,
  cutIntoMessages,
  readBody,
  requestIdOf,
  toMessage,
  withBody,
} from "./mongo-wire.ts";

/** Told of each command that a member takes; says what happens to it. */
export type Meet = (member: number, command: string, body: Body) => Blow | undefined;

/** What a member answers by itself; undefined: what the server says. */
export type Answer = (command: string, body: Body) => Body | undefined;

/** A client's connection to a member, and the member's own to the server. */
export interface FakeConnection {
  /** Interrupts what is under way, rolls back what is not committed, and cuts the connection or not. */
  stepDown(cut: boolean): void;
  end(): void;
}

/** What becomes of an answer that is waited for. */
interface Awaited {
  readonly what: "hello" | "cursor" | "interrupt" | Blow;
  readonly isInTransaction: boolean;
}

/** Number of our own messages to the server: no driver counts so far. */
const OWN_ID = 0x7fff_fff0;

/** Stands between a client and the server as one member of a set. */
export function meetClient(options: {
  readonly client: Socket;
  readonly upstream: Socket;
  readonly member: number;
  readonly meet: Meet;
  readonly answer: Answer;
  readonly state: () => Membership;
}): FakeConnection {
  const { client, upstream, member, meet, answer, state } = options;
  const awaited = new Map<number, Awaited>();
  /** Opened by a read that any member may answer. */
  const cursors = new Set<string>();
  /** Answers that a primary owes which waits for a majority in vain. */
  let held: readonly Buffer[] = [];
  let transaction: Body | undefined;
  const rollBack = () => {
    if (transaction && upstream.writable) upstream.write(toMessage(transaction, 0, OWN_ID));
    transaction = undefined;
  };
  const end = () => {
    rollBack();
    client.destroy();
    // What is on its way to the server arrives: it was applied.
    upstream.end();
  };
  for (const socket of [client, upstream]) socket.on("error", end).on("close", end);

  const take = (message: Buffer) => {
    const id = requestIdOf(message);
    const body = readBody(message);
    const command = body ? (Object.keys(body)[0] ?? "") : "";
    const expect = (what: Awaited["what"], isInTransaction = false) => {
      awaited.set(id, { what, isInTransaction });
      upstream.write(message);
    };
    if (!body) return void upstream.write(message);
    if (/^(hello|ismaster)$/i.test(command)) return expect("hello");
    const isEnd = command === "commitTransaction" || command === "abortTransaction";
    const isInTransaction = body.autocommit === false && !isEnd;
    const refuse = (said: Body) => void client.write(toMessage(said, id));
    const { kind, primary, stale } = state();
    if (kind === "replicaSet" && member === stale && isWrite(command)) {
      held = [...held, toMessage(interrupted(isInTransaction), id)];
      return;
    }
    const isPrimary = kind === "sharded" || member === primary || member === stale;
    const isOwnCursor = command === "getMore" && cursors.has(String(body.getMore));
    if (!isPrimary && needsPrimary(command, body) && !isOwnCursor)
      return refuse(notPrimary(command, isInTransaction));
    if (isInTransaction)
      transaction = {
        ...{ abortTransaction: 1, lsid: body.lsid, txnNumber: body.txnNumber, autocommit: false },
        $db: "admin",
      };
    const blow = meet(member, command, body);
    if (blow === "cut before") return end();
    if (blow === "refused") {
      rollBack();
      return refuse(steppedDown(kind, isInTransaction));
    }
    const own = answer(command, body);
    if (own) return refuse(own);
    if (isEnd) transaction = undefined;
    if (blow) return expect(blow, isInTransaction);
    const opensCursor = body.$readPreference !== undefined && (command === "find" || command === "aggregate");
    if (opensCursor) return expect("cursor");
    upstream.write(message);
  };

  const give = (message: Buffer) => {
    const id = answeredIdOf(message);
    if (id === OWN_ID) return;
    const due = awaited.get(id);
    awaited.delete(id);
    if (!due) return void client.write(message);
    const said = () => readBody(message) ?? {};
    switch (due.what) {
      case "hello":
        return void client.write(withBody(message, toHello(said(), member, state())));
      case "cursor": {
        const { cursor } = said() as { readonly cursor?: { readonly id?: unknown } };
        if (cursor?.id !== undefined) cursors.add(String(cursor.id));
        return void client.write(message);
      }
      case "applied, then cut":
        return end();
      case "applied, but no majority in time":
        // Within a transaction there is none to wait for.
        if (due.isInTransaction) return void client.write(message);
        return void client.write(toMessage(withoutMajority(said()), id));
      default:
        rollBack();
        return void client.write(toMessage(interrupted(due.isInTransaction), id));
    }
  };
  client.on("data", cutIntoMessages(take));
  upstream.on("data", cutIntoMessages(give));
  return {
    stepDown(cut) {
      rollBack();
      for (const answer of held) client.write(answer);
      held = [];
      if (cut) end();
    },
    end,
  };
}
