import {
  bigint,
  date,
  dateTime,
  decimal,
  enumeration,
  link,
  list,
  object,
  string,
} from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";

/** A key of a number and a day. */
export const salaries = defineModel({
  name: "salaries",
  typeName: "Salary",
  description: "What an employee earns from a day on.",
  key: ["empNo", "fromDate"],
  batch: 7,
  fields: {
    empNo: bigint("Whose.", { filter: true }),
    fromDate: date("From when on."),
    amount: decimal("A year.", 2, { filter: true }),
    name: string("Name of the employee.", { nullable: true, filter: true }),
  },
});

/** A key of a text of a closed set, a text that ignores case, with any character, and a moment. */
export const labels = defineModel({
  name: "labels",
  typeName: "Label",
  description: "A label with the entries that bear it.",
  key: ["kind", "name", "validFrom"],
  batch: 5,
  fields: {
    kind: enumeration(
      "LabelKind",
      "What it is on.",
      { shelf: "A shelf.", box: "A box.", odd: { text: "a~b", description: "Neither." } },
      { filter: true },
    ),
    name: string("What it says.", { filter: true }),
    validFrom: dateTime("From when on."),
    note: string("More.", { nullable: true, filter: true }),
    entries: list(
      "The entries.",
      object("LabelEntry", "An entry.", {
        ledgerId: string("Number of the entry."),
        amount: string("How much."),
      }),
    ),
  },
});

/** A key without a sign, up to 2^64 - 1, and a way to what has a key of three columns. */
export const ledgers = defineModel({
  name: "ledgers",
  typeName: "Ledger",
  description: "An entry.",
  key: ["ledgerId"],
  batch: 5,
  fields: {
    ledgerId: decimal("Its number.", 0),
    amount: decimal("How much.", 0, { filter: true }),
    labelKey: string("The label that it bears.", { nullable: true, filter: true }),
    label: link("labels", { key: "labelKey" }),
  },
});

export { devices, longKeys, maps, mixed } from "./odd-models.ts";
