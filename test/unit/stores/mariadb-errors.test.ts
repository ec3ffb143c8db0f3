import { describe, expect, test } from "vitest";
import { toGraphQLError } from "../../../src/graphql/graphql-errors.ts";
import { sqlErrorOf, toVitrineError } from "../../../src/stores/mariadb/mariadb-errors.ts";
import { isSqlFault } from "../../../src/stores/mariadb/sql-faults.ts";

/** As the driver gives it: it knows MySQL's names for numbers, which MariaDB uses for other things. */
const errorOf = (errno: number, message = `error ${errno}`) =>
  Object.assign(new Error(message), { errno, sqlState: "HY000", code: "ER_X" });
const codeOf = (error: Error) => (toVitrineError(error) as { code?: string }).code;

describe("What the server lacks for anybody", () => {
  test.each([
    [1021, "Disk full (/tmp); waiting for someone to free some space..."],
    [1030, "Got error 28 from storage engine"],
    [1037, "Out of memory"],
    [1040, "Too many connections"],
    [1041, "Out of memory."],
    [1047, "WSREP has not yet prepared node for application use"],
    [1114, "The table 't' is full"],
    [1135, "Can't create a new thread"],
    [1203, "User u already has more than 'max_user_connections' active connections"],
    [1226, "User 'u' has exceeded the 'max_queries_per_hour' resource"],
    [1290, "The MariaDB server is running with the --read-only option so it cannot execute this statement"],
    [1836, "Running in read-only mode"],
  ])(
    "is no fault of ours: error %i is SOURCE_UNAVAILABLE, so that another store is asked",
    (errno, message) => {
      const error = toVitrineError(errorOf(errno, message));
      expect(error).toMatchObject({ code: "SOURCE_UNAVAILABLE", details: { errno } });
      expect(toGraphQLError(error).extensions.code).toBe("SOURCE_UNAVAILABLE");
      // The loader tries again, and rejects no document for it.
      expect(isSqlFault(error)).toBe(false);
      expect(sqlErrorOf(error)?.errno).toBe(errno);
    },
  );

  test("is not what a setting forbids the statement for its own sake", () => {
    const message =
      "The MariaDB server is running with the --secure-file-priv option so it cannot execute this statement";
    expect(codeOf(errorOf(1290, message))).toBe("ER_X");
  });
});

describe("A server that refuses writes until it is helped", () => {
  test("says that it must be restarted, when its record of transactions is disabled", () => {
    const error = toVitrineError(errorOf(4133, "Transaction registry is disabled"));
    expect(error).toMatchObject({
      code: "WRITES_REFUSED",
      message: expect.stringContaining("Restart MariaDB"),
    });
    expect(toGraphQLError(error)).toMatchObject({ message: expect.stringContaining("Restart MariaDB") });
  });

  test("says that `flush tables` helps, when a killed statement has spoiled its triggers", () => {
    const message = "Trigger 'orderline_after_update' has an error in its body: 'You have an error'";
    expect(toVitrineError(errorOf(1064, message))).toMatchObject({
      code: "WRITES_REFUSED",
      message: expect.stringContaining("flush tables"),
    });
    expect(codeOf(errorOf(1064, "You have an error in your SQL syntax"))).toBe("ER_X");
  });

  test("names the setting, when a cluster takes no write set so large", () => {
    expect(toVitrineError(errorOf(1105, "Maximum writeset size exceeded"))).toMatchObject({
      code: "WRITES_REFUSED",
      message: expect.stringContaining("wsrep_max_ws_size"),
    });
    expect(codeOf(errorOf(1105, "Unknown error"))).toBe("ER_X");
  });
});
