import type { IncomingMessage } from "node:http";
import { isIPv6 } from "node:net";
import type { Principal } from "../access/principal.ts";

/**
 * Names who asks, where each is to have a share: the principal, and where nobody is asked who they are, their address.
 * @param proxies how many servers in front pass requests on, each of which adds whom it has them from to `X-Forwarded-For`
 */
export function clientOf(request: IncomingMessage, { role, name }: Principal, proxies: number): string {
  return role === null ? `address ${addressOf(request, proxies)}` : `${role} ${name}`;
}

/** From where somebody asks: an address, of IPv6 its network. @param proxies as for `clientOf` */
export const addressOf = (request: IncomingMessage, proxies: number): string =>
  networkOf(seenAddressOf(request, proxies));

/** What the outermost of our proxies saw; who writes the header itself adds to its left only. */
function seenAddressOf({ headers, socket }: IncomingMessage, proxies: number): string {
  const last = socket.remoteAddress ?? "unknown";
  if (proxies === 0) return last;
  const forwarded = [headers["x-forwarded-for"] ?? []].flat().join(",").split(",");
  return forwarded.at(-Math.min(proxies, forwarded.length))?.trim() || last;
}

/** One household has as many addresses of IPv6 as it likes, and one network of 64 bits. */
function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [head = "", tail] = (address.split("%", 1)[0] ?? "").split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const all = [...groups, ...Array(Math.max(8 - groups.length - after.length, 0)).fill("0"), ...after];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
