/** Work that somebody asks for. */
export interface AskedWork {
  /** Whose it is: all that one asks for is one's share. */
  readonly client: string;
  /** In fields, as operations are counted. */
  readonly cost: number;
}

/** How much is done at a time. */
export interface WorkLimits {
  /** Pieces of work under way. */
  readonly atOnce: number;
  /** What these cost together; one that costs more runs alone. */
  readonly costAtOnce: number;
}

/** Who begins when not all can. Decides only: who asks tells it what begins and ends. */
export interface FairShares<Work extends AskedWork> {
  /** Of those that wait. */
  readonly waiting: number;
  /** Of those that have begun and not ended. */
  readonly running: number;
  /** One more waits, at the end of its client's row. */
  add(work: Work, now: number): void;
  /** One waits no more; false when it did not wait. */
  remove(work: Work): boolean;
  /** Which one begins now; it is under way from then on. Undefined: none may. */
  takeNext(now: number): Work | undefined;
  /** One that was under way has ended. */
  finish(work: Work): void;
  /** Whom to send away when too many wait: the newest of the client of whom most wait. */
  newestOfLongest(): Work | undefined;
}

interface Client<Work> {
  readonly waiting: Work[];
  running: number;
  runningCost: number;
  /** What was done for it, on a scale that all share: least is next. */
  served: number;
  askedAt: number;
}

/** A client counts so long after it has asked last, in milliseconds: its next question is about to come. */
const ACTIVE_MS = 1000;
/** What any operation takes beside its fields, in fields: its way through parser, planner and driver (measured). */
export const OPERATION_COST = 250;

/**
 * Shares work out among clients: each has at most its part of what is under way (all, while it is alone), and who had least
 * so far is next, each by what its work costs.
 */
export function createFairShares<Work extends AskedWork>(limits: WorkLimits): FairShares<Work> {
  const clients = new Map<string, Client<Work>>();
  let waiting = 0;
  let running = 0;
  let runningCost = 0;
  /** How far the clients that are served have come: who comes anew begins there, and makes up for nothing. */
  let reached = 0;
  let prunedAt = 0;

  const isIdle = (client: Client<Work>) => client.running === 0 && client.waiting.length === 0;
  const prune = (now: number) => {
    if (now - prunedAt < ACTIVE_MS) return;
    prunedAt = now;
    for (const [name, client] of clients)
      if (isIdle(client) && now - client.askedAt > ACTIVE_MS) clients.delete(name);
  };
  /** Whether its part leaves room for another; who has nothing under way may always begin. */
  const isWithinShare = (client: Client<Work>, { cost }: Work) =>
    client.running === 0 ||
    (client.running < Math.ceil(limits.atOnce / clients.size) &&
      client.runningCost + cost <= limits.costAtOnce / clients.size);
  const isRoomFor = ({ cost }: Work) =>
    running < limits.atOnce && (running === 0 || runningCost + cost <= limits.costAtOnce);

  return {
    get waiting() {
      return waiting;
    },
    get running() {
      return running;
    },
    add(work, now) {
      prune(now);
      const client = clients.get(work.client) ?? {
        waiting: [],
        running: 0,
        runningCost: 0,
        served: reached,
        askedAt: now,
      };
      if (isIdle(client)) client.served = Math.max(client.served, reached);
      client.askedAt = now;
      client.waiting.push(work);
      waiting += 1;
      clients.set(work.client, client);
    },
    remove(work) {
      const client = clients.get(work.client);
      const at = client?.waiting.indexOf(work) ?? -1;
      if (at === -1) return false;
      client?.waiting.splice(at, 1);
      waiting -= 1;
      return true;
    },
    takeNext(now) {
      if (waiting === 0) return undefined;
      prune(now);
      let least: Client<Work> | undefined;
      for (const client of clients.values()) {
        const [first] = client.waiting;
        if (first === undefined || !isWithinShare(client, first)) continue;
        if (least === undefined || client.served < least.served) least = client;
      }
      const [next] = least?.waiting ?? [];
      // No other in its place: what costs much would never begin.
      if (least === undefined || next === undefined || !isRoomFor(next)) return undefined;
      least.waiting.shift();
      least.running += 1;
      least.runningCost += next.cost;
      reached = least.served;
      least.served += OPERATION_COST + next.cost;
      waiting -= 1;
      running += 1;
      runningCost += next.cost;
      return next;
    },
    finish(work) {
      const client = clients.get(work.client);
      if (client) {
        client.running -= 1;
        client.runningCost -= work.cost;
      }
      running -= 1;
      runningCost -= work.cost;
    },
    newestOfLongest() {
      let longest: Client<Work> | undefined;
      for (const client of clients.values())
        if (client.waiting.length >= (longest?.waiting.length ?? 1)) longest = client;
      return longest?.waiting.at(-1);
    },
  };
}
