import { describe, expect, test } from "vitest";
import { compileEncoder } from "../../../src/exports/json-text.ts";
import { createSchema } from "../../../src/graphql/schema.ts";
import { type EnumerationField, enumeration, int, textsOf } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { defineProcedure } from "../../../src/models/procedure.ts";
import { defineProject } from "../../../src/models/project.ts";
import { compileBsonCodec } from "../../../src/stores/conversion/bson.ts";
import { compileRowReader } from "../../../src/stores/conversion/document-row.ts";
import { extendsShape } from "../../../src/stores/mongodb/extends-shape.ts";
import { shapeText } from "../../../src/stores/mongodb/mirror-schema.ts";

const fate = {
  underway: { text: "on its way", description: "Not there yet." },
  lost: "Nobody knows where it is.",
};
const modelOf = (field: EnumerationField, name = "crate", typeName = "Crate") =>
  defineModel({
    name,
    typeName,
    description: "A crate.",
    key: "crateId",
    fields: { crateId: int("Number."), fate: field },
  });
const crateFate = enumeration("CrateFate", "What became of it.", fate, { nullable: true });
const crate = modelOf(crateFate);
const judge = defineProcedure({
  name: "judge_crate",
  description: "Says what became of it.",
  kind: "mutation",
  arguments: { fate: crateFate },
  result: { fate: crateFate },
});

describe("A closed set", () => {
  test("names each value as its text, or as it is told where GraphQL has no such name", () => {
    expect(textsOf(crate.fields.fate)).toEqual(["on its way", "lost"]);
    const project = defineProject({
      sql: "sql",
      domains: [{ name: "a", description: "A.", models: [crate], captured: [], procedures: [judge] }],
    });
    const schema = createSchema(project);
    expect(schema.getType("CrateFate")?.toConfig()).toMatchObject({
      values: { underway: { value: "on its way" }, lost: { value: "lost" } },
    });
    const procedure = schema.getMutationType()?.getFields().judgeCrate;
    expect(procedure?.args.map(({ type }) => String(type))).toEqual(["CrateFate"]);
    expect(schema.getType("JudgeCrateResult")?.toConfig()).toMatchObject({
      fields: { fate: { type: schema.getType("CrateFate") } },
    });
  });

  test.each([
    ["no values", {}, /has no values/],
    ["a text that is no name", { "on its way": "On its way." }, /"on its way" cannot be a name in GraphQL/],
    ["a name that GraphQL keeps for itself", { true: "Yes." }, /"true" cannot be a name/],
    [
      "one text twice",
      { lost: "Lost.", gone: { text: "lost", description: "Gone." } },
      /the text "lost" twice/,
    ],
  ])("with %s is refused", (_what, values, message) => {
    expect(() => enumeration("CrateFate", "Fate.", values)).toThrow(message);
  });

  test("of one name with other values in another model is refused", () => {
    const box = modelOf(enumeration("CrateFate", "What became of it.", { lost: "Lost." }), "box", "Box");
    const project = {
      sql: "sql",
      domains: [{ name: "a", description: "A.", models: [crate, box], captured: [] }],
    };
    expect(() => createSchema(defineProject(project))).toThrow(
      /crate and domain a.s model box both make the GraphQL type CrateFate/,
    );
  });

  test("makes a document with another text invalid, by field and value, from either store", () => {
    const read = (fate: string | null) =>
      compileRowReader(crate).read({ crate_id: 1, fate }, ["crateId", "fate"], "1");
    const codec = compileBsonCodec(crate);
    for (const value of ["on its way", "lost", null]) {
      expect(read(value)).toEqual({ crateId: 1, fate: value });
      expect(codec.fromBson({ crateId: 1, fate: value })).toEqual({ crateId: 1, fate: value });
    }
    for (const wrong of ["Lost", "underway", ""]) {
      const refused = expect.objectContaining({
        code: "DOCUMENT_INVALID",
        message: `crate 1: fate is ${JSON.stringify(wrong)}, which is none of its values: on its way, lost.`,
      });
      expect(() => read(wrong)).toThrow(refused);
      expect(() => codec.fromBson({ _id: 1, crateId: 1, fate: wrong })).toThrow(refused);
    }
  });

  test("keeps what may be personal out of the message", () => {
    const secret = modelOf(enumeration("CrateFate", "Fate.", fate, { pii: true }));
    expect(() => compileRowReader(secret).read({ crate_id: 1, fate: "Ada" }, ["fate"], "1")).toThrow(
      /fate is a text, which/,
    );
  });

  test("is exported as its text", () => {
    expect(compileEncoder(crate.fields, "relaxed")({ crateId: 1, fate: "on its way" })).toBe(
      '{"crateId":1,"fate":"on its way"}',
    );
  });

  test("with other texts is another shape, which readers of the one before do not know; their order is none", () => {
    const shape = (values: Parameters<typeof enumeration>[2]) =>
      shapeText(modelOf(enumeration("CrateFate", "Fate.", values)));
    const now = shape(fate);
    expect(shape({ lost: "Gone.", underway: fate.underway })).toBe(now);
    for (const other of [
      { ...fate, burnt: "Ashes." },
      { lost: "Lost." },
      { ...fate, underway: "Other text." },
    ]) {
      expect(extendsShape(shape(other), now)).toBe(false);
      expect(extendsShape(now, shape(other))).toBe(false);
    }
  });
});
