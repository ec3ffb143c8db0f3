import { expect, it } from "vitest";
import { askAside } from "../../../src/stores/mariadb/ask-aside.ts";
import { openTestDatabase } from "../../support/database.ts";

it("answers, and settles without an answer when there is none in time", async () => {
  const db = await openTestDatabase({ migrate: false });
  const { hostname: host, port, username: user, password } = new URL(db.mariadbUrl);
  const server = { host, port: Number(port || 3306), user, password: decodeURIComponent(password) };
  try {
    expect(await askAside(server, "select ? as n", [7], 60_000)).toEqual([{ n: 7 }]);
    expect(await askAside(server, "select sleep(60)", [], 300)).toBeUndefined();
    expect(await askAside(server, "select nothing_at_all", [], 60_000)).toBeUndefined();
    expect(await askAside({ ...server, port: 1 }, "select 1", [], 60_000)).toBeUndefined();
  } finally {
    await db.close();
  }
});
