import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { ConnectionString } from "mongodb-connection-string-url";
import { type Blow, blows, createShards, isWrite, type Membership, type SetKind } from "./fake-members.ts";
import { type FakeConnection, type Meet, meetClient } from "./meet-client.ts";
import type { Body } from "./mongo-wire.ts";

export interface FakeSetOptions {
  /** One server that stands for all members. */
  readonly url: string;
  /** Default: the members of a replica set. */
  readonly kind?: SetKind;
  /** Default: 3. */
  readonly members?: number;
  /** Between 0 and 1; default: Math.random. */
  readonly random?: () => number;
  readonly onCommand?: OnCommand;
}

/** Told of every command, and of the member that it was sent to. */
export type OnCommand = (member: number, command: string, body: Body) => void;

/** What is struck once, and how. */
export interface Strike {
  /** Name of the command: `update`, `commitTransaction`. */
  readonly command: string;
  /** The so-manieth of them; default: the first. */
  readonly nth?: number;
  readonly blow: Blow;
  /** With it the primary steps down; the next is elected after so long. Default: it stays. */
  readonly electionMs?: number;
  /** Of the commands of that name only these; default: all. */
  readonly of?: (body: Body) => boolean;
}

/**
 * A replica set, or the routers of a sharded cluster, that is none: several addresses before one server. Members say of themselves
 * what members say, elections take place, and what is sent around one is answered as a mongod that steps down answers.
 * It cannot show: a rollback, a secondary that lags, a chunk that moves, a transaction over shards.
 */
export interface FakeSet {
  /** With all addresses; accounts, database and options are those of the server. */
  readonly url: string;
  readonly addresses: readonly string[];
  /** How often each thing happened. */
  readonly counts: ReadonlyMap<string, number>;
  primary(): number;
  /** No primary for so long, then the next member is. What is under way is interrupted, half of the connections are cut. */
  elect(lastingMs: number): Promise<void>;
  /** The next member is primary, and the one before says that it is, too, until it is told; writes to it are never answered. */
  split(): void;
  heal(): void;
  /** Whom a member answers from. Default: the server. */
  lead(member: number, url: string | undefined): void;
  /** The address is gone for so long, as is a router that dies. */
  drop(member: number, lastingMs: number): Promise<void>;
  strike(strike: Strike): { isStruck(): boolean };
  /** Tells of every command from now on, as `onCommand`; returns what ends that. */
  watch(onCommand: OnCommand): () => void;
  /** This share of the writes from now on is met by some blow. */
  disturb(share: number): void;
  close(): Promise<void>;
}

interface Pending extends Strike {
  left: number;
  done(): void;
}

const portOf = (url: string): number => {
  const [host = ""] = new ConnectionString(url).hosts;
  return Number(host.split(":")[1] ?? 27017);
};

/** Opens one before the server that `url` names. */
export async function openFakeSet(options: FakeSetOptions): Promise<FakeSet> {
  const { url, kind = "replicaSet", members = 3, random = Math.random } = options;
  const watchers = new Set(options.onCommand ? [options.onCommand] : []);
  const targets = Array.from({ length: members }, () => portOf(url));
  const connections = targets.map(() => new Set<FakeConnection>());
  const counts = new Map<string, number>();
  const count = (what: string) => void counts.set(what, (counts.get(what) ?? 0) + 1);
  let state: Membership = { kind, setName: "fake", addresses: [], primary: 0, stale: -1, term: 1 };
  let share = 0;
  let strikes: readonly Pending[] = [];

  const elect = async (lastingMs: number) => {
    count("elections");
    const before = state.primary;
    state = { ...state, primary: -1, term: state.term + 1 };
    for (const one of connections[before] ?? []) one.stepDown(random() < 0.5);
    await sleep(lastingMs);
    state = { ...state, primary: (before + 1) % members };
  };
  const chooseBlow = (command: string, body: Body): Blow | undefined => {
    const due = strikes.find((one) => one.command === command && (one.of?.(body) ?? true));
    if (due) {
      due.left -= 1;
      if (due.left > 0) return undefined;
      strikes = strikes.filter((one) => one !== due);
      due.done();
      if (due.electionMs !== undefined) void elect(due.electionMs);
      return due.blow;
    }
    if (!isWrite(command) || random() >= share) return undefined;
    return blows[Math.floor(random() * blows.length)];
  };
  const answer = kind === "sharded" ? createShards() : () => undefined;
  const meet: Meet = (member, command, body) => {
    for (const tell of watchers) tell(member, command, body);
    const blow = chooseBlow(command, body);
    if (blow) count(`${blow}: ${command}`);
    return blow;
  };
  const servers = targets.map((_, member) =>
    createServer({ noDelay: true }, (client: Socket) => {
      const upstream = connect({ port: targets[member] ?? 0, host: "127.0.0.1", noDelay: true });
      const own = connections[member] ?? new Set();
      const one = meetClient({ client, upstream, member, meet, answer, state: () => state });
      own.add(one);
      client.once("close", () => own.delete(one));
    }),
  );
  const listen = async (server: Server, port: number) => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port; // a TCP server that listens has one
  };
  const ports: number[] = [];
  for (const server of servers) ports.push(await listen(server, 0));
  state = { ...state, addresses: ports.map((port) => `127.0.0.1:${port}`) };
  const stop = async (member: number) => {
    const server = servers[member];
    if (!server?.listening) return;
    const closed = once(server, "close");
    server.close();
    for (const one of connections[member] ?? []) one.end();
    await closed;
  };
  return {
    url: toSetUrl(url, state),
    addresses: state.addresses,
    counts,
    primary: () => state.primary,
    elect,
    split() {
      count("splits");
      const stale = state.primary;
      state = { ...state, stale, primary: (stale + 1) % members, term: state.term + 1 };
    },
    heal() {
      const { stale } = state;
      state = { ...state, stale: -1 };
      for (const one of connections[stale] ?? []) one.stepDown(false);
    },
    lead(member, to) {
      targets[member] = portOf(to ?? url);
      for (const one of connections[member] ?? []) one.end();
    },
    async drop(member, lastingMs) {
      count("addresses gone");
      await stop(member);
      await sleep(lastingMs);
      const server = servers[member];
      if (server) await listen(server, ports[member] ?? 0);
    },
    strike(wanted) {
      let isStruck = false;
      const done = () => {
        isStruck = true;
      };
      strikes = [...strikes, { ...wanted, left: wanted.nth ?? 1, done }];
      return { isStruck: () => isStruck };
    },
    watch(onCommand) {
      watchers.add(onCommand);
      return () => watchers.delete(onCommand);
    },
    disturb(wanted) {
      share = wanted;
    },
    close: async () => {
      for (const member of servers.keys()) await stop(member);
    },
  };
}

function toSetUrl(url: string, { kind, addresses, setName }: Membership): string {
  const set = new ConnectionString(url);
  set.hosts = [...addresses];
  set.searchParams.delete("directConnection");
  if (kind === "replicaSet") set.searchParams.set("replicaSet", setName);
  return set.toString();
}
