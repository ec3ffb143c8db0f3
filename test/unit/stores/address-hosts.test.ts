import { expect, test } from "vitest";
import { readConfig } from "../../../src/config.ts";
import { addressesByHost, changeAddress } from "../../../src/stores/mariadb/address-hosts.ts";

test.each([
  ["mariadb://me:pw@a:3307/shop", { "a:3307": "mariadb://me:pw@a:3307/shop" }],
  [
    "mariadb://me:p%40%2Cw@a,b:3307,[::1]:3308/shop?ssl-mode=REQUIRED",
    {
      "a:3306": "mariadb://me:p%40%2Cw@a/shop?ssl-mode=REQUIRED",
      "b:3307": "mariadb://me:p%40%2Cw@b:3307/shop?ssl-mode=REQUIRED",
      "[::1]:3308": "mariadb://me:p%40%2Cw@[::1]:3308/shop?ssl-mode=REQUIRED",
    },
  ],
])("%s names these servers", (url, hosts) => {
  expect(Object.fromEntries(addressesByHost(url))).toEqual(hosts);
  expect(readConfig({ MARIADB_URL: url, HOME: "/" }).mariadbUrl).toBe(url);
});

test("a part of an address of several servers is changed for all", () => {
  const rename = (url: URL) => {
    url.pathname = "/other";
    url.password = "new";
  };
  expect(changeAddress("mariadb://me:pw@a:1,b:2/shop?x=1", rename)).toBe(
    "mariadb://me:new@a:1,b:2/other?x=1",
  );
  expect(changeAddress("mariadb://me:pw@a:1/shop", rename)).toBe("mariadb://me:new@a:1/other");
});

test.each(["mariadb://a,/shop", "mariadb://a,b:port/shop", "mariadb://,/shop"])("%s is no address", (url) => {
  expect(() => readConfig({ MARIADB_URL: url, HOME: "/" })).toThrow(/MARIADB_URL: must be a URL/);
});
