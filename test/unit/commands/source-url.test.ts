import { expect, test } from "vitest";
import { readSourceUrl } from "../../../src/commands/source-url.ts";

const other = "mariadb://reader:p@other/shop";

test("the address is what was given, else that of the settings", () => {
  expect(readSourceUrl("mysql://me:p@host/shop", other)).toBe("mysql://me:p@host/shop");
  expect(readSourceUrl(undefined, other)).toBe(other);
  expect(() => readSourceUrl(undefined, undefined)).toThrow(
    expect.objectContaining({
      code: "USAGE",
      message: expect.stringContaining("MARIADB_READER_URL_FILE"),
    }),
  );
});

test.each(["", "nonsense", "me:s3cret@h/x", "postgres://me:s3cret@h/x", "mariadb://me:s3cret@h:port/x"])(
  "%s is no address of a database, and is not repeated",
  (url) => {
    expect(() => readSourceUrl(url, other)).toThrow(
      expect.objectContaining({
        code: "USAGE",
        message: expect.stringMatching(/^(?!.*s3cret).*must be a URL that starts with mariadb:/),
      }),
    );
  },
);
