import { type GraphQLSchema, printSchema } from "graphql";
import { describe, expect, test } from "vitest";
import { projectForRole } from "../../../src/access/project-for-role.ts";
import { createSchema } from "../../../src/graphql/schema.ts";
import type { RoleAccess } from "../../../src/models/access.ts";
import type { CubeModel } from "../../../src/models/cube.ts";
import { clinicOf, ownPatient } from "./clinic.ts";

const shownTo = (role: Omit<RoleAccess, "description">) =>
  projectForRole(clinicOf({ one: { description: "One.", ...role } }), "one");
const schemaOf = (role: Omit<RoleAccess, "description">): GraphQLSchema =>
  createSchema(shownTo(role).project);
const fieldsOf = (schema: GraphQLSchema, type: string): readonly string[] => {
  const found = schema.getType(type);
  return found && "getFields" in found ? Object.keys(found.getFields()) : [];
};
const valuesOf = (schema: GraphQLSchema, type: string): readonly string[] => {
  const found = schema.getType(type);
  return found && "getValues" in found ? found.getValues().map(({ name }) => name) : [];
};

describe("A role", () => {
  test("that no domain declares is refused", () => {
    expect(() => projectForRole(clinicOf({}), "toString")).toThrow(/role/);
  });

  test("to whom all is shown has the schema of those whom nobody asks", () => {
    const all = { models: "all", procedures: "all", personal: "shown", runs: true } as const;
    expect(printSchema(schemaOf(all))).toBe(printSchema(createSchema(clinicOf({}))));
  });

  test("has nothing that it does not name, links included", () => {
    const schema = schemaOf({ models: { bills: true } });
    expect(printSchema(schema)).not.toMatch(
      /patients?\b|Patient\b|Doctor|Stay|Rate|book|kitchen|runs|`?asOf`?:|History/,
    );
    expect(fieldsOf(schema, "Bill")).toEqual(["id", "billId", "patientId", "amount"]);
  });
});

describe("Fields", () => {
  test("that are personal are absent at any depth unless the role has them shown", () => {
    const schema = schemaOf({ models: { patients: true } });
    expect(printSchema(schema)).not.toMatch(/fullName|surname|phone|aliases|mobile|note|FULL_NAME/);
    expect(fieldsOf(schema, "PatientWhere")).toEqual([
      ...["patientId", "ward", "station", "doctorId", "and", "or", "not"],
    ]);
  });

  test("that are masked are no filters, and may be null", () => {
    const { rights } = shownTo({ models: { patients: { personal: { mask: "last4" } } } });
    expect(rights.get("patients")?.masks.map(({ path }) => path.join("."))).toEqual([
      ...["fullName", "phone", "aliases", "contact.mobile", "visits.note"],
    ]);
    const schema = schemaOf({ models: { patients: { personal: { mask: "last4" } } } });
    expect(fieldsOf(schema, "Patient")).toContain("fullName");
    expect(fieldsOf(schema, "PatientWhere")).not.toContain("fullName");
    expect(valuesOf(schema, "PatientOrderBy").join()).not.toMatch(/FULL_NAME/);
  });

  test("go by `except` into objects and lists, and take the links over them with them", () => {
    const except = ["contact.doctorId", "visits.billId", "doctorId"];
    const models = { patients: { except, personal: "shown" }, doctors: true, bills: true } as const;
    const schema = schemaOf({ models });
    expect(fieldsOf(schema, "Patient")).not.toContain("emergency");
    expect(fieldsOf(schema, "Patient")).not.toContain("doctor");
    expect(fieldsOf(schema, "PatientContact")).toEqual(["relation", "mobile"]);
    expect(fieldsOf(schema, "PatientVisit")).toEqual(["seenOn", "note"]);
  });

  test("stay by `only`, the key always among them", () => {
    const schema = schemaOf({ models: { patients: { only: ["ward"] } } });
    expect(fieldsOf(schema, "Patient")).toEqual(["id", "patientId", "ward", "station"]);
  });

  test("an object of which nothing is left is gone", () => {
    const except = ["contact.relation", "contact.doctorId"];
    expect(printSchema(schemaOf({ models: { patients: { except } } }))).not.toMatch(/contact/i);
  });
});

test("The past is there where a role has it, and nowhere else", () => {
  const schema = schemaOf({ models: { bills: { history: true }, doctors: true } });
  const arguments_ = (field: string) =>
    schema
      .getQueryType()
      ?.getFields()
      [field]?.args.map(({ name }) => name);
  expect(arguments_("bill")).toContain("asOf");
  expect(arguments_("doctor")).not.toContain("asOf");
  expect(arguments_("billHistory")).toBeDefined();
  expect(arguments_("doctorHistory")).toBeUndefined();
  const described = (type: string, field: string) => {
    const found = schemaOf({ models: { patients: { history: true }, doctors: true } }).getType(type);
    return found && "getFields" in found ? found.getFields()[field]?.description : undefined;
  };
  expect(described("Patient", "doctor")).toMatch(/no earlier state is there for you: an error under `asOf`/);
  expect(described("PatientContact", "doctor")).toMatch(/no earlier state/);
  const present = printSchema(schemaOf({ models: { patients: true, doctors: true } }));
  expect(present).not.toMatch(/earlier state/);
});

describe("Cubes", () => {
  const cubeOf = (role: Omit<RoleAccess, "description">) =>
    shownTo(role).rights.get("stays")?.shown as CubeModel;

  test("have no dimension, measure, filter or roll-up of a personal field, nor their facts", () => {
    const schema = schemaOf({ models: { stays: true } });
    expect(printSchema(schema)).not.toMatch(/diagnosis|illnesses|DIAGNOSIS|facts: Stay|StayFact\b/);
    expect(valuesOf(schema, "StayDimension")).toContain("BEGUN_ON_MONTH");
  });

  test("have no condition and no dimension by their key where there is a least group: it picks single facts", () => {
    const asked = (leastGroup: number) => {
      const schema = schemaOf({ models: { stays: true }, leastGroup });
      return [...fieldsOf(schema, "StayWhere"), ...valuesOf(schema, "StayDimension")];
    };
    expect(asked(1)).toContain("stayId");
    expect(asked(1)).toContain("STAY_ID");
    expect(asked(5).filter((name) => /stay_?id/i.test(name))).toEqual([]);
    expect(asked(5)).toEqual(asked(1).filter((name) => !/stay_?id/i.test(name)));
  });

  test("a measure goes with the dimension that it requires, an average with its parts", () => {
    const { measures } = cubeOf({ models: { stays: { except: ["currency"] } } }).cube;
    expect(Object.keys(measures)).toEqual(["stays", "nights", "patients", "averageNights"]);
    const only = { stays: { only: ["ward", "averageNights", "nights"] } };
    expect(Object.keys(cubeOf({ models: only }).cube.measures)).toEqual(["nights"]);
  });

  test("a roll-up stays where its name hides nothing and it tells of the rule's rows, and of people", () => {
    const namesOf = (role: Omit<RoleAccess, "description">) =>
      cubeOf(role).cube.rollUps.map(({ name }) => name);
    const both = ["stays_by_ward_begun_on_month_currency", "stays_by_patient_id_ward"];
    expect(namesOf({ models: { stays: true } })).toEqual(both);
    expect(namesOf({ models: { stays: { except: ["currency"] } } })).toEqual([both[1]]);
    expect(namesOf({ models: { stays: { where: ownPatient } } })).toEqual([both[1]]);
    expect(namesOf({ models: { stays: true }, leastGroup: 5 })).toEqual([both[1]]);
  });

  test("money converts where the rates are there", () => {
    const convertTo = (models: RoleAccess["models"] & object, leastGroup = 1) =>
      schemaOf({ models, leastGroup })
        .getQueryType()
        ?.getFields()
        .stay?.args.some(({ name }) => name === "convertTo");
    expect(convertTo({ stays: true })).toBe(false);
    expect(convertTo({ stays: true, rates: { except: ["rate"] } })).toBe(false);
    expect(convertTo({ stays: true, rates: true })).toBe(true);
    expect(convertTo({ stays: true, rates: true }, 5)).toBe(false);
  });

  test("roll-ups are documents of their own only to whom the facts are shown", () => {
    const modelsOf = (facts: boolean) =>
      shownTo({ models: { stays: { facts } } }).project.domains[0]?.models.map(({ name }) => name);
    expect(modelsOf(false)).toEqual(["stays"]);
    expect(modelsOf(true)).toHaveLength(3);
  });
});

test("A procedure has no argument that is fixed, nor a link over it", () => {
  const schema = schemaOf({
    models: { patients: true, bills: true },
    procedures: { book_visit: { arguments: { patientId: 1 } }, look_up: { arguments: { patientId: 1 } } },
  });
  expect(
    schema
      .getMutationType()
      ?.getFields()
      .bookVisit?.args.map(({ name }) => name),
  ).toEqual(["day"]);
  expect(fieldsOf(schema, "BookVisitResult")).toEqual(["visitId", "booked", "token"]);
  expect(schema.getQueryType()?.getFields().lookUp).toBeUndefined();
});
