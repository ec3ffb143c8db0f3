import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { ageChanges } from "../../support/changes.ts";
import { type AgingGateway, openAgingGateway, type Seen, type Written } from "./aging-gateway.ts";

/** A look at the source may be so old: looks are shared. */
const SHARED_MS = 100;

let gateway: AgingGateway;
beforeAll(async () => {
  gateway = await openAgingGateway();
  gateway.startLoader();
  await settled((await write("Followed")).n);
});
// A test that fails leaves no bad network to the next.
afterEach(() => gateway.loaderToMongoDb.delay(0));
afterAll(() => gateway?.close());

const read: AgingGateway["read"] = (variables) => gateway.read(variables);
const write: AgingGateway["write"] = (lastName) => gateway.write(lastName);
const clock = () => gateway.clock();
const code = async (variables: Readonly<Record<string, unknown>>) => (await read(variables)).code;

/** Until the mirror has everything up to this position, and nothing is on its way. */
const settled = (n: bigint) =>
  vi.waitFor(
    async () => {
      const { source, lagMs, pendingChanges, position } = await read();
      const seen = { source, lagMs, pendingChanges, isThere: BigInt(position ?? 0) >= n };
      expect(seen).toEqual({ source: "MIRROR", lagMs: 0, pendingChanges: 0, isThere: true });
    },
    { timeout: 20_000 },
  );

/** It is of the store that has everything, and of the moment at which it was given. */
function expectLive(seen: Seen, since: number, lastName: string): void {
  expect(seen).toMatchObject({ source: "LIVE", position: null, lagMs: 0, pendingChanges: 0, lastName });
  expect(seen.asOf).toBeGreaterThanOrEqual(since);
  expect(seen.asOf).toBeLessThanOrEqual(Date.now());
}

test("a mirror that follows has everything up to now", async () => {
  const { n, to } = await write("Followed");
  await settled(n);
  const before = await clock();
  const seen = await read();
  expect(seen.lastName).toBe("Followed");
  expect(seen.asOf).toBeGreaterThan(Math.max(to, before - SHARED_MS - 1));
  expect(seen.asOf).toBeLessThanOrEqual(await clock());
});

test("with the loader stopped it is of now until something is written, then of that moment", async () => {
  await gateway.stopLoader();
  const { position } = await read();
  const idle = await clock();
  await sleep(SHARED_MS + 50);
  const still = await read();
  expect(still).toMatchObject({ source: "MIRROR", position, lagMs: 0, pendingChanges: 0 });
  expect(still.asOf).toBeGreaterThan(idle);

  const missed = await write("Missed");
  expect(BigInt(position ?? 0)).toBeLessThan(missed.n);
  const ages: number[] = [];
  for (const pendingChanges of [1, 2]) {
    await sleep(SHARED_MS + 200);
    const before = await clock();
    const seen = await read();
    expect(seen).toMatchObject({ source: "MIRROR", position, pendingChanges, lastName: "Followed" });
    // A millisecond of rounding: an answer may be said to be older than it is, not younger.
    expect(seen.asOf).toBeGreaterThanOrEqual(missed.from - 2);
    expect(seen.asOf).toBeLessThanOrEqual(missed.to);
    expect(seen.asOf + seen.lagMs).toBeGreaterThanOrEqual(before - SHARED_MS - 1);
    expect(seen.asOf + seen.lagMs).toBeLessThanOrEqual((await clock()) + 1);
    ages.push(seen.lagMs);
    if (pendingChanges === 1) await write("Missed too");
  }
  expect(ages[1]).toBeGreaterThan((ages[0] ?? 0) + SHARED_MS);

  const since = Date.now();
  expectLive(await read({ maxStaleness: 100 }), since, "Missed too");
  expect(await code({ source: "MIRROR", maxStaleness: 100 })).toBe("MIRROR_UNAVAILABLE");
  // A limit is the asker's: without one MIRROR is of any age.
  expect(await read({ source: "MIRROR" })).toMatchObject({ source: "MIRROR", lastName: "Followed" });
  // What everybody may use at most, unless asked otherwise (10 s here).
  await ageChanges(gateway.admin, 60);
  await sleep(SHARED_MS);
  expectLive(await read(), since, "Missed too");
  expect(await read({ source: "MIRROR" })).toMatchObject({ source: "MIRROR", lastName: "Followed" });
});

test("from a slow loader an answer has every write before its asOf, and up to its position", async () => {
  gateway.startLoader();
  await settled((await write("Name 0")).n);
  gateway.loaderToMongoDb.delay(100);
  const writes: Written[] = [];
  const writing = (async () => {
    for (let round = 1; round <= 8; round++) {
      writes.push(await write(`Name ${round}`));
      await sleep(400);
    }
  })();
  const roundOf = ({ lastName }: { readonly lastName: string | undefined }) => Number(lastName?.slice(5));
  const seen: Seen[] = [];
  const auto: Seen[] = [];
  let isWriting = true;
  void writing.finally(() => {
    isWriting = false;
  });
  while (isWriting) {
    const known = [...writes];
    const one = await read({ source: "MIRROR" });
    seen.push(one);
    for (const before of known)
      if (before.to < one.asOf || before.n <= BigInt(one.position ?? 0))
        expect(roundOf(one)).toBeGreaterThanOrEqual(roundOf(before));
    // AUTO is never older than allowed, and live has everything.
    const other = await read({ maxStaleness: 150 });
    auto.push(other);
    if (other.source === "LIVE") expect(roundOf(other)).toBeGreaterThanOrEqual(roundOf(known.at(-1) ?? one));
    else expect(other.lagMs).toBeLessThanOrEqual(150);
  }
  await writing;
  const behind = seen.filter((one) => one.lagMs > 150);
  expect(behind.length).toBeGreaterThan(0);
  expect(behind.every((one) => one.pendingChanges > 0)).toBe(true);
  expect(auto.some((one) => one.source === "LIVE")).toBe(true);
  // It lags, and goes on.
  const positions = seen.map((one) => BigInt(one.position ?? 0));
  expect(positions).toEqual([...positions].sort((a, b) => Number(a - b)));
  expect(positions.at(-1)).toBeGreaterThan(positions[0] ?? 0n);
  gateway.loaderToMongoDb.delay(0);
  await settled(writes.at(-1)?.n ?? 0n);
});

test("with MongoDB away the answer is live and of now, and MIRROR is refused", async () => {
  await settled((await write("Alive")).n);
  await gateway.toMongoDb.stop();
  await expect.poll(async () => (await read()).source, { timeout: 5000 }).toBe("LIVE");
  const since = Date.now();
  expectLive(await read(), since, "Alive");
  expect(await code({ source: "MIRROR" })).toBe("MIRROR_UNAVAILABLE");
  await gateway.toMongoDb.start();
  await expect.poll(async () => (await read()).source, { timeout: 10_000 }).toBe("MIRROR");
});

test("with MariaDB away it is of the last look, and grows older; a limit is kept by an error", async () => {
  const { n } = await write("Known");
  await settled(n);
  const last = await clock();
  await gateway.toMariaDb.stop();
  await sleep(SHARED_MS);
  // The first to ask finds out.
  await read();
  const seen = await read();
  await sleep(600);
  const later = await read();
  for (const one of [seen, later]) {
    expect(one).toMatchObject({ source: "MIRROR", pendingChanges: 0, lastName: "Known" });
    expect(BigInt(one.position ?? 0)).toBeGreaterThanOrEqual(n);
    expect(one.asOf).toBe(seen.asOf);
    expect(one.asOf).toBeLessThanOrEqual(last + SHARED_MS);
  }
  expect(later.lagMs).toBeGreaterThanOrEqual(seen.lagMs + 500);
  expect(await code({ maxStaleness: 100 })).toBe("SOURCE_UNAVAILABLE");
  expect(await code({ source: "MIRROR", maxStaleness: 100 })).toBe("MIRROR_UNAVAILABLE");
  expect(await read({ source: "MIRROR" })).toMatchObject({ lastName: "Known", asOf: seen.asOf });
  await gateway.toMariaDb.start();
  await settled(n);
});

test("with MariaDB silent, and nobody told why, it is of the last look too, and soon", async () => {
  const { n } = await write("Heard");
  await settled(n);
  gateway.toMariaDb.blackHole();
  await sleep(SHARED_MS);
  // The first to ask finds out.
  const seen = await read();
  expect(seen).toMatchObject({ source: "MIRROR", lastName: "Heard", pendingChanges: 0 });
  await sleep(600);
  const started = performance.now();
  const later = await read();
  expect(performance.now() - started).toBeLessThan(2000);
  expect(later).toMatchObject({ source: "MIRROR", asOf: seen.asOf });
  expect(later.lagMs).toBeGreaterThanOrEqual(seen.lagMs + 500);
  gateway.toMariaDb.open();
  await settled((await write("Again")).n);
});

test("with MongoDB silent every answer comes, live before long, and from the mirror again afterwards", async () => {
  await settled((await write("Heard twice")).n);
  gateway.toMongoDb.blackHole();
  const sources: string[] = [];
  for (let round = 0; round < 4; round++) {
    const seen = await read();
    expect(seen).toMatchObject({ lastName: "Heard twice", code: undefined });
    sources.push(seen.source);
  }
  expect(sources.at(-1)).toBe("LIVE");
  gateway.toMongoDb.open();
  await settled((await write("Again")).n);
});
