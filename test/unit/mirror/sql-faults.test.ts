import { expect, test } from "vitest";
import { isSqlFault } from "../../../src/stores/mariadb/sql-faults.ts";

/** As the driver gives it. */
const errorOf = (errno: number) =>
  Object.assign(new Error(`error ${errno}`), { errno, sqlState: "HY000", code: "X" });

test.each([1016, 1021, 1030, 1037, 1040, 1047, 1114, 1203, 1205, 1213, 1226, 1969])(
  "error %i says nothing about the document: it is tried again, not rejected",
  (errno) => {
    expect(isSqlFault(errorOf(errno))).toBe(false);
  },
);

test.each([1054, 1146, 1242, 1356, 1690, 3037])("error %i is the statement's own", (errno) => {
  expect(isSqlFault(errorOf(errno))).toBe(true);
});
