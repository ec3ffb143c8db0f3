/** An address may name several servers of one database: `mariadb://user:password@a:3306,b:3306/shop`. */
const parts = /^([a-z]+:\/\/(?:[^/]*@)?)([^/?]*)(.*)$/s;

/** The address of each server that an address names, in its order. */
export function toSingleAddresses(url: string): readonly string[] {
  const [, head = "", hosts = "", rest = ""] = parts.exec(url) ?? [];
  return hosts.includes(",") ? hosts.split(",").map((host) => `${head}${host}${rest}`) : [url];
}

/** The same servers, with other parts of the address changed. */
export function changeAddress(url: string, change: (one: URL) => void): string {
  const [first = url] = toSingleAddresses(url);
  const one = new URL(first);
  change(one);
  const [, , hosts = ""] = parts.exec(url) ?? [];
  if (!hosts.includes(",")) return one.href;
  return one.href.replace(parts, (_, head: string, __: string, rest: string) => `${head}${hosts}${rest}`);
}

/** The server of an address that names one: no account, no password. */
function toHostName(address: string): string {
  const { hostname, port } = new URL(address);
  return `${hostname}:${port || 3306}`;
}

/** The address of each server that an address names, by the server. */
export const addressesByHost = (url: string): ReadonlyMap<string, string> =>
  new Map(toSingleAddresses(url).map((address) => [toHostName(address), address]));
