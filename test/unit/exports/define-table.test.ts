import { expect, test } from "vitest";
import { defineTable } from "../../../src/exports/define-table.ts";
import type { DdlDialect } from "../../../src/exports/table-dialects.ts";
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
  ["value", { digits: 38, scale: 2 }],
  ["weight", { digits: 9, scale: 3 }],
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

test("a decimal has the whole digits of its column and the fraction of its field", () => {
  const numbers = defineModel({
    ...{ name: "numbers", typeName: "Number", description: "Numbers.", key: "id" },
    fields: {
      id: bigint("Key."),
      whole: decimal("Of a bigint.", 2),
      part: decimal("Of decimal(3, 3).", 0),
      fine: decimal("Of decimal(60, 2).", 20),
      cut: decimal("Of decimal(12, 6).", 2),
    },
  });
  const columns = new Map([
    ["whole", { digits: 19, scale: 0 }],
    ["part", { digits: 3, scale: 3 }],
    ["fine", { digits: 60, scale: 2 }],
    ["cut", { digits: 12, scale: 6 }],
  ]);
  const types = (dialect: DdlDialect) =>
    ["whole", "part", "fine", "cut"].map(
      (name) =>
        new RegExp(`.${name}. (\\S+(?: \\d+\\))?) not null`, "i").exec(
          defineTable(numbers, dialect, columns),
        )?.[1],
    );
  expect(types("postgres")).toEqual(["numeric(21, 2)", "numeric(1, 0)", "numeric(78, 20)", "numeric(8, 2)"]);
  expect(types("mariadb")).toEqual(["decimal(21, 2)", "decimal(1, 0)", "decimal(65, 20)", "decimal(8, 2)"]);
  const unknown = defineTable(numbers, "db2", new Map());
  expect([unknown.includes('"FINE" decfloat(34)'), unknown.includes('"CUT" decimal(31, 2)')]).toEqual([
    true,
    true,
  ]);
  // Of 31 digits 11 would be whole.
  expect(types("db2")).toEqual(["decimal(21, 2)", "decimal(1, 0)", "decfloat(34)", "decimal(8, 2)"]);
});

test("a key is as wide as ids are, however wide its column is, and no text is of no letter", () => {
  const wide = new Map([
    ["parcel_id", { letters: 300 }],
    ["label", { letters: 0 }],
  ]);
  expect(defineTable(model, "mariadb", wide)).toContain("`parcel_id` varchar(255) not null");
  expect(defineTable(model, "db2", wide)).toContain('"PARCEL_ID" varchar(255 codeunits32) not null');
  expect(defineTable(model, "db2", wide)).toContain('"LABEL" varchar(1 codeunits32),');
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
