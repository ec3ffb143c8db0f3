import { addressesByHost } from "./address-hosts.ts";
import { findWritable } from "./ask-host.ts";
import type { WritableHost } from "./writable-host.ts";

/** The servers that the pools of a process work with: those whose addresses name the same ones move together. */
export interface SharedHosts {
  /** For a pool of this address; nothing for an address that names one server. */
  of(url: string): { readonly host?: WritableHost };
  close(): void;
}

/** Nothing is asked before a pool is used. */
export function shareHosts(): SharedHosts {
  const found = new Map<string, WritableHost>();
  return {
    of(url) {
      const hosts = [...addressesByHost(url).keys()];
      if (hosts.length === 1) return {};
      const key = hosts.join();
      const host = found.get(key) ?? findWritable(url);
      found.set(key, host);
      return { host };
    },
    close() {
      for (const host of found.values()) host.close();
    },
  };
}
