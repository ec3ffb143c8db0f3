import { expect, test } from "vitest";
import { toMatrix } from "../../../src/access/access-matrix.ts";
import { describeAccess, describeRule } from "../../../src/access/describe-access.ts";
import { claim } from "../../../src/models/access.ts";
import { clinicOf, ownPatient } from "./clinic.ts";

const project = clinicOf({
  nurse: {
    description: "Who cares.",
    personal: { mask: "last4" },
    leastGroup: 3,
    limits: { first: 50 },
    documents: "trusted",
    models: {
      patients: { where: ownPatient, except: ["ward", "visits.billId", "contact"], history: true },
      stays: { except: ["begunOn", "averageNights"] },
    },
    procedures: { book_visit: { arguments: { patientId: claim("patient_id") } } },
  },
  cook: { description: "Who cooks.", models: { doctors: true, stays: { facts: true } } },
});

test("A role is described by what it sees and what it does not", () => {
  const [nurse] = describeAccess(project);
  expect(nurse).toMatchObject({
    role: "nurse",
    domains: [
      {
        ...{ domain: "clinic", personal: "shown by their last four characters", runs: false },
        ...{ limits: { first: 50 }, documents: "trusted" },
        models: [
          {
            model: "patients",
            rows: "patientId = claim patient_id",
            hidden: ["ward", "contact", "visits.billId"],
            lostLinks: ["visits.bill", "doctor", "emergency"],
            history: true,
            leastGroup: 1,
          },
          {
            model: "stays",
            rows: null,
            // Of a date's periods nothing is said beside the date; nothing is asked by the key, as there is a least group.
            hidden: ["stayId", "begunOn", "diagnosis", "illnesses", "averageNights"],
            facts: false,
            leastGroup: 3,
          },
        ],
        procedures: [
          { procedure: "book_visit", fixed: [{ argument: "patientId", value: "claim patient_id" }] },
        ],
      },
    ],
  });
  const masked = nurse?.domains[0]?.models[0]?.masked.map(({ field }) => field);
  expect(masked).toEqual(["fullName", "phone", "aliases", "visits.note"]);
});

test("The matrix has a row for what any role has, and says who has nothing of it", () => {
  expect(toMatrix(describeAccess(project))).toEqual([
    { domain: "clinic", what: "doctors", byRole: { nurse: "–", cook: "all" } },
    {
      domain: "clinic",
      what: "patients",
      byRole: { nurse: "some rows, some fields, masked, past", cook: "–" },
    },
    {
      domain: "clinic",
      what: "stays",
      byRole: { nurse: "some fields, 3 people", cook: "some fields, facts" },
    },
    { domain: "clinic", what: "book_visit()", byRole: { nurse: "call, patientId fixed", cook: "–" } },
  ]);
});

test("A rule is told as people read it", () => {
  const rule = {
    ward: { in: ["A", "B"], isNull: false },
    or: [{ nights: { gt: 2 } }, { not: { patientId: { ne: claim("id") } } }],
  };
  expect(describeRule(rule)).toBe(
    'ward in ("A", "B") and ward has a value and (nights > 2 or not (patientId ≠ claim id))',
  );
});
