import fc from "fast-check";
import { expect, test } from "vitest";
import { atMoment, entityIdOf, isChange, parseEntityId } from "../../../src/graphql/entity-ids.ts";

const typeName = fc.stringMatching(/^[A-Z][A-Za-z0-9]{0,20}$/);
const moment = fc.oneof(
  fc.constant(undefined),
  fc.integer({ min: 0 }).map(String),
  fc
    .date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
    .map((d) => d.toISOString()),
);

test("an id is read back as what it was made of, whatever the key holds", () => {
  fc.assert(
    fc.property(typeName, fc.string({ unit: "binary" }), moment, (type, key, at) => {
      const present = { code: key };
      const id = entityIdOf(type, "code", at === undefined ? present : atMoment(present, at));
      expect(parseEntityId(id)).toEqual({ typeName: type, key, moment: at });
    }),
  );
});

test("ids differ where type, key or moment do", () => {
  const one = fc.record({ type: typeName, key: fc.string({ maxLength: 5 }), at: moment });
  const idOf = ({ type, key, at }: { type: string; key: string; at: string | undefined }) =>
    entityIdOf(type, "k", at === undefined ? { k: key } : atMoment({ k: key }, at));
  fc.assert(
    fc.property(one, one, (a, b) => {
      const isSame = a.type === b.type && a.key === b.key && a.at === b.at;
      expect(idOf(a) === idOf(b)).toBe(isSame);
    }),
  );
});

test("a document of the past is as it was, but for its id", () => {
  const present = { orderId: 12, items: [1] };
  const past = atMoment(present, "5");
  expect(Object.entries(past)).toEqual(Object.entries(present));
  expect(JSON.stringify(past)).toBe(JSON.stringify(present));
  expect(entityIdOf("Order", "orderId", present)).toBe("Order:12");
});

test("the number of a change is told from a moment", () => {
  expect([isChange("0"), isChange("1772280000123456"), isChange("2026-02-28T12:00:00.000Z")]).toEqual([
    true,
    true,
    false,
  ]);
});
