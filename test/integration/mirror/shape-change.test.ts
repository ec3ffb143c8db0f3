import { expect, test } from "vitest";
import { adoptShapes } from "../../../src/core/adopt-shapes.ts";
import { checkIdentity } from "../../../src/mirror/guard/check-identity.ts";
import { createMirrorFeed } from "../../../src/stores/mongodb/mirror-feed.ts";
import { readRoute } from "../../../src/stores/mongodb/mirror-routes.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import {
  addNoteToView,
  garden,
  isWhole,
  mirror,
  old,
  other,
  pass,
  renewStop,
  startGated,
  state,
  stop,
  useChangingGarden,
  verify,
  wider,
} from "../../support/garden/changing-garden.ts";
import { openReader, startCounting, watchReader } from "../../support/garden/changing-readers.ts";

useChangingGarden();

test("a field is added while all go on: who knows less reads the mirror all the time, and it stays fresh", async () => {
  const oldLoader = garden.createLoader([old]);
  const running = [oldLoader.run(stop.signal)];
  const counting = startCounting(garden, 1);
  const [asksOld, asksNew] = [openReader(garden, old, "1"), openReader(garden, wider, "1")];
  const oldAuto = watchReader(() => asksOld("AUTO", 60_000), counting, old.fields);
  const oldMirror = watchReader(() => asksOld("MIRROR"), counting, old.fields);
  await pass(300);
  await addNoteToView();
  await pass(300);
  const newAuto = watchReader(() => asksNew("AUTO", 60_000), counting, wider.fields);
  const gated = startGated(wider);
  running.push(gated.running);
  await expect.poll(async () => (await state()).rebuildStatus, { timeout: 30_000 }).toBe("running");
  await expect.poll(() => oldLoader.status()[0]?.problem, { timeout: 30_000 }).toMatch(/another shape/);
  await pass(300);
  // Fresh: it shows what is committed now, within the time that a change takes.
  const count = counting.count();
  const shown = async () => Number((await asksOld("MIRROR")).document?.height);
  await expect.poll(shown, { timeout: 30_000 }).toBeGreaterThan(count);
  expect((await state()).rebuildStatus).toBe("running");
  await expect(asksNew("MIRROR")).rejects.toMatchObject({ code: "MIRROR_UNAVAILABLE" });
  expect((await verify(wider)).isComplete).toBe(false);
  gated.open();
  await expect.poll(async () => (await asksNew("AUTO")).route.store, { timeout: 30_000 }).toBe("mirror");
  const newMirror = watchReader(() => asksNew("MIRROR"), counting, wider.fields);
  await pass(300);
  await counting.stop();
  for (const reader of [oldAuto, oldMirror, newAuto, newMirror]) {
    await reader.stop();
    expect(reader.problems).toEqual([]);
  }
  expect(oldMirror.stores).toEqual(["plant_card"]);
  expect(oldAuto.stores).toEqual(["plant_card"]);
  expect(newAuto.stores).toEqual(["live", "plant_card"]);
  stop.abort();
  await Promise.all(running);
  renewStop();
  await mirror(wider);
  expect(await verify(wider)).toMatchObject(isWhole);
});

test("another kind of id is built beside: who knows the one before reads it as it was, and says so", async () => {
  const running = [garden.createLoader([old]).run(stop.signal)];
  const counting = startCounting(garden, 1);
  const [asksOld, asksNew] = [openReader(garden, old, "1"), openReader(garden, other, "1")];
  const oldAuto = watchReader(() => asksOld("AUTO", 1000), counting, old.fields);
  const oldAny = watchReader(() => asksOld("AUTO", 3_600_000), counting, old.fields);
  const newAuto = watchReader(() => asksNew("AUTO", 1000), counting, other.fields);
  await pass(300);
  const gated = startGated(other);
  running.push(gated.running);
  await expect.poll(async () => (await state()).rebuildStatus, { timeout: 30_000 }).toBe("running");
  const first = await asksOld("MIRROR");
  await pass(1200);
  const second = await asksOld("MIRROR");
  expect(second.route).toMatchObject({ store: "mirror", collection: "plant_card" });
  expect(second.document).toEqual(first.document);
  expect(second.route.freshness.position).toBe(first.route.freshness.position);
  expect(second.route.freshness.lagMs).toBeGreaterThan(1100);
  const moments = [first, second].map(({ route }) => Date.parse(route.freshness.asOf));
  expect(Math.abs((moments[1] ?? 0) - (moments[0] ?? 0))).toBeLessThan(10);
  expect((await asksOld("AUTO", 1000)).route.store).toBe("live");
  await expect(asksNew("MIRROR")).rejects.toMatchObject({ code: "MIRROR_UNAVAILABLE" });
  gated.open();
  await expect.poll(async () => (await asksNew("AUTO")).route.store, { timeout: 30_000 }).toBe("mirror");
  expect((await asksNew("MIRROR")).document?.plantId).toBe("1");
  await expect
    .poll(async () => (await asksOld("AUTO", 3_600_000)).route.store, { timeout: 30_000 })
    .toBe("live");
  await expect(asksOld("MIRROR")).rejects.toMatchObject({ code: "MIRROR_UNAVAILABLE" });
  expect((await asksOld("AUTO")).document?.plantId).toBe(1);
  await expect.poll(() => newAuto.stores.at(-1), { timeout: 30_000 }).toBe("plant_card.2");
  await counting.stop();
  for (const reader of [oldAuto, oldAny, newAuto]) {
    await reader.stop();
    expect(reader.problems).toEqual([]);
  }
  expect(oldAny.stores).toEqual(["plant_card", "live"]);
  // On a busy machine it may lag more than this reader allows, now and then.
  expect(newAuto.stores[0]).toBe("live");
  expect(new Set(newAuto.stores)).toEqual(new Set(["live", "plant_card.2"]));
  stop.abort();
  await Promise.all(running);
  renewStop();
  await mirror(other);
  expect(await verify(other)).toMatchObject(isWhole);
});

test("who cannot ask MariaDB finds the collection by the mirror's own word, also after a death at the switch", async () => {
  const { db } = garden.mongo;
  const mute = new Proxy(db, {
    get: (target, name) => {
      if (name !== "collection") return Reflect.get(target, name);
      return (collection: string) => {
        if (collection !== "_vitrine_routes") return target.collection(collection);
        return { updateOne: () => Promise.reject(new Error("The loader dies here.")) };
      };
    },
  });
  // The rebuild is done by hand: its worker cannot come so far.
  await adoptShapes(garden.db, [other]);
  const dying = garden.createLoader([other], { mongo: { ...garden.mongo, db: mute } });
  await expect(dying.once(stop.signal)).rejects.toThrow(/dies here/);
  const store = createMirrorStore(garden.mongo);
  expect((await store.findByIds(old, ["1"])).get("1")?.plantId).toBe(1);
  await mirror(other);
  expect((await store.findByIds(other, ["1"])).get("1")?.plantId).toBe("1");
  await expect(store.findByIds(old, ["1"])).rejects.toMatchObject({ code: "MIRROR_UNAVAILABLE" });
  expect(await readRoute(garden.mongo, other)).toMatchObject({
    reads: { collection: "plant_card.2" },
    writes: "plant_card.2",
  });
});

test.each([true, false])(
  "a subscriber is told that all is in doubt when the model moves, and then of each change (change stream: %s)",
  async (streams) => {
    const told: (string | null)[] = [];
    const watch = createMirrorFeed(garden.mongo, { offersStreams: async () => streams }).watch(other, (id) =>
      told.push(id),
    );
    await expect.poll(() => told, { timeout: 30_000 }).toContain(null);
    told.length = 0;
    await mirror(other);
    await expect.poll(() => told, { timeout: 30_000 }).toContain(null);
    told.length = 0;
    await garden.db.run("update plant set height = 66 where plant_id = 1");
    await mirror(other);
    await expect.poll(() => told, { timeout: 30_000 }).toContain("1");
    await watch.stop();
  },
);

test("of the collections that were left only the last is kept", async () => {
  const names = async () => {
    const found = await garden.mongo.db.listCollections({}, { nameOnly: true }).toArray();
    return found
      .map(({ name }) => name)
      .filter((name) => name.startsWith("plant_card"))
      .sort();
  };
  await mirror(other);
  expect(await names()).toEqual(["plant_card", "plant_card.2"]);
  await mirror(old);
  expect(await names()).toEqual(["plant_card.2", "plant_card.3"]);
  expect(await verify(old)).toMatchObject(isWhole);
});

test("a rebuild that an operator asks for records the shape, and other loaders of it go on by themselves", async () => {
  const waiting = garden.createLoader([other]);
  const running = waiting.run(stop.signal);
  await expect.poll(() => waiting.status()[0]?.problem, { timeout: 30_000 }).toMatch(/another shape/);
  await garden.createLoader([other]).rebuild([other], stop.signal);
  expect(await state()).toMatchObject({ collection: "plant_card.2", rebuildStatus: "done" });
  await garden.db.run("update plant set height = 44 where plant_id = 1");
  const shown = async () => (await openReader(garden, other, "1")("MIRROR")).document?.height;
  await expect.poll(shown, { timeout: 30_000 }).toBe(44);
  stop.abort();
  await running;
});

test("a mirror that is distrusted while the next is built beside is not read any more", async () => {
  await adoptShapes(garden.db, [other]);
  const asks = openReader(garden, old, "1");
  expect((await asks("MIRROR")).route.collection).toBe("plant_card");
  await garden.db.run("update vitrine_position set n = n + 1000, incarnation = uuid()");
  // Acknowledged in the life before: what is found is another one.
  await garden.db.run("update vitrine_state set acked = 1");
  const { db, mongo } = garden;
  expect(await checkIdentity(db, mongo, [other])).not.toBeNull();
  await expect(openReader(garden, old, "1")("MIRROR")).rejects.toMatchObject({ code: "MIRROR_UNAVAILABLE" });
});
