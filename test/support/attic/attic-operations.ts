import fc from "fast-check";
import { type Operation, operation } from "../soundness.ts";
import { largest } from "./fill-attic.ts";

const employee = fc.constantFrom(9, 10, 11, 4294967295);
const day = fc.constantFrom("1985-06-26", "1999-12-31", "2001-01-05", "2024-02-29");
const money = fc.constantFrom("0.00", "1.50", "99999999.99");
const kind = fc.constantFrom("shelf", "box", "a~b");
// Two of them are one to the collation of the column.
const name = fc.constantFrom("Screws", "screws", "~", "%7E", "50% off ~ now", "", "Ä😀");
const moment = fc.constantFrom("2024-02-29 12:00:00.125", "2024-01-01 00:00:00");
const word = fc.constantFrom("one", "two", null);
const number = fc.constantFrom("1", "2", "10", "9223372036854775807", "9223372036854775808", largest);

/** Any write that the tables allow; what a foreign key or a key refuses changes nothing. */
export const atticOperation: fc.Arbitrary<Operation> = fc.oneof(
  operation("insert into employee (emp_no, name) values (?, 'New')", employee),
  operation("update employee set name = ? where emp_no = ?", fc.constantFrom("Zoë", "Zora"), employee),
  operation("delete from employee where emp_no = ?", employee),
  operation("insert into salary (emp_no, from_date, amount) values (?, ?, ?)", employee, day, money),
  operation("update salary set amount = ? where emp_no = ?", money, employee),
  operation("update salary set from_date = ? where emp_no = ? and from_date = ?", day, employee, day),
  operation("update salary set emp_no = ? where emp_no = ? and from_date = ?", employee, employee, day),
  operation("delete from salary where from_date = ?", day),
  operation("insert into label (kind, name, valid_from, note) values (?, ?, ?, ?)", kind, name, moment, word),
  operation("update label set note = ? where kind = ?", word, kind),
  operation("update label set name = ? where name = ? and kind = ?", name, name, kind),
  operation(
    "update label set kind = ?, valid_from = ? where name = ? and kind = ?",
    kind,
    moment,
    name,
    kind,
  ),
  operation("delete from label where name = ?", name),
  operation("insert into ledger (id, amount) values (?, ?)", number, number),
  operation("update ledger set amount = ? where id = ?", number, number),
  operation("update ledger set id = ? where id = ?", number, number),
  operation(
    "update ledger set label_kind = ?, label_name = ?, label_from = ? where id = ?",
    kind,
    name,
    moment,
    number,
  ),
  operation("delete from ledger where id = ?", number),
);
