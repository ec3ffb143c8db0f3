import { describe, expect, test } from "vitest";
import { claim, type ModelAccess, type RoleAccess, type RowRule } from "../../../src/models/access.ts";
import { average, count, countDistinct, defineCube, sum } from "../../../src/models/cube.ts";
import { boolean, type Fields, int, object, string } from "../../../src/models/field.ts";
import { type DocumentModel, defineModel } from "../../../src/models/model.ts";
import { defineProject } from "../../../src/models/project.ts";
import { clinicOf, ownPatient } from "./clinic.ts";

const problemOf = (role: Partial<RoleAccess>, name = "one"): string => {
  try {
    clinicOf({ [name]: { description: "One.", ...role } });
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};
const ruleProblem = (where: unknown) => problemOf({ models: { bills: { where: where as RowRule } } });

describe("A role is refused at start, with the remedy, for", () => {
  test.each<[string, Partial<RoleAccess>, string]>([
    ["a model that there is not", { models: { bill: true } }, "no model bill. There are patients, doctors"],
    ["a roll-up", { models: { stays_by_patient_id_ward: true } }, "no model stays_by_patient_id_ward"],
    ["a field that there is not", { models: { bills: { except: ["sum"] } } }, "except names sum"],
    ["a nested one", { models: { patients: { except: ["visits.day"] } } }, "except names visits.day"],
    ["a dimension that there is not", { models: { stays: { only: ["day"] } } }, "only names day"],
    ["a hidden key", { models: { bills: { except: ["billId"] } } }, "except names billId, the key"],
    [
      "a personal field that it names and may not see",
      { models: { patients: { only: ["fullName"] } } },
      'fullName, which is personal and hidden. Say personal: "shown"',
    ],
    [
      "a list that can be no null",
      { models: { patients: true }, personal: { mask: "null" } },
      "aliases is a list, which is never null",
    ],
    ["facts of what is no cube", { models: { bills: { facts: true } } }, "facts is for cubes only"],
    [
      "a procedure that there is not",
      { procedures: { book: true } },
      "no procedure book. There are book_visit",
    ],
    [
      "an argument that there is not",
      { procedures: { book_visit: { arguments: { patient: 1 } } } },
      "argument patient is none of its arguments: patientId, day",
    ],
    [
      "an argument of the wrong kind",
      { procedures: { book_visit: { arguments: { patientId: "7" } } } },
      'argument patientId: "7" is no int',
    ],
    ["a least group of nobody", { models: { bills: true }, leastGroup: 5 }, "leastGroup holds for no cube"],
    ["a least group beside facts", { models: "all", leastGroup: 5 }, "stays shows its facts"],
    ["half a person", { models: { stays: true }, leastGroup: 1.5 }, "leastGroup must be a whole number"],
    [
      "a cube of which nothing is left",
      { models: { stays: { only: ["ward"] } } },
      "no measure of stays is left. Show one, or leave the cube out.",
    ],
  ])("%s", (_what, role, said) => {
    expect(problemOf(role)).toContain(said);
  });

  test("a name that is none", () => expect(problemOf({}, "One role")).toContain("must be lower case"));
});

describe("A rule is refused at start for", () => {
  test.each<[string, unknown, string]>([
    [
      "what is no field",
      { owner: { eq: 1 } },
      "there is no such field. There are the filters billId, patientId",
    ],
    ["nothing", {}, "where is empty"],
    ["an empty list of rules", { or: [] }, "where.or must be a list of rules, one at least"],
    ["a value without an operator", { patientId: 7 }, 'must have a condition such as { eq: claim("name") }'],
    ["a claim without an operator", { patientId: claim("a") }, "must have a condition"],
    ["an operator that there is not", { patientId: { contains: 7 } }, "there is no contains for a int"],
    ["a value of another kind", { not: { patientId: { eq: "7" } } }, 'where.not.patientId.eq: "7" is no int'],
    ["money as a number", { amount: { gt: 12.5 } }, "decimal as text with 2 digits"],
    ["a claim without a name", { patientId: { eq: claim("") } }, "no name of a claim"],
    ["one value where many are asked", { patientId: { in: 7 } }, "must be a list, or a claim that is one"],
  ])("%s", (_what, rule, said) => expect(ruleProblem(rule)).toContain(said));

  test("a field that is no filter, and says which are", () => {
    const where = { phone: { eq: "1" } };
    const problem = problemOf({ models: { patients: { where } } });
    expect(problem).toContain("Domain clinic, role one: patients: where.phone: is no filter");
    expect(problem).toContain("Say filter: true of the field, or use patientId, fullName, ward, doctorId");
  });

  test("nothing, when it is in the language of `where`, personal and hidden fields included", () => {
    const where: RowRule = {
      or: [{ fullName: { in: claim("names") } }, { not: { ward: { isNull: true } } }],
      patientId: { ...ownPatient.patientId, ne: 0 },
    };
    expect(problemOf({ models: { patients: { where, except: ["ward"] } } })).toBe("");
  });
});

test("All problems of all roles are told at once", () => {
  const problem = problemOf({ models: { a: true, b: true }, procedures: { c: true } });
  expect(problem.split("\n")).toHaveLength(3);
});

describe("Models of a domain of its own are refused where", () => {
  const age = int("Age.", { pii: true });
  const person = (fields: Fields) => object("Person", "A person.", fields);
  const modelOf = (name: string, typeName: string, fields: Fields) =>
    defineModel({
      name,
      typeName,
      description: "A.",
      key: "aId",
      fields: { aId: int("Number."), ...fields },
    });
  const define = (models: readonly DocumentModel[], role: Omit<RoleAccess, "description">) => () =>
    defineProject({
      sql: "sql",
      domains: [
        {
          name: "a",
          description: "A.",
          models,
          access: { roles: { one: { description: "One.", ...role } } },
        },
      ],
    });

  test("the end of what is no text is to be shown, and its null is not", () => {
    const models = [modelOf("a", "A", { age })];
    expect(define(models, { models: "all", personal: { mask: "last4" } })).toThrow(
      'a: age is no text (int), so it has no mask "last4"',
    );
    expect(define(models, { models: "all", personal: { mask: "null" } })).not.toThrow();
  });

  test("two show objects of one type differently", () => {
    const shape = { who: person({ name: string("Name."), town: string("Town.") }) };
    const models = [modelOf("a", "A", shape), modelOf("b", "B", shape)];
    expect(define(models, { models: { a: { except: ["who.town"] }, b: true } })).toThrow(
      "a and b show other fields of Person, which is one type. Say the same of both.",
    );
    expect(define(models, { models: { a: { except: ["who"] }, b: true } })).not.toThrow();
  });

  test("a measure is of other facts than its people, where groups have a least size", () => {
    const paid = { where: { paid: { eq: true } } };
    const cube = defineCube({
      ...{ name: "a", typeName: "A", description: "A.", key: "aId", people: "buyers" },
      fields: {
        aId: int("Number."),
        town: string("Town.", { filter: true }),
        buyer: int("Who.", { filter: true }),
        paid: boolean("Whether it is paid.", { filter: true }),
      },
      dimensions: ["town"],
      measures: {
        buyers: countDistinct("buyer", "Who paid.", paid),
        payments: count("Paid.", paid),
        all: count("Paid or not."),
        large: count("Of some.", { where: { ...paid.where, buyer: { ne: 1 } } }),
        total: sum("buyer", "Of all.", {}),
        mean: average("total", "all", 1, "Of all."),
      },
    });
    const few = (access: true | ModelAccess) => define([cube], { models: { a: access }, leastGroup: 5 });
    expect(few(true)).toThrow(
      "Role one: a: all, large, total count other facts than buyers, so fewer people than the least group may be behind them. Leave them out (except), or give them the `where` of buyers.",
    );
    expect(few({ only: ["town", "payments", "all"] })).toThrow("a: all count other facts than buyers");
    expect(few({ except: ["all", "large", "total"] })).not.toThrow();
    expect(define([cube], { models: { a: true } })).not.toThrow();
  });

  test("a key is personal and not shown", () => {
    const email = string("Address.", { pii: true });
    const model = defineModel({
      ...{ name: "a", typeName: "A", description: "A.", key: "email", fields: { email } },
    });
    expect(define([model], { models: "all" })).toThrow("its key email is personal");
    expect(define([model], { models: "all", personal: "shown" })).not.toThrow();
  });
});
