import type { IncomingMessage } from "node:http";
import type { AuthSettings } from "../auth-settings.ts";
import { VitrineError } from "../errors.ts";
import { isOfThisMachine } from "../monitor/allowed-hosts.ts";
import { readAuthorization } from "./credentials.ts";
import { createKeyReader, readKeys } from "./keys.ts";
import { everyone, type Principal } from "./principal.ts";
import { createTokenReader } from "./tokens.ts";

/**
 * Who asks.
 * @param given a key or token that came another way than with the request itself, as that of a WebSocket
 * @throws VitrineError UNAUTHENTICATED when nobody is known by what was sent; FORBIDDEN when whoever it is has no role here
 */
export type Identify = (request: AskedBy, given?: string) => Promise<Principal>;

/** What is read of a request. */
export type AskedBy = Pick<IncomingMessage, "headers" | "method">;

/** Whose key or token it is. @throws VitrineError UNAUTHENTICATED, FORBIDDEN */
export type ReadToken = (token: string) => Promise<Principal>;

/** From where a server may be asked. */
export interface Reached {
  /** The address that it listens on. */
  readonly host: string;
  /** The names that it goes by. */
  readonly allowedHosts: readonly string[];
  /** How many servers in front pass requests on. */
  readonly proxies: number;
}

/** Longer ones are not looked at. */
const LONGEST_TOKEN = 16_384;

/**
 * What the settings say of who asks; undefined: nobody is asked.
 * @param roles those that the project declares
 * @throws VitrineError CONFIG_INVALID when it is set up for others to reach the server and nobody said who may ask; for keys that cannot be read
 */
export async function openIdentify(
  settings: AuthSettings,
  reached: Reached,
  roles: ReadonlySet<string>,
): Promise<Identify | undefined> {
  if (settings.kind === "none") {
    const way = settings.isChosen ? undefined : findWayIn(reached);
    if (way === undefined) return undefined;
    throw new VitrineError(
      "CONFIG_INVALID",
      `${way}, and nobody said who may ask. Set VITRINE_AUTH to keys or jwt; to none, if all is to be everybody's.`,
    );
  }
  if (roles.size === 0)
    throw new VitrineError(
      "CONFIG_INVALID",
      `VITRINE_AUTH is ${settings.kind}, and the project declares no role. Declare some (\`defineAccess\`), and name them as \`access\` of their domain.`,
    );
  if (settings.jwt) return createIdentify(await createTokenReader(settings.jwt, roles), roles);
  // A file that cannot be read is told now, not to the first who asks.
  await readKeys(settings.keysFile);
  return createIdentify(createKeyReader(settings.keysFile), roles);
}

/** What says that others than this machine reach a server; undefined: nothing does. */
function findWayIn({ host, allowedHosts, proxies }: Reached): string | undefined {
  if (!isOfThisMachine(host)) return `HOST is ${host}, which other machines reach`;
  const name = allowedHosts.find((one) => !isOfThisMachine(one));
  if (name !== undefined) return `VITRINE_ALLOWED_HOSTS has ${name}, which is no name of this machine alone`;
  return proxies > 0 ? `VITRINE_PROXIES is ${proxies}: others are let in by a proxy` : undefined;
}

/** Reads whose token a request brings, and refuses roles that the project does not have. */
export function createIdentify(read: ReadToken, roles: ReadonlySet<string>): Identify {
  return async (request, given) => {
    const token = given ?? readAuthorization(request);
    if (token === undefined)
      throw new VitrineError(
        "UNAUTHENTICATED",
        "Say who asks: send your key or token as `Authorization: Bearer …`.",
      );
    if (token.length > LONGEST_TOKEN)
      throw new VitrineError("UNAUTHENTICATED", `The token has more than ${LONGEST_TOKEN} characters.`);
    const principal = await read(token);
    if (principal.role === null || !roles.has(principal.role))
      throw new VitrineError("FORBIDDEN", `${quote(principal.role ?? "")} is no role of this project.`);
    return principal;
  };
}

/** Where nobody is asked. */
export const identifyNobody: Identify = async () => everyone;

const quote = (text: string): string => JSON.stringify(text.slice(0, 100));
