import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { everyone } from "../../../src/access/principal.ts";
import { clientOf } from "../../../src/graphql/client-of.ts";

/** A request as far as it tells who sent it. */
const from = (remoteAddress: string, forwarded?: string): IncomingMessage =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded },
  }) as unknown as IncomingMessage;

describe("A client", () => {
  test("is its principal, wherever it asks from, where principals are asked for", () => {
    const ada = { name: "ada", role: "customer", claims: {}, expiresAt: null };
    expect(clientOf(from("192.0.2.1"), ada, 0)).toBe(clientOf(from("192.0.2.2"), ada, 0));
    expect(clientOf(from("192.0.2.1"), ada, 0)).not.toBe(
      clientOf(from("192.0.2.1"), { ...ada, role: "support" }, 0),
    );
  });

  test.each([
    ["an address of IPv4", "192.0.2.1", "address 192.0.2.1"],
    ["the same as IPv6 writes it", "::ffff:192.0.2.1", "address 192.0.2.1"],
    ["a network of IPv6", "2001:db8:1:2:3:4:5:6", "address 2001:db8:1:2::/64"],
    ["the same, written shorter", "2001:db8:1:2::9", "address 2001:db8:1:2::/64"],
    ["the same with zeros and a zone", "2001:0db8:0001:0002::%eth0", "address 2001:db8:1:2::/64"],
    ["this machine", "::1", "address 0:0:0:0::/64"],
  ])("is %s, where nobody is asked who they are", (_what, address, name) => {
    expect(clientOf(from(address), everyone, 0)).toBe(name);
  });

  test.each([
    ["no proxy is in front", 0, "203.0.113.9, 198.51.100.7", "address 127.0.0.1"],
    ["one is", 1, "203.0.113.9, 198.51.100.7", "address 198.51.100.7"],
    ["two are", 2, "10.0.0.1, 203.0.113.9, 198.51.100.7", "address 203.0.113.9"],
    ["more are than have written", 3, "203.0.113.9", "address 203.0.113.9"],
    ["one is, and wrote nothing", 1, undefined, "address 127.0.0.1"],
  ])(
    "is whom the outermost proxy saw, whatever the client writes itself: %s",
    (_what, proxies, header, name) => {
      expect(clientOf(from("127.0.0.1", header), everyone, proxies)).toBe(name);
    },
  );
});
