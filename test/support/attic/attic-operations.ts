import fc from "fast-check";
import { type Operation, operation } from "../soundness.ts";
import { largest, uuids } from "./fill-attic.ts";

const employee = fc.constantFrom(9, 10, 11, 4294967295);
const day = fc.constantFrom("1985-06-26", "1999-12-31", "2001-01-05", "2024-02-29");
const money = fc.constantFrom("0.00", "1.50", "99999999.99");
const kind = fc.constantFrom("shelf", "box", "a~b");
// Two of them are one to the collation of the column.
const name = fc.constantFrom("Screws", "screws", "~", "%7E", "50% off ~ now", "", "Ä😀");
const moment = fc.constantFrom("2024-02-29 12:00:00.125", "2024-01-01 00:00:00");
const word = fc.constantFrom("one", "two", null);
const number = fc.constantFrom("1", "2", "10", "9223372036854775807", "9223372036854775808", largest);

const uuid = fc.constantFrom(...uuids, "11111111-1111-1111-1111-111111111111");
const state = fc.constantFrom("on", "off", "Lost");
const colours = fc.constantFrom("red", "green,deep blue", "", null);
const year = fc.constantFrom(2024, 1999, 0);
const seen = fc.constantFrom("2024-02-29 12:00:00.999999", "2024-02-29 12:00:00.123456", null);
const json = fc.constantFrom("{}", '{"a":"~"}', null);
const address = fc.constantFrom("::1", "2001:db8::1", null);
const sheet = fc.constantFrom(-7, 1, 2, 3);
const layer = fc.constantFrom(0, 2, 255);
const length = fc.constantFrom(1, 255, 256, 768);

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
  operation(
    "insert into device (id, is_on, flags, mask, state, counted) values (?, 1, 7, 7, 'on', ?)",
    uuid,
    number,
  ),
  operation("update device set state = ?, is_on = 1 - is_on where id = ?", state, uuid),
  operation("update device set colours = ?, made = ? where id = ?", colours, year, uuid),
  operation("update device set place = point(?, 2), seen = ? where id = ?", year, seen, uuid),
  operation("update device set photo = ?, digest = x'00ff', settings = ? where id = ?", word, json, uuid),
  operation("update device set is_lent = b'1', mask = ~mask, address = ? where id = ?", address, uuid),
  operation("update device set id = ? where id = ?", uuid, uuid),
  operation("delete from device where id = ?", uuid),
  operation("insert into 地图 values (?, ?, '图', 1)", sheet, layer),
  operation("update 地图 set 名字 = ?, größe = ? where layer = ?", word, sheet, layer),
  operation("update 地图 set 编号 = ? where 编号 = ? and layer = ?", sheet, sheet, layer),
  operation("delete from 地图 where 编号 = ?", sheet),
  operation("insert into MixedCase (ID, Column7) values (?, 'new')", sheet),
  operation("update MixedCase set Column118 = ? where id = ?", word, sheet),
  operation("update long_key set name = repeat(?, ?) where n = ?", fc.constantFrom("a", "é"), length, sheet),
  operation("update long_key set n = n + 1 where n < ?", sheet),
);
