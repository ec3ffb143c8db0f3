import { BSON } from "mongodb";
import type { Body } from "./mongo-wire.ts";

/** What the members of a fake set say, or the routers of a fake cluster. */
export type SetKind = "replicaSet" | "sharded";

/** What happens to a command: refused, or carried out and then not acknowledged as it should be. */
export type Blow =
  | "refused"
  | "cut before"
  | "applied, then refused"
  | "applied, then cut"
  | "applied, but no majority in time";

/** Every blow. */
export const blows: readonly Blow[] = [
  "refused",
  "cut before",
  "applied, then refused",
  "applied, then cut",
  "applied, but no majority in time",
];

/** Where the members of a set, or the routers, are, and which of them is primary (-1: none is). */
export interface Membership {
  readonly kind: SetKind;
  readonly setName: string;
  readonly addresses: readonly string[];
  readonly primary: number;
  /** A primary of before that does not know it yet. */
  readonly stale: number;
  readonly term: number;
}

const writes = new Set(
  "insert update delete findAndModify bulkWrite commitTransaction abortTransaction create createIndexes collMod drop dropIndexes dropDatabase shardCollection".split(
    " ",
  ),
);
const reads = new Set(
  "find aggregate count distinct getMore listCollections listIndexes listDatabases".split(" "),
);

export const isWrite = (command: string): boolean => writes.has(command);

/** Whether a member that is not primary refuses a command. */
export const needsPrimary = (command: string, body: Body): boolean =>
  isWrite(command) || (reads.has(command) && body.$readPreference === undefined);

const ofSets =
  "topologyVersion hosts setName setVersion primary me electionId passives arbiters isreplicaset".split(" ");

/** What a server says of itself, as a member (or a router) at this address would. */
export function toHello(said: Body, index: number, membership: Membership): Body {
  const { kind, addresses, setName, primary, stale, term } = membership;
  const own = Object.fromEntries(Object.entries(said).filter(([name]) => !ofSets.includes(name)));
  if (kind === "sharded")
    return { ...own, isWritablePrimary: true, ismaster: true, secondary: false, msg: "isdbgrid" };
  const isPrimary = index === primary || index === stale;
  const known = index === stale ? stale : primary;
  const ofTerm = index === stale ? term - 1 : term;
  return {
    ...own,
    ...{ hosts: addresses, setName, setVersion: 1, me: addresses[index] },
    ...{ isWritablePrimary: isPrimary, ismaster: isPrimary, secondary: !isPrimary },
    ...(known >= 0 ? { primary: addresses[known] } : {}),
    ...(isPrimary
      ? { electionId: new BSON.ObjectId(`7fffffff${ofTerm.toString(16).padStart(16, "0")}`) }
      : {}),
  };
}

/** How a member that is not primary answers what only the primary may do. */
export const notPrimary = (command: string, isInTransaction: boolean): Body =>
  isWrite(command)
    ? toRefusal(10107, "NotWritablePrimary", isInTransaction)
    : toRefusal(13435, "NotPrimaryNoSecondaryOk", isInTransaction);

/** How a primary that steps down, or a router that shuts down, answers what it has not begun. */
export const steppedDown = (kind: SetKind, isInTransaction: boolean): Body =>
  kind === "sharded"
    ? toRefusal(91, "ShutdownInProgress", isInTransaction)
    : toRefusal(189, "PrimarySteppedDown", isInTransaction);

/** How a primary that steps down answers what it has begun. */
export const interrupted = (isInTransaction: boolean): Body =>
  toRefusal(11602, "InterruptedDueToReplStateChange", isInTransaction);

function toRefusal(code: number, codeName: string, isInTransaction: boolean): Body {
  const errorLabels = [isInTransaction ? "TransientTransactionError" : "RetryableWriteError"];
  return { ok: 0, errmsg: codeName, code, codeName, errorLabels };
}

/** The answer of a write that is done, and of which nobody knows whether a majority has it. */
export const withoutMajority = (answer: Body): Body => ({
  ...answer,
  writeConcernError: {
    ...{ code: 64, codeName: "WriteConcernTimeout", errmsg: "waiting for replication timed out" },
    errInfo: { wtimeout: true },
  },
});

/** Answers what only routers know, and nothing else: which collections are sharded, and by what. */
export function createShards(): (command: string, body: Body) => Body | undefined {
  const keys = new Map<string, string>();
  return (command, body) => {
    if (command === "collStats") {
      const ns = `${body.$db}.${body.collStats}`;
      return { ok: 1, ns, sharded: keys.has(ns) };
    }
    if (command !== "shardCollection") return undefined;
    const ns = String(body.shardCollection);
    const key = JSON.stringify(body.key);
    const isOther = keys.has(ns) && keys.get(ns) !== key;
    keys.set(ns, keys.get(ns) ?? key);
    return isOther
      ? { ok: 0, code: 23, codeName: "AlreadyInitialized", errmsg: `${ns} is sharded` }
      : { ok: 1 };
  };
}
