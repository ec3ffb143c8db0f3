import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

/** The names that a server goes by. */
export interface HostRule {
  /** Why a request is not for this server; null when it is. */
  refuse(request: Asked): string | null;
}

/**
 * A web page may let its own name lead to this machine once it is loaded (DNS rebinding): the browser then takes a
 * server here for the page's, and the only trace is the name in `Host`. So a server on loopback answers to addresses,
 * `localhost` and the names it was given only. One that listens to other machines is known to them by names that
 * nobody here can guess: it answers to any, until names are given.
 * @param names `*` allows every name; `.shop.example` all below it
 */
export function createHostRule(listensOn: string, names: readonly string[]): HostRule {
  const isOpen = names.includes("*") || (names.length === 0 && !isOfThisMachine(listensOn));
  const known = ["localhost", listensOn.toLowerCase(), ...names.map((name) => name.toLowerCase())];
  return {
    refuse({ headers: { host } }) {
      if (isOpen || host === undefined) return null;
      const name = nameOf(host);
      if (name !== null && (isIP(name) > 0 || known.some((one) => fits(name, one)))) return null;
      return `This server does not go by the name ${JSON.stringify(host.slice(0, 100))}. VITRINE_ALLOWED_HOSTS allows names.`;
    },
  };
}

/** Whether an address to listen on is reached from this machine only. */
export const isOfThisMachine = (host: string): boolean =>
  host === "localhost" || host === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);

/**
 * The same server where nobody said who may ask: all is everybody's on this machine, and nobody's beyond it. What a proxy
 * lets in reaches loopback, too.
 */
export const onlyAskedHere = (rule: HostRule): HostRule => ({
  refuse: (request) =>
    rule.refuse(request) ??
    (isAskedHere(request)
      ? null
      : "This comes from beyond this machine, and nobody said who may ask. Set VITRINE_AUTH to keys or jwt; to none, if all is to be everybody's."),
});

/** What a request says of where it comes from. */
export type Asked = Pick<IncomingMessage, "headers" | "httpVersion">;

/**
 * Whether a request that reached this machine was made on it, as far as it says: it names this machine, and no proxy that
 * let it in. A proxy that says nothing is known by the version of HTTP that nobody else speaks any more (nginx).
 */
export const isAskedHere = ({ headers, httpVersion }: Asked): boolean =>
  isAskedAsLoopback({ headers }) &&
  httpVersion !== "1.0" &&
  !Object.keys(headers).some((name) => /^(?:via|forwarded|x-real-ip|x-forwarded-.*)$/.test(name));

/** Whether a request names this machine: over a connection that nobody else can hear, unless a proxy has it from one. */
export const isAskedAsLoopback = ({ headers }: Pick<Asked, "headers">): boolean =>
  isOfThisMachine(nameOf(headers.host ?? "") ?? "");

const fits = (name: string, known: string): boolean =>
  known.startsWith(".") ? name.endsWith(known) : name === known;

/** The name in a `Host` header, without the port and in lower case; null for what is none. */
function nameOf(host: string): string | null {
  const [, bracketed, plain] =
    /^(?:\[([0-9a-f:.]{2,45})\]|([^:@/[\]\s]{1,253}))(?::\d{1,5})?$/i.exec(host) ?? [];
  return bracketed ?? plain?.toLowerCase().replace(/\.$/, "") ?? null;
}
