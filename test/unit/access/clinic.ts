import { type Access, claim } from "../../../src/models/access.ts";
import { average, count, countDistinct, defineCube, sum } from "../../../src/models/cube.ts";
import { date, decimal, int, link, list, object, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { defineProcedure } from "../../../src/models/procedure.ts";
import { defineProject, type Project } from "../../../src/models/project.ts";

const patients = defineModel({
  name: "patients",
  typeName: "Patient",
  description: "Who is treated.",
  key: "patientId",
  fields: {
    patientId: int("Number."),
    fullName: string("Name.", { pii: true, filter: true, formerly: "surname" }),
    phone: string("Telephone.", { pii: true, nullable: true }),
    aliases: list("Other names.", string("One.", { pii: true })),
    ward: string("Ward.", { filter: true, formerly: "station" }),
    doctorId: int("Who treats them.", { filter: true }),
    contact: object("PatientContact", "Whom to call.", {
      relation: string("What they are to the patient."),
      mobile: string("Telephone.", { pii: true }),
      doctorId: int("Their own doctor."),
      doctor: link("doctors", { key: "doctorId" }),
    }),
    visits: list(
      "When they were here.",
      object("PatientVisit", "One visit.", {
        seenOn: date("Day."),
        billId: int("Bill."),
        bill: link("bills", { key: "billId" }),
        note: string("What was said.", { pii: true }),
      }),
    ),
    doctor: link("doctors", { key: "doctorId" }),
    emergency: link("doctors", { key: "contact.doctorId" }),
  },
});

const doctors = defineModel({
  name: "doctors",
  typeName: "Doctor",
  description: "Who treats.",
  key: "doctorId",
  fields: { doctorId: int("Number."), title: string("Title.", { filter: true }) },
});

const bills = defineModel({
  name: "bills",
  typeName: "Bill",
  description: "What it costs.",
  key: "billId",
  fields: {
    billId: int("Number."),
    patientId: int("Whose.", { filter: true }),
    amount: decimal("Money.", 2, { filter: true }),
    patient: link("patients", { key: "patientId" }),
  },
});

const stays = defineCube({
  name: "stays",
  typeName: "Stay",
  description: "Nights in the house.",
  key: "stayId",
  fields: {
    stayId: int("Number."),
    patientId: int("Whose.", { filter: true }),
    ward: string("Ward.", { filter: true, formerly: "station" }),
    begunOn: date("Day.", { filter: true }),
    diagnosis: string("What they had.", { filter: true, pii: true }),
    currency: string("Of the price.", { filter: true }),
    nights: int("Nights.", { filter: true }),
    price: decimal("Money.", 2, { filter: true }),
    patient: link("patients", { key: "patientId" }),
  },
  dimensions: ["stayId", "patientId", "ward", "begunOn", "diagnosis", "currency"],
  measures: {
    stays: count("Stays."),
    nights: sum("nights", "Nights."),
    revenue: sum("price", "Money.", { requires: ["currency"] }),
    patients: countDistinct("patientId", "People."),
    illnesses: countDistinct("diagnosis", "Kinds of illness."),
    averageNights: average("nights", "stays", 2, "Nights per stay."),
    averagePrice: average("revenue", "stays", 2, "Money per stay."),
  },
  people: "patients",
  rollups: [
    { by: ["ward", "begunOnMonth", "currency"], measures: ["nights", "revenue", "averageNights"] },
    { by: ["patientId", "ward"], measures: ["nights", "patients"] },
  ],
  conversion: { currency: "currency", date: "begunOn", rates: "rates", scale: 2 },
});

const rates = defineModel({
  name: "rates",
  typeName: "Rate",
  description: "Of currencies.",
  key: "rateId",
  fields: {
    rateId: int("Number."),
    currencyFrom: string("From.", { filter: true }),
    currencyTo: string("To.", { filter: true }),
    date: date("Day.", { filter: true }),
    rate: decimal("Worth.", 4),
  },
});

const book = defineProcedure({
  name: "book_visit",
  description: "Books a visit.",
  kind: "mutation",
  arguments: { patientId: int("Who."), day: date("When.") },
  result: {
    visitId: int("Number."),
    patient: link("patients", { key: "patientId" }),
    booked: link("bills", { key: "visitId" }),
  },
});

const look = defineProcedure({
  name: "look_up",
  description: "Reads.",
  kind: "query",
  arguments: { patientId: int("Who.") },
  result: { bill: link("bills", { key: "patientId" }) },
});

/** A house with people in it: a field, a link and a measure of every kind that roles tell apart. */
export const clinicOf = (roles: Access["roles"]): Project =>
  defineProject({
    sql: "sql",
    domains: [
      {
        name: "clinic",
        description: "A house.",
        models: [patients, doctors, bills, stays, rates],
        procedures: [book, look],
        captured: [],
        examples: "examples/clinic",
        access: { roles },
      },
      { name: "kitchen", description: "Another.", models: [], captured: [] },
    ],
  });

/** A rule by a claim, as most are. */
export const ownPatient = { patientId: { eq: claim("patient_id") } } as const;
