import type { IncomingMessage } from "node:http";
import type { AuthSettings } from "../auth-settings.ts";
import { VitrineError } from "../errors.ts";
import { isOfThisMachine } from "../monitor/allowed-hosts.ts";
import { readCredentials } from "./credentials.ts";
import { createKeyReader } from "./keys.ts";
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

/** Longer ones are not looked at. */
const LONGEST_TOKEN = 16_384;

/**
 * What the settings say of who asks; undefined: nobody is asked.
 * @param roles those that the project declares
 * @throws VitrineError CONFIG_INVALID when other machines reach the server and nobody said who may ask; for keys that cannot be read
 */
export async function openIdentify(
  settings: AuthSettings,
  listensOn: string,
  roles: ReadonlySet<string>,
): Promise<Identify | undefined> {
  if (settings.kind === "none") {
    if (settings.isChosen || isOfThisMachine(listensOn)) return undefined;
    throw new VitrineError(
      "CONFIG_INVALID",
      `HOST is ${listensOn}, which other machines reach, and nobody said who may ask. Set VITRINE_AUTH to keys or jwt; to none, if all is to be everybody's.`,
    );
  }
  if (roles.size === 0)
    throw new VitrineError(
      "CONFIG_INVALID",
      `VITRINE_AUTH is ${settings.kind}, and the project declares no role. Declare some (\`defineAccess\`), and name them as \`access\` of their domain.`,
    );
  const read = settings.jwt
    ? await createTokenReader(settings.jwt, roles)
    : createKeyReader(settings.keysFile);
  return createIdentify(read, roles);
}

/** Reads whose token a request brings, and refuses roles that the project does not have. */
export function createIdentify(read: ReadToken, roles: ReadonlySet<string>): Identify {
  return async (request, given) => {
    const token = given ?? readCredentials(request);
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
