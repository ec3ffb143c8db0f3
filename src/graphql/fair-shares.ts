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
  finish(work: Work, now: number): void;
  /** Whom to send away when too many wait: the newest of the client of whom most wait. */
  newestOfLongest(): Work | undefined;
}

interface Client<Work> {
  readonly waiting: Work[];
  /** Of those that wait. */
  waitingCost: number;
  running: number;
  runningCost: number;
  /** What was done for it, on a scale that all share: least is next. */
  served: number;
  askedAt: number;
  /** When it had work last. */
  busyAt: number;
  /** The most that it wanted at a time, since it was not busy last: pieces of work, and what they cost with their way. */
  most: number;
  mostCost: number;
}

/** A client counts so long after it has asked last, in milliseconds: its next question is about to come. */
const ACTIVE_MS = 1000;
/**
 * A client is busy so long after it has had work last, in milliseconds: one that asks again as soon as it is answered is never
 * without, and one that asks now and then hardly ever is.
 */
const BUSY_MS = 100;
/** What any operation takes beside its fields, in fields: its way through parser, planner and driver (measured). */
export const OPERATION_COST = 250;

/** Of several pieces of work, with their way. */
const totalCost = (cost: number, pieces: number): number => cost + pieces * OPERATION_COST;

/** For each client the most of a figure that any of the others has; without others there is no bound. */
function mostOfOthers<C>(all: readonly C[], figureOf: (client: C) => number): (client: C) => number {
  let first: C | undefined;
  let most = 0;
  let next = 0;
  for (const client of all) {
    const figure = figureOf(client);
    if (first === undefined || figure > most) [first, most, next] = [client, figure, most];
    else next = Math.max(next, figure);
  }
  if (all.length < 2) return () => Number.POSITIVE_INFINITY;
  return (client) => (client === first ? next : most);
}

/** Whether one of these has no more under way, with another piece, than one of the others wants at a time. */
function boundByOthers<Work extends AskedWork>(busy: readonly Client<Work>[]) {
  const most = mostOfOthers(busy, (client) => client.most);
  const mostCost = mostOfOthers(busy, (client) => client.mostCost);
  return (client: Client<Work>, { cost }: Work): boolean =>
    client.running === 0 ||
    (client.running < most(client) &&
      totalCost(client.runningCost + cost, client.running + 1) <= mostCost(client));
}

/**
 * Shares work out among clients: each has at most its part of what is under way (all, while it is alone), and no more than
 * whoever of the others that are busy wants most at a time; who had least so far is next, each by what its work costs. So one
 * greedy client takes no more of the processors from another than that one takes itself, and doubles its times at most.
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
  const isBusy = (client: Client<Work>, now: number) => !isIdle(client) || now - client.busyAt < BUSY_MS;
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
        waitingCost: 0,
        running: 0,
        runningCost: 0,
        served: reached,
        askedAt: now,
        busyAt: now,
        most: 0,
        mostCost: 0,
      };
      if (isIdle(client)) client.served = Math.max(client.served, reached);
      if (!isBusy(client, now)) client.most = client.mostCost = 0;
      client.askedAt = now;
      client.busyAt = now;
      client.waiting.push(work);
      client.waitingCost += work.cost;
      waiting += 1;
      const pieces = client.running + client.waiting.length;
      client.most = Math.max(client.most, pieces);
      client.mostCost = Math.max(client.mostCost, totalCost(client.runningCost + client.waitingCost, pieces));
      clients.set(work.client, client);
    },
    remove(work) {
      const client = clients.get(work.client);
      const at = client?.waiting.indexOf(work) ?? -1;
      if (!client || at === -1) return false;
      client.waiting.splice(at, 1);
      client.waitingCost -= work.cost;
      waiting -= 1;
      return true;
    },
    takeNext(now) {
      if (waiting === 0) return undefined;
      prune(now);
      const isWithinBound = boundByOthers([...clients.values()].filter((client) => isBusy(client, now)));
      let least: Client<Work> | undefined;
      for (const client of clients.values()) {
        const [first] = client.waiting;
        if (first === undefined || !isWithinShare(client, first) || !isWithinBound(client, first)) continue;
        if (least === undefined || client.served < least.served) least = client;
      }
      const [next] = least?.waiting ?? [];
      // No other in its place: what costs much would never begin.
      if (least === undefined || next === undefined || !isRoomFor(next)) return undefined;
      least.waiting.shift();
      least.waitingCost -= next.cost;
      least.running += 1;
      least.runningCost += next.cost;
      reached = least.served;
      least.served += OPERATION_COST + next.cost;
      waiting -= 1;
      running += 1;
      runningCost += next.cost;
      return next;
    },
    finish(work, now) {
      const client = clients.get(work.client);
      if (client) {
        client.busyAt = now;
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
