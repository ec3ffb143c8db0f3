import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportFrom } from "../../../src/exports/export-from.ts";
import type { DdlDialect } from "../../../src/exports/table-dialects.ts";
import {
  bigint,
  boolean,
  date,
  dateTime,
  decimal,
  enumeration,
  int,
  list,
  string,
} from "../../../src/models/field.ts";
import { type DocumentModel, defineModel } from "../../../src/models/model.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { quoteName } from "../../../src/stores/mariadb/mariadb.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { prepareShop } from "../../support/shop-operations.ts";

/** One field of every kind, with values at the edges of what they may be. */
const everything = defineModel({
  name: "everything",
  typeName: "Everything",
  description: "What is 'everything'? A back\\slash; a ; and é.",
  key: "code",
  fields: {
    code: string("Key, by which a 'quote' is no end."),
    small: int("Whole number.", { nullable: true }),
    large: bigint("Large whole number."),
    price: decimal("Amount.", 4, { nullable: true }),
    units: decimal("Whole in its column.", 3),
    isOpen: boolean("Flag.", { nullable: true }),
    year: date("Day; its name is a reserved word somewhere.", { nullable: true }),
    soldAt: dateTime("Moment.", { nullable: true }),
    mood: enumeration("Mood", "How it is.", {
      good: "Good.",
      odd: { text: "it's odd", description: "Odd." },
    }),
    note: string("Text.", { nullable: true }),
    tags: list("Tags.", string("Tag.")),
  },
});

let database: TestDatabase;
let out: string;
let postgres: PGlite;
beforeAll(async () => {
  database = await openTestDatabase();
  out = await mkdtemp(join(tmpdir(), "vitrine-warehouse-"));
  postgres = await PGlite.create();
  await prepareShop(database.admin);
  await database.admin.query(`
    create table thing (code varchar(300) primary key, small int, large bigint not null, price decimal(24, 4),
      units bigint not null,
      is_open boolean, \`year\` date, sold_at datetime(3), mood varchar(9) not null, note text,
      tags json not null);
    insert into thing values
      ('a,"b"', -2147483648, 9223372036854775807, 12345678901234567890.1234, 9223372036854775807, true, '9999-12-31',
        '2024-02-29 23:59:59.999', 'it''s odd', 'two\\nlines, "quoted" \\\\N', '["x", "y\\\\"z"]'),
      ('b', null, -9223372036854775808, null, -1, null, null, null, 'good', null, '[]'),
      ('c', 0, 0, -0.0001, 0, false, '1000-01-01', '1970-01-01 00:00:00', 'good', '', '[]');
    create sql security invoker view everything as
      select code, small, large, price, units, is_open, \`year\`, sold_at, mood, note, tags from thing`);
}, 180_000);
afterAll(async () => {
  await postgres?.close();
  await database?.close();
  await rm(out, { recursive: true, force: true });
});

/** Exports models as CSV with their tables; gives the SQL of each. */
async function exportTables(ddl: DdlDialect, models: readonly DocumentModel[]) {
  const { reader, mongo, admin } = database;
  const stores = {
    reader: models.includes(everything) ? admin : reader,
    live: createLiveStore(reader),
    mirror: createMirrorStore(mongo),
  };
  const { files } = await exportFrom(stores, "live", undefined, {
    format: "csv",
    extendedJson: "relaxed",
    ddl,
    out,
    gzip: false,
    models: models.map((model) => ({ model, where: null })),
    signal: new AbortController().signal,
  });
  return Promise.all(
    files.map(async ({ file, ddl: table, rows }) => ({
      rows,
      sql: await readFile(join(out, table ?? ""), "utf8"),
      csv: await readFile(join(out, file)),
    })),
  );
}

async function loadIntoPostgres(model: DocumentModel) {
  const [exported] = await exportTables("postgres", [model]);
  if (!exported) throw new Error("Nothing was exported.");
  await postgres.exec(exported.sql);
  await postgres.query(`copy "${model.name}" from '/dev/blob' with (format csv, header)`, [], {
    blob: new Blob([exported.csv]),
  });
  return exported;
}

describe("PostgreSQL takes an export", () => {
  test("of the shop's sales, and gives the same sums", async () => {
    const sales = database.project.domains
      .flatMap(({ models }) => models)
      .find(({ name }) => name === "sales");
    if (!sales) throw new Error("There is no model sales.");
    const { rows } = await loadIntoPostgres(sales);
    expect(rows).toBeGreaterThan(3);
    const numbers = Object.entries(sales.fields).filter(
      ([, { kind }]) => kind === "decimal" || kind === "int",
    );
    expect(numbers.length).toBeGreaterThan(3);
    const columns = numbers.map(([field]) => sales.columns[field] ?? "");
    const sums = (quote: (name: string) => string, text: string) =>
      `select ${columns.map((name) => `cast(sum(${quote(name)}) as ${text}) as ${quote(name)}`).join(", ")}, cast(count(*) as ${text}) as n from ${quote("sales")}`;
    const [here] = await database.admin.query(sums(quoteName, "char"));
    const { rows: there } = await postgres.query(sums((name) => `"${name}"`, "text"));
    expect(there).toEqual([here]);
  });

  test("of every kind of field, to the last digit, with null and the empty text apart", async () => {
    await loadIntoPostgres(everything);
    const { rows } = await postgres.query(
      `select code, small, large::text, price::text, units::text, is_open, "year"::text,
        to_char(sold_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS') as sold_at, mood, note, tags::text
      from everything order by code`,
    );
    expect(rows).toEqual([
      {
        code: 'a,"b"',
        small: -2147483648,
        large: "9223372036854775807",
        price: "12345678901234567890.1234",
        units: "9223372036854775807.000",
        is_open: true,
        year: "9999-12-31",
        sold_at: "2024-02-29 23:59:59.999",
        mood: "it's odd",
        note: 'two\nlines, "quoted" \\N',
        tags: '["x","y\\"z"]',
      },
      {
        code: "b",
        small: null,
        large: "-9223372036854775808",
        price: null,
        units: "-1.000",
        is_open: null,
        year: null,
        sold_at: null,
        mood: "good",
        note: null,
        tags: "[]",
      },
      {
        code: "c",
        small: 0,
        large: "0",
        price: "-0.0001",
        units: "0.000",
        is_open: false,
        year: "1000-01-01",
        sold_at: "1970-01-01 00:00:00.000",
        mood: "good",
        note: "",
        tags: "[]",
      },
    ]);
    const { rows: comments } = await postgres.query(
      "select obj_description('everything'::regclass) as t, col_description('everything'::regclass, 1) as c",
    );
    expect(comments).toEqual([{ t: everything.description, c: "Key, by which a 'quote' is no end." }]);
    for (const [values, problem] of [
      ["('a,\"b\"', 1, 1, 1, 1, true, null, null, 'good', null, '[]')", /duplicate key/],
      ["('d', 1, null, 1, 1, true, null, null, 'good', null, '[]')", /not-null/],
      ["('d', 1, 1, 1, 1, true, null, null, 'bad', null, '[]')", /check constraint/],
    ] as const)
      await expect(postgres.query(`insert into everything values ${values}`)).rejects.toThrow(problem);
  });
});

test("MariaDB makes the table that is meant for it", async () => {
  const [exported] = await exportTables("mariadb", [everything]);
  // The name is that of the view here.
  await database.admin.query(
    (exported?.sql ?? "").replace("create table `everything`", "create table `taken`"),
  );
  const columns = await database.admin.query(
    `select column_name as name, column_comment as comment, column_type as type, is_nullable as nullable, column_key as k
    from information_schema.columns where table_schema = database() and table_name = 'taken'
    order by ordinal_position`,
  );
  expect(columns.map(({ name, type, nullable, k }) => [name, type, nullable, k].join(" ").trim())).toEqual([
    "code varchar(255) NO PRI",
    "small int(11) YES",
    "large bigint(20) NO",
    "price decimal(24,4) YES",
    "units decimal(22,3) NO",
    "is_open tinyint(1) YES",
    "year date YES",
    "sold_at datetime(3) YES",
    "mood varchar(8) NO",
    "note longtext YES",
    "tags longtext NO",
  ]);
  expect(columns[0]?.comment).toBe("Key, by which a 'quote' is no end.");
  const [table] = await database.admin.query(
    "select table_comment as comment from information_schema.tables where table_schema = database() and table_name = 'taken'",
  );
  expect(table?.comment).toBe(everything.description);
  const insert =
    "insert into taken (code, large, units, mood, tags) values ('x', 1, 9223372036854775807, ?, '[]')";
  await database.admin.run(insert, ["it's odd"]);
  await expect(database.admin.run(insert.replace("'x'", "'y'"), ["bad"])).rejects.toThrow(/CONSTRAINT/);
});
