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
}
