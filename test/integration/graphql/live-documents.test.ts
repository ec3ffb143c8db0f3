import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createLiveDocuments, type LiveDocuments } from "../../../src/graphql/live-documents.ts";
import type { Change } from "../../../src/graphql/subscriber.ts";
import { createMirrorFeed, type OnFeedFailure } from "../../../src/stores/mongodb/mirror-feed.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { openMongoDb } from "../../../src/stores/mongodb/mongodb.ts";
import { openTcpProxy } from "../../support/tcp-proxy.ts";
import { openTestGateway, type TestGateway } from "./gateway.ts";
import { createMirrorWrites, type MirrorWrites } from "./mirror-writes.ts";

let gateway: TestGateway;
let { model, write, spoil, remove, restore } = {} as MirrorWrites; // there before the first test
beforeAll(async () => {
  gateway = await openTestGateway();
  ({ model, write, spoil, remove, restore } = createMirrorWrites(gateway));
});
afterAll(() => gateway?.close());

/** Follows every document. */
function followAll(documents: LiveDocuments) {
  const changes = documents.follow(model, { ids: null, where: null });
  return {
    changes,
    /** The next change of this document. */
    async until(id: string): Promise<Change> {
      for (;;) {
        const { value } = await changes.next();
        if (value.id === id) return value;
      }
    },
  };
}

describe("Documents that are followed", () => {
  test("cost one reader of the mirror, however many follow, and none when nobody does", async () => {
    const { mongo } = gateway.database;
    const feed = createMirrorFeed(mongo);
    let watches = 0;
    let stops = 0;
    const counted: typeof feed = {
      watch(model, onChange) {
        watches += 1;
        const watch = feed.watch(model, onChange);
        return {
          stop() {
            stops += 1;
            return watch.stop();
          },
        };
      },
    };
    const documents = createLiveDocuments(counted, createMirrorStore(mongo));
    const all = Array.from({ length: 300 }, () => documents.follow(model, { ids: ["4"], where: null }));
    for (const one of all) expect((await one.next()).value.id).toBe("4");
    await write(4, { name: "Heard by all" });
    for (const one of all) expect((await one.next()).value.document.name).toBe("Heard by all");
    expect(watches).toBe(1);
    for (const one of all) await one.return?.();
    expect(stops).toBe(1);
  });

  test("are told to a slow client in their newest state only", async () => {
    const { mongo } = gateway.database;
    const documents = createLiveDocuments(createMirrorFeed(mongo), createMirrorStore(mongo));
    const slow = documents.follow(model, { ids: ["5", "6"], where: null });
    await slow.next();
    await slow.next();
    for (let n = 0; n < 100; n++) await write(5, { name: `State ${n}` });
    await write(6, { name: "Last" });
    const seen: Change[] = [];
    while (seen.at(-1)?.document?.name !== "Last") seen.push((await slow.next()).value);
    expect(seen.length).toBeLessThan(60);
    expect(seen.findLast((change) => change.id === "5")?.document?.name).toBe("State 99");
    await slow.return?.();
  });

  test("are read anew when the feed may have missed some", async () => {
    const { mongo } = gateway.database;
    const feed = createMirrorFeed(mongo);
    let loseHistory: () => void = () => undefined;
    // The server has forgotten the position to resume from: no id is told, only the doubt.
    const forgetful: typeof feed = {
      watch(model, onChange) {
        loseHistory = () => onChange(null);
        return feed.watch(model, (id) => id === null && onChange(null));
      },
    };
    const documents = createLiveDocuments(forgetful, createMirrorStore(mongo));
    const changes = documents.follow(model, { ids: ["8", "9"], where: null });
    await changes.next();
    await changes.next();
    await write(8, { name: "Missed" });
    await remove(9);
    loseHistory();
    expect((await changes.next()).value.document.name).toBe("Missed");
    expect((await changes.next()).value).toEqual({ id: "9", document: null });
    await changes.return?.();
    await restore(9);
  });

  test("are read again when they are written while they are read", async () => {
    const { mongo } = gateway.database;
    const mirror = createMirrorStore(mongo);
    let tell: (id: string | null) => void = () => undefined;
    const feed = {
      watch(_model: unknown, onChange: typeof tell) {
        tell = onChange;
        return { stop: async () => undefined };
      },
    };
    let reads = 0;
    const findByIds: typeof mirror.findByIds = async (model, ids) => {
      const found = await mirror.findByIds(model, ids);
      reads += 1;
      if (reads === 2) {
        await write(13, { name: "Second" });
        tell("13");
      }
      return found;
    };
    const documents = createLiveDocuments(feed, { ...mirror, findByIds });
    const changes = documents.follow(model, { ids: ["13"], where: null });
    tell(null);
    await changes.next();
    await write(13, { name: "First" });
    tell("13");
    expect((await changes.next()).value.document.name).toBe("First");
    expect((await changes.next()).value.document.name).toBe("Second");
    await changes.return?.();
  });

  test("one that cannot be read holds up no other, is told of once, and comes when it is mended", async () => {
    const { mongo } = gateway.database;
    const failures: unknown[] = [];
    const documents = createLiveDocuments(createMirrorFeed(mongo), createMirrorStore(mongo), (_, error) =>
      failures.push(error),
    );
    const [some, all] = [documents.follow(model, { ids: ["14", "15"], where: null }), followAll(documents)];
    for (const id of ["14", "15"]) expect((await some.next()).value.id).toBe(id);
    await all.until("15");
    await spoil(14);
    await write(15, { name: "Not held up" });
    expect((await some.next()).value.document).toMatchObject({ name: "Not held up" });
    expect((await all.until("15")).document).toMatchObject({ name: "Not held up" });
    // Newcomers see it first of all.
    const late = documents.follow(model, { ids: ["14", "15"], where: null });
    expect((await late.next()).value.id).toBe("15");
    const lateOfAll = followAll(documents);
    await lateOfAll.until("15");
    // Asked before it is mended: nothing may be told until then.
    const mended = [some.next(), late.next()];
    await write(14, { name: "Mended" });
    for (const { value } of await Promise.all(mended))
      expect(value).toMatchObject({ id: "14", document: { name: "Mended" } });
    for (const one of [all, lateOfAll])
      expect((await one.until("14")).document).toMatchObject({ name: "Mended" });
    expect(failures[0]).toMatchObject({ code: "DOCUMENT_INVALID" });
    for (const one of [some, late, all.changes, lateOfAll.changes]) await one.return?.();
    await restore(14);
  });

  test.each([
    ["a change stream", true],
    ["looks for newer versions", false],
  ])("miss nothing while MongoDB is away, which is said once, followed by %s", async (_way, streams) => {
    const url = new URL(gateway.database.mongodbUrl);
    const link = await openTcpProxy(Number(url.port));
    url.port = String(link.port);
    const mongo = openMongoDb(url.href);
    const failures: string[] = [];
    const onFailure: OnFeedFailure = (failed) => failures.push(failed.name);
    const feed = createMirrorFeed(mongo, { offersStreams: async () => streams, onFailure });
    const documents = createLiveDocuments(feed, createMirrorStore(mongo));
    const changes = documents.follow(model, { ids: ["7"], where: null });
    await changes.next();
    await link.stop();
    await expect.poll(() => failures.length, { timeout: 10_000 }).toBe(1);
    await sleep(500);
    await write(7, { name: `Away ${streams}` });
    await link.start();
    expect((await changes.next()).value.document.name).toBe(`Away ${streams}`);
    expect(failures).toEqual([model.name]);
    await changes.return?.();
    await mongo.close();
    await link.close();
  });
});

describe("Where MongoDB has no change streams", () => {
  const follow = (ids: readonly string[] | null) => {
    const { mongo } = gateway.database;
    const feed = createMirrorFeed(mongo, { offersStreams: async () => false });
    const changes = createLiveDocuments(feed, createMirrorStore(mongo)).follow(model, {
      ids,
      where: null,
    });
    onTestFinished(async () => void (await changes.return?.()));
    return changes;
  };

  test("changes and deletions are told all the same", async () => {
    const changes = follow(["14"]);
    expect((await changes.next()).value.id).toBe("14");
    await write(14, { name: "Changed" });
    expect((await changes.next()).value.document.name).toBe("Changed");
    await remove(14);
    expect((await changes.next()).value).toEqual({ id: "14", document: null });
    await restore(14);
    expect((await changes.next()).value.document).not.toBeNull();
  });

  test("a write is seen whose version is below one that was written before it", async () => {
    const changes = follow(["15", "16"]);
    await changes.next();
    await changes.next();
    await write(15, { name: "Later snapshot" });
    expect((await changes.next()).value.document.name).toBe("Later snapshot");
    await write(16, { name: "Earlier snapshot" }, 15);
    expect((await changes.next()).value.document.name).toBe("Earlier snapshot");
  });
});
