import { expect, test } from "vitest";
import { type Asked, createHostRule, onlyAskedHere } from "../../../src/monitor/allowed-hosts.ts";

const refuse = (headers: Asked["headers"], httpVersion = "1.1") =>
  onlyAskedHere(createHostRule("127.0.0.1", [])).refuse({ headers, httpVersion });

test.each(["localhost:4000", "127.0.0.1:4000", "127.0.0.2", "[::1]:4000"])(
  "who asks %s on this machine needs no word of who may",
  (host) => {
    expect(refuse({ host })).toBeNull();
  },
);

test.each<readonly [what: string, headers: Asked["headers"], version: string]>([
  ["came through a proxy that says so", { host: "localhost", "x-forwarded-for": "203.0.113.7" }, "1.1"],
  ["came through one of the standard's kind", { host: "localhost", forwarded: "for=203.0.113.7" }, "1.1"],
  [
    "came through one that tells the name only",
    { host: "localhost", "x-forwarded-host": "shop.example" },
    "1.1",
  ],
  ["came through one that says nothing, as nginx does by itself", { host: "127.0.0.1:4000" }, "1.0"],
  ["calls an address of the network", { host: "203.0.113.7" }, "1.1"],
])("what %s is told to say who may ask", (_what, headers, version) => {
  expect(refuse(headers, version)).toMatch(/VITRINE_AUTH/);
});

test("a name that the server does not go by is told as before", () => {
  expect(refuse({ host: "evil.example" })).toMatch(/VITRINE_ALLOWED_HOSTS/);
});
