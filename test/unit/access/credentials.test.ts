import { expect, test } from "vitest";
import { readAuthorization, readSessionCookie, writeSessionCookie } from "../../../src/access/credentials.ts";

const cookie = "other=1; __Host-vitrine_session=secret; last=2";
const read = (headers: Record<string, string>, method = "POST") => readSessionCookie({ method, headers });

test("a program sends its key as a bearer", () => {
  const sent = (authorization: string) => readAuthorization({ method: "POST", headers: { authorization } });
  expect(sent("Bearer abc.d-e_f")).toBe("abc.d-e_f");
  expect(sent("bearer abc")).toBe("abc");
  for (const authorization of ["Basic YTpi", "abc", "Bearer ", "Bearer a b", "Bearer a\nb"])
    expect(() => sent(authorization)).toThrow(/Bearer/);
  expect(readAuthorization({ method: "POST", headers: {} })).toBeUndefined();
});

test("a session beside a bearer does not count", () => {
  expect(read({ cookie, "sec-fetch-site": "same-origin" })).toBe("secret");
  expect(read({ authorization: "bearer abc", cookie, "sec-fetch-site": "same-origin" })).toBeUndefined();
});

test.each<readonly [string, string, Record<string, string>, string | undefined]>([
  ["a page of the server", "POST", { "sec-fetch-site": "same-origin" }, "secret"],
  ["the address that was typed", "GET", { "sec-fetch-site": "none" }, "secret"],
  ["another site", "POST", { "sec-fetch-site": "cross-site" }, undefined],
  ["another site's link", "GET", { "sec-fetch-site": "cross-site" }, undefined],
  ["a neighbour of the site", "POST", { "sec-fetch-site": "same-site" }, undefined],
  ["an older browser's own page", "POST", { origin: "http://shop.example:4000" }, "secret"],
  ["an older browser's other page", "POST", { origin: "http://shop.example" }, undefined],
  ["a page without an origin", "POST", { origin: "null" }, undefined],
  ["who says neither, and may change something", "POST", {}, undefined],
  ["who says neither, and reads", "GET", {}, "secret"],
  [
    "who says both, of which one is not so",
    "POST",
    { origin: "http://evil.example", "sec-fetch-site": "same-origin" },
    undefined,
  ],
])("a cookie of %s (%s) counts as it must", (_who, method, headers, expected) => {
  expect(read({ host: "shop.example:4000", cookie, ...headers }, method)).toBe(expected);
});

test("the cookie is for no script and no other site, and goes over HTTPS where there is a way to listen", () => {
  expect(writeSessionCookie("abc", true)).toBe(
    "__Host-vitrine_session=abc; Path=/; HttpOnly; SameSite=Strict; Secure",
  );
  expect(writeSessionCookie("abc", false)).toBe("vitrine_session=abc; Path=/; HttpOnly; SameSite=Strict");
  expect(writeSessionCookie(null, false)).toContain("=; Path=/");
  expect(writeSessionCookie(null, false)).toContain("Expires=Thu, 01 Jan 1970 00:00:00 GMT");
});

test.each<readonly [string, string, string, string | undefined]>([
  ["on this machine", "127.0.0.1:4000", "a=1; vitrine_session=secret", "secret"],
  [
    "on this machine, from the time of another name",
    "127.0.0.1:4000",
    "__Host-vitrine_session=old",
    undefined,
  ],
  ["that a neighbour without HTTPS could set", "shop.example", "vitrine_session=of-a-neighbour", undefined],
  ["beside one that a neighbour could set", "shop.example", `vitrine_session=bad; ${cookie}`, "secret"],
  [
    "given twice, of which one is a neighbour's",
    "localhost",
    "vitrine_session=bad; vitrine_session=good",
    undefined,
  ],
  ["given twice alike", "localhost", "vitrine_session=good; vitrine_session=good", "good"],
])("a cookie %s is taken for nobody else's", (_what, host, cookies, expected) => {
  expect(read({ host, cookie: cookies, "sec-fetch-site": "same-origin" })).toBe(expected);
});
