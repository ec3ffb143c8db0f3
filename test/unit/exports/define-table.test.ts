import { expect, test } from "vitest";
import { defineTable } from "../../../src/exports/define-table.ts";
import { bigint, dateTime, decimal, enumeration, list, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";

const model = defineModel({
  name: "parcels",
  typeName: "Parcel",
  description: "A parcel; it's wrapped.",
  key: "parcelId",
  fields: {
    parcelId: string("Number."),
    value: decimal("Value.", 2),
    weight: decimal("Weight.", 3, { nullable: true }),
    label: string(`Label: ${"é".repeat(200)}`, { nullable: true }),
    remark: string("Remark."),
    sentAt: dateTime("When.", { nullable: true }),
    state: enumeration("ParcelState", "Where it is.", { here: "Here.", gone: "Gone." }),
    events: list("What happened.", string("Event.")),
    stamp: bigint("Stamp."),
  },
});
const widths = new Map([
  ["parcel_id", { letters: 12 }],
  ["value", { digits: 38 }],
  ["weight", { digits: 9 }],
  ["label", { letters: 80 }],
  ["remark", { letters: 4_294_967_295 }],
]);

test("Db2 has names in upper case, 31 digits, texts by their length and comments of 254 bytes", () => {
  expect(defineTable(model, "db2", widths).split("\n")).toEqual([
    'create table "PARCELS" (',
    '    "PARCEL_ID" varchar(12 codeunits32) not null,',
    '    "VALUE" decimal(31, 2) not null,',
    '    "WEIGHT" decimal(9, 3),',
    '    "LABEL" varchar(80 codeunits32),',
    '    "REMARK" clob(16m) not null,',
    '    "SENT_AT" timestamp(3),',
    '    "STATE" varchar(4 codeunits32) not null,',
    '    "EVENTS" clob(16m) not null,',
    '    "STAMP" bigint not null,',
    "    check (\"STATE\" in ('here', 'gone')),",
    '    primary key ("PARCEL_ID")',
    ");",
    "comment on table \"PARCELS\" is 'A parcel; it''s wrapped.';",
    'comment on column "PARCELS"."PARCEL_ID" is \'Number.\';',
    'comment on column "PARCELS"."VALUE" is \'Value.\';',
    'comment on column "PARCELS"."WEIGHT" is \'Weight.\';',
    `comment on column "PARCELS"."LABEL" is 'Label: ${"é".repeat(123)}';`,
    'comment on column "PARCELS"."REMARK" is \'Remark.\';',
    'comment on column "PARCELS"."SENT_AT" is \'When.\';',
    'comment on column "PARCELS"."STATE" is \'Where it is.\';',
    'comment on column "PARCELS"."EVENTS" is \'What happened.\';',
    'comment on column "PARCELS"."STAMP" is \'Stamp.\';',
    "",
  ]);
});

test("without widths nothing is too narrow, and the key can still be one", () => {
  const find = (dialect: "postgres" | "mariadb", name: string) =>
    defineTable(model, dialect, new Map())
      .split("\n")
      .find((line) => line.includes(name))
      ?.trim();
  expect(find("mariadb", "`parcel_id` ")).toBe("`parcel_id` varchar(255) not null comment 'Number.',");
  expect(find("mariadb", "`remark`")).toBe("`remark` longtext not null comment 'Remark.',");
  expect(find("mariadb", "`value`")).toBe("`value` decimal(65, 2) not null comment 'Value.',");
  expect(find("postgres", '"value" ')).toBe('"value" numeric(65, 2) not null,');
  expect(find("postgres", '"events" ')).toBe('"events" json not null,');
});
