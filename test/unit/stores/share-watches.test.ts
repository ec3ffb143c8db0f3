import { expect, test } from "vitest";
import type { MirrorFeed, OnChange } from "../../../src/stores/mongodb/mirror-feed.ts";
import { shareWatches } from "../../../src/stores/mongodb/share-watches.ts";
import { parcel, person } from "../graphql/shop.ts";

/** A feed that is told by hand what was written. */
function createToldFeed() {
  const open = new Map<string, OnChange>();
  const seen: string[] = [];
  const feed: MirrorFeed = {
    watch({ name }, onChange) {
      seen.push(`begin ${name}`);
      open.set(name, onChange);
      return { stop: async () => void seen.push(`end ${name}`) };
    },
  };
  return { feed, seen, tell: (name: string, id: string | null) => open.get(name)?.(id) };
}

test("a model has one reader, however many watch, and none when nobody does", async () => {
  const { feed, seen } = createToldFeed();
  const shared = shareWatches(feed);
  const watches = [parcel, parcel, person].map((model) => shared.watch(model, () => undefined));
  expect(seen).toEqual(["begin parcel", "begin person"]);
  await watches[0]?.stop();
  await watches[0]?.stop();
  expect(seen).toHaveLength(2);
  await watches[1]?.stop();
  expect(seen.at(-1)).toBe("end parcel");
  shared.watch(parcel, () => undefined);
  expect(seen.at(-1)).toBe("begin parcel");
});

test("everybody is told of every write, and that all is in doubt once the reader follows", async () => {
  const { feed, tell } = createToldFeed();
  const shared = shareWatches(feed);
  const told: (string | null)[][] = [[], [], []];
  const listen = (at: number) => shared.watch(parcel, (id) => told[at]?.push(id));
  const first = listen(0);
  listen(1);
  expect(told).toEqual([[], [], []]);
  tell("parcel", null);
  tell("parcel", "1");
  listen(2);
  await Promise.resolve();
  await first.stop();
  tell("parcel", "2");
  expect(told).toEqual([
    [null, "1"],
    [null, "1", "2"],
    [null, "2"],
  ]);
});
