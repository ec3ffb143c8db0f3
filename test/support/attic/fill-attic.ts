import type { Queryable } from "../../../src/stores/mariadb/mariadb.ts";

/** The largest whole number of 64 bits without a sign. */
export const largest = "18446744073709551615";

/** Rows whose keys sort otherwise as numbers than as texts, and otherwise by each letter than without case. */
export async function fillAttic(db: Queryable): Promise<void> {
  await db.run("insert into employee (emp_no, name) values ?", [
    [
      [9, "Zoë"],
      [10, "Ada"],
      [4294967295, "Bob"],
    ],
  ]);
  await db.run("insert into salary (emp_no, from_date, amount) values ?", [
    [
      [10, "1986-06-26", "60117.00"],
      [10, "1985-06-26", "62102.50"],
      [9, "1999-12-31", "1.00"],
      [4294967295, "2024-02-29", "99999999.99"],
      ...Array.from({ length: 20 }, (_, at) => [9, `2001-01-${String(at + 1).padStart(2, "0")}`, `${at}.00`]),
    ],
  ]);
  await db.run("insert into label (kind, name, valid_from, note) values ?", [
    [
      ["shelf", "Screws", "2024-02-29 12:00:00.125", null],
      ["shelf", "nails", "2024-02-29 12:00:00.125", "lower"],
      ["box", "50% off ~ now", "2024-01-01 00:00:00", "odd"],
      ["a~b", "%7E", "2024-01-01 00:00:00", "odder"],
      ["a~b", "", "2024-01-01 00:00:00", "empty"],
      ["box", "Ä😀", "2024-01-01 00:00:00", "beyond"],
    ],
  ]);
  await db.run("insert into ledger (id, amount, label_kind, label_name, label_from) values ?", [
    [
      [1, "9", "shelf", "Screws", "2024-02-29 12:00:00.125"],
      [2, "10", "a~b", "%7E", "2024-01-01 00:00:00"],
      [10, largest, null, null, null],
      ["9223372036854775808", "1", "a~b", "%7E", "2024-01-01 00:00:00"],
      [largest, "0", null, null, null],
    ],
  ]);
  await fillOddTables(db);
}

/** Their UUIDs are in another order than their numbers. */
export const uuids = [
  "f47ac10b-58cc-4372-a567-0e02b2c3d479",
  "0190a0a0-1111-7000-8000-000000000001",
  "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
];

async function fillOddTables(db: Queryable): Promise<void> {
  await db.run(`insert into device values
    ('${uuids[0]}', 2024, 1, b'1', b'111100001111', b'1${"0".repeat(62)}1', '2024-02-29 12:00:00.123456', '-12:30:00.5',
      '2001:db8::ff00:42:8329', '192.0.2.1', 'red,deep blue', 'on', point(1.5, -2), repeat(x'00ff0a', 40), x'00010203',
      '{"a": [1, "ß"]}', ${largest}, 12345678901234567890123456789012345678.99),
    ('${uuids[1]}', null, 0, null, 0, 0, null, null, null, null, null, 'Lost', null, null, null, null, 0, null),
    ('${uuids[2]}', 0, 0, b'0', 1, 1, '2024-01-01', '100:00:00', '::1', '0.0.0.0', '', 'off', point(0, 0.1), '', x'ffffffff', 'null', 1, -0.01)`);
  await db.run("insert into 地图 values (1, 0, '北京', 3), (1, 2, 'größer', null), (-1, 255, null, 0)");
  await db.run("insert into MixedCase (ID, Column1, Column119) values (1, 'a', 'z'), (-7, null, 'é')");
  await db.run("insert into long_key values ('short', 1), (repeat('é', 255), 2), (repeat('ü', 768), 3)");
}
