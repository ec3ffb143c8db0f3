import { describe, expect, test } from "vitest";
import { defineCube } from "../../../src/models/cube.ts";
import { int, link, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { defineProcedure } from "../../../src/models/procedure.ts";
import type { Domain } from "../../../src/models/project.ts";
import { domainOf, modelOf, procedureOf, projectOf } from "./definitions.ts";

describe("A definition is refused", () => {
  test.each([
    ["Shop", /must be lower case/],
    ["../shop", /must be lower case/],
  ])("when its domain is called %s", (name, message) => {
    expect(() => projectOf(domainOf(name))).toThrow(message);
  });

  test.each([
    ["Sales", /name of import Sales must be lower case/],
    ["a:b", /name of import a:b must be lower case/],
    ["s".repeat(53), /at most 56 characters together/],
  ])("when an import of it is called %s", (name, message) => {
    const files = [{ file: "a.csv", staging: "staging_a", columns: { A: "a" } }];
    expect(() => projectOf(domainOf("shop", { imports: { [name]: { files, procedures: [] } } }))).toThrow(
      message,
    );
    expect(() => projectOf(domainOf("shop", { imports: { none: { files: [], procedures: [] } } }))).toThrow(
      /import none has no files/,
    );
  });

  test("when a rule has the number of an error of the server's", () => {
    const rules = { 1205: { code: "NO", description: "No." } };
    expect(() => projectOf(domainOf("shop", { rules }))).toThrow(/rule 1205 is not between 10000 and 65535/);
  });

  test("when it would hide what is derived beside it", () => {
    const fields = (name: string) => ({ id: int("Id."), [name]: int("N.", { filter: true }) });
    const base = { name: "a", typeName: "A", description: "A.", key: "id" } as const;
    expect(() => defineModel({ ...base, fields: fields("not") })).toThrow(/"not" cannot be a filter/);
    const cube = (name: string) => () =>
      defineCube({ ...base, fields: fields(name), dimensions: [name as "id"], measures: {} });
    expect(cube("level")).toThrow(/each row has a field "level" already/);
    expect(() => defineProcedure({ ...procedureOf("a"), result: { token: string("Text.") } })).toThrow(
      /"token" already/,
    );
  });
});

describe("A domain that uses others", () => {
  const day = modelOf("day", "Day");
  const sale = defineModel({
    name: "sale",
    typeName: "Sale",
    description: "A sale.",
    key: "saleId",
    fields: { saleId: int("Number."), dayId: int("Day."), day: link("day", { key: "dayId" }) },
  });
  const calendar = domainOf("calendar", { models: [day] });

  test("comes after them, whatever the order of the project file", () => {
    const names = (...domains: readonly Domain[]) => projectOf(...domains).domains.map(({ name }) => name);
    const shop = domainOf("shop", { uses: ["calendar"], models: [sale] });
    expect(names(shop, calendar)).toEqual(["calendar", "shop"]);
    expect(names(domainOf("b"), shop, domainOf("a"), calendar)).toEqual(["b", "calendar", "shop", "a"]);
  });

  test("may link to their models, and to no others", () => {
    const shop = domainOf("shop", { models: [sale] });
    expect(() => projectOf(calendar, shop)).toThrow(
      'sale: link "day" leads to day of domain calendar, which domain shop does not use. Say so: uses: ["calendar"].',
    );
    const between = domainOf("between", { uses: ["calendar"] });
    expect(() => projectOf(calendar, between, { ...shop, uses: ["between"] })).toThrow(/does not use/);
  });

  test("must know them, and must not be used by them", () => {
    expect(() => projectOf(domainOf("shop", { uses: ["calender"] }), calendar)).toThrow(
      "Domain shop uses calender, which is no domain of this project. Add it to the project's domains, or take it out of `uses`.",
    );
    expect(() =>
      projectOf(
        domainOf("a", { uses: ["b"] }),
        domainOf("b", { uses: ["c"] }),
        domainOf("c", { uses: ["b"] }),
      ),
    ).toThrow("Domains use each other in a circle: b → c → b.");
    expect(() => projectOf(domainOf("a", { uses: ["a"] }))).toThrow("a → a");
  });
});
