import { describe, expect, test } from "vitest";
import { type Change, fingerprint, type Interest, Subscriber } from "../../../src/graphql/subscriber.ts";
import type { Document } from "../../../src/models/model.ts";
import type { Filter } from "../../../src/stores/document-store.ts";
import { parcel } from "./shop.ts";

const inBern: Filter = { kind: "compare", field: "town", operator: "eq", value: "Bern" };
const to = (id: number, town: string, more: Document = {}): Document => ({ parcelId: id, town, ...more });

/** Somebody who follows parcels, and takes at once what they are told. */
function follow(interest: Partial<Interest>, leave: () => void = () => undefined) {
  const subscriber = new Subscriber(parcel, { ids: null, where: null, ...interest }, leave);
  let asked: Promise<IteratorResult<Change>> | undefined;
  const tell = (id: string, document: Document | null) =>
    subscriber.take(id, document, document && fingerprint(document));
  return {
    subscriber,
    tell,
    /** What was told since it was asked last. */
    async told(): Promise<readonly Change[]> {
      const changes: Change[] = [];
      for (;;) {
        asked ??= subscriber.next();
        const next = await Promise.race([asked, new Promise<null>((done) => setImmediate(done, null))]);
        if (next === null) return changes;
        asked = undefined;
        if (next.done) return changes;
        changes.push(next.value);
      }
    },
    /** A snapshot that shows these, and says of others that they cannot be read. */
    show(documents: readonly Document[], unreadable: readonly string[] = []) {
      subscriber.beginSnapshot();
      for (const one of documents) subscriber.takeSnapshot(String(one.parcelId), one, fingerprint(one));
      for (const id of unreadable) subscriber.keep(id);
      subscriber.endSnapshot();
    },
  };
}
const gone = (id: string) => ({ id, document: null });

describe("Who follows documents of a rule", () => {
  test("is told once that one has left it, and of it again when it is back", async () => {
    const { show, tell, told } = follow({ where: inBern });
    show([to(1, "Bern"), to(2, "Thun"), to(3, "Bern")]);
    expect((await told()).map(({ id }) => id)).toEqual(["1", "3"]);
    tell("1", to(1, "Thun"));
    tell("1", to(1, "Basel"));
    tell("2", to(2, "Basel"));
    expect(await told()).toEqual([gone("1")]);
    tell("1", to(1, "Bern"));
    tell("3", null);
    expect(await told()).toEqual([{ id: "1", document: to(1, "Bern") }, gone("3")]);
  });

  test("is told that one has left it while nobody looked", async () => {
    const { subscriber, show, tell, told } = follow({ where: inBern });
    show([to(1, "Bern"), to(2, "Bern")]);
    await told();
    subscriber.doubt();
    tell("1", to(1, "Bern", { price: "1.00" })); // not before the next snapshot
    expect(await told()).toEqual([]);
    show([to(1, "Thun"), to(2, "Bern")]);
    expect(await told()).toEqual([gone("1")]);
  });

  test("is not told of what came and went before they looked, nor of what they do not see", async () => {
    const seen = follow({ where: inBern, show: ({ price: _price, ...rest }) => rest });
    seen.show([to(1, "Bern", { price: "1.00" })]);
    seen.tell("2", to(2, "Bern"));
    seen.tell("2", null);
    expect(await seen.told()).toEqual([{ id: "1", document: to(1, "Bern") }]);
    seen.tell("1", to(1, "Bern", { price: "2.00" }));
    expect(await seen.told()).toEqual([]);
  });
});

describe("A document that cannot be read", () => {
  test("stands as it was told, for whoever was told of it", async () => {
    for (const isGuarded of [false, true]) {
      const { subscriber, show, told } = follow({ isGuarded });
      show([to(1, "Bern"), to(2, "Bern")]);
      await told();
      subscriber.doubt();
      show([to(2, "Bern")], ["1"]);
      expect(await told()).toEqual([]);
      subscriber.doubt();
      show([to(2, "Bern")]);
      expect(await told()).toEqual([gone("1")]);
    }
  });

  test("is not told to be gone to who asks for it and may see all", async () => {
    const { show, told } = follow({ ids: ["1", "2"] });
    show([], ["1"]);
    expect(await told()).toEqual([gone("2")]);
  });

  test("is as one that is not there, for who may not see all: nothing tells whether it would be theirs", async () => {
    const { show, told } = follow({ ids: ["1", "2"], isGuarded: true });
    show([], ["1"]);
    expect([...(await told())].sort((a, b) => a.id.localeCompare(b.id))).toEqual([gone("1"), gone("2")]);
  });
});

test("who follows some ids is told of no other, and leaves once", async () => {
  let left = 0;
  const { subscriber, show, tell, told } = follow({ ids: ["1"] }, () => {
    left += 1;
  });
  show([to(1, "Bern"), to(2, "Bern")]);
  tell("2", to(2, "Thun"));
  expect(await told()).toEqual([{ id: "1", document: to(1, "Bern") }]);
  await subscriber.return();
  await subscriber.return();
  expect(left).toBe(1);
  expect((await subscriber.next()).done).toBe(true);
});
