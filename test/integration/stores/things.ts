import fc from "fast-check";
import {
  bigint,
  boolean,
  date,
  dateTime,
  decimal,
  enumeration,
  int,
  list,
  object,
  string,
} from "../../../src/models/field.ts";
import { type Document, type DocumentModel, defineModel } from "../../../src/models/model.ts";
import type { FilterValue } from "../../../src/stores/document-store.ts";

/** In no order, so that both stores must sort by the texts. */
const moods = {
  sunny: "Sunny.",
  Sad: "Sad.",
  none: { text: "", description: "None." },
  cost: { text: "$whole", description: "As a path." },
  umlaut: { text: "ärgerlich", description: "Angry." },
  face: { text: "😀 \u0000", description: "A face." },
} as const;
/** One field of every kind, nullable, filterable; and a second model whose key is text. */
const fields = {
  thing: string("Text.", { filter: true, nullable: true }),
  whole: int("Whole.", { filter: true, nullable: true }),
  big: bigint("Big.", { filter: true, nullable: true }),
  price: decimal("Price.", 2, { filter: true, nullable: true }),
  tiny: decimal("Tiny.", 7, { filter: true, nullable: true }),
  isOpen: boolean("Open.", { filter: true, nullable: true }),
  day: date("Day.", { filter: true, nullable: true }),
  moment: dateTime("Moment.", { filter: true, nullable: true }),
  mood: enumeration("Mood", "Mood.", moods, { filter: true, nullable: true }),
  parts: list("Parts.", object("Part", "A part.", { n: int("N."), t: string("T.", { nullable: true }) })),
};
export const byNumber = defineModel({
  name: "by_number",
  typeName: "ByNumber",
  description: "Numbered.",
  key: "id",
  batch: 4,
  fields: { id: bigint("Id."), ...fields },
});
export const byText = defineModel({
  name: "by_text",
  typeName: "ByText",
  description: "Named.",
  key: "id",
  batch: 4,
  fields: { id: string("Id."), ...fields },
});

const columns = ["thing", "whole", "big", "price", "tiny", "is_open", "day", "moment", "mood"] as const;
export const createTable = (model: DocumentModel, key: string) => `
create table t_${model.name} (
  id ${key} not null primary key, thing varchar(60), whole int, big bigint,
  price decimal(12,2), tiny decimal(30,7), is_open boolean, day date, moment datetime(3), mood varchar(60), parts longtext not null,
  key (thing, id), key (whole)
) default charset = utf8mb4 collate = utf8mb4_nopad_bin`;
export const createView = (model: DocumentModel) => `
create view ${model.name} as select id, ${columns.join(", ")}, parts from t_${model.name}`;

/** Small pools, so that values repeat and meet the filters; with everything that is known to go wrong. */
export const texts = [
  "",
  " ",
  "tea",
  "Tea",
  "TEA",
  "tea ",
  " tea",
  "té",
  "te\u0301",
  "TÉ",
  "ß",
  "ss",
  "straße",
  "STRAẞE",
  "οδος",
  "ΟΔΟΣ",
  "οδοσ",
  "K",
  "k",
  "𐐀",
  "𐐨",
  "ǆ",
  "ǅ",
  "%",
  "_",
  "te%",
  "t_a",
  "a\\b",
  "!",
  "a!b",
  "'",
  '"',
  "$x",
  "a.b",
  "a*",
  "(",
  "[a]",
  "{",
  "^",
  "|",
  "+",
  "?",
  "-",
  "/",
  "\n",
  "a\nb",
  "\t",
  // Not alone: MariaDB 10.11 sorts texts that differ by NULs at their end alone as if they were equal (`order by … limit 1` over "" and "\u0000").
  "\u0000b",
  "a\u0000b",
  "\u007f",
  "\u00a0",
  "\u200b",
  "\ufeff",
  "\uffff",
  "😀",
  "😀a",
  "\ud800\udc00",
  "Ω",
  "日本",
  "İ",
  "i",
  "I",
  "ı",
  "Z",
  "z",
  "0",
  "00",
  "1",
  "10",
  "9",
  "null",
  "true",
] as const;
export const text = fc.constantFrom(...texts);
const wholes = fc.constantFrom(-2147483648, -1, 0, 1, 2, 9, 10, 2147483647);
export const bigs = fc.constantFrom(
  "-9223372036854775808",
  "-1",
  "0",
  "9007199254740993",
  "9007199254740992",
  "9223372036854775807",
);
const prices = fc.constantFrom(
  "-9999999999.99",
  "-0.01",
  "0.00",
  "0.01",
  "1.50",
  "9.99",
  "10.00",
  "10.01",
  "9999999999.99",
);
const tinies = fc.constantFrom(
  "-0.0000001",
  "0.0000000",
  "0.0000001",
  "0.0000010",
  "1.0000000",
  "99999999999999999999999.9999999",
  "99999999999999999999999.9999998",
);
const days = fc.constantFrom(
  "0001-01-01",
  "1582-10-15",
  "1969-12-31",
  "1970-01-01",
  "2024-02-29",
  "9999-12-31",
);
const moments = fc.constantFrom(
  "0001-01-01T00:00:00.000Z",
  "1969-12-31T23:59:59.999Z",
  "2024-02-29T12:00:00.000Z",
  "2024-02-29T12:00:00.001Z",
  "9999-12-31T23:59:59.999Z",
);
export const values: Readonly<Record<keyof typeof fields, fc.Arbitrary<FilterValue>>> = {
  thing: text,
  whole: wholes,
  big: bigs,
  price: prices,
  tiny: tinies,
  isOpen: fc.boolean(),
  day: days,
  moment: moments,
  mood: fc.constantFrom(
    ...Object.entries(moods).map(([name, mood]) => (typeof mood === "string" ? name : mood.text)),
  ),
  parts: fc.constant(""),
};
export const filterable = [
  "thing",
  "whole",
  "big",
  "price",
  "tiny",
  "isOpen",
  "day",
  "moment",
  "mood",
] as const;

const ids = { by_number: bigs, by_text: text } as const;
const row = fc.record({
  ...Object.fromEntries(filterable.map((name) => [name, fc.option(values[name], { freq: 3 })])),
  parts: fc.array(fc.record({ n: wholes, t: fc.option(text) }), { maxLength: 3 }),
});
export const documents = (model: DocumentModel): fc.Arbitrary<readonly Document[]> =>
  fc.uniqueArray(
    fc
      .tuple(
        model === byText
          ? fc.oneof(text, fc.string({ maxLength: 5, unit: "grapheme" }))
          : fc.oneof(ids.by_number, fc.integer({ min: -99, max: 99 }).map(String)),
        row,
      )
      .map(([id, rest]) => ({ id, ...rest }) as Document),
    { selector: (one) => one.id, maxLength: 30 },
  );
