import { join, resolve } from "node:path";
import { z } from "zod";
import { splitList, whole } from "./config-values.ts";

/** How it is known who asks. */
export interface AuthSettings {
  readonly kind: "none" | "keys" | "jwt";
  /** Whether somebody wrote that down; else nobody is asked. */
  readonly isChosen: boolean;
  /** Absolute; also where no key is asked for. */
  readonly keysFile: string;
  /** Null: no tokens are taken. */
  readonly jwt: JwtSettings | null;
  /** With what masked texts are hashed. */
  readonly maskKey: string | undefined;
  /** How browsers stay signed in. */
  readonly sessions: { readonly secret: string | undefined; readonly hours: number };
  /** What commands that ask another gateway say who they are with. */
  readonly token: string | undefined;
}

/** Which tokens are believed, and where they say whose they are. */
export interface JwtSettings {
  /** The address of a JWKS, or the absolute path of its file. */
  readonly keys: string;
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  readonly clockSeconds: number;
  /** Where the role is, or the list of roles. */
  readonly rolePath: string;
  /** Where the claims are; empty: they are the token's own. */
  readonly claimsPath: string;
}

/** Only those of which the key that checks is none that signs. */
const algorithms: readonly string[] = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];

const optional = () => z.string().min(1).optional();

/** Variables of who asks: a part of configSchema. */
export const authSettings = {
  VITRINE_AUTH: z
    .enum(["none", "keys", "jwt"])
    .optional()
    .describe(
      "How it is known who asks: `keys` (`vitrine user add NAME --role ROLE --key`), `jwt` (tokens of others), `none`: nobody is asked, and all is everybody's. Default: everybody on this machine, nobody through a proxy; where `HOST`, `VITRINE_ALLOWED_HOSTS` or `VITRINE_PROXIES` let others in, it must be said.",
    ),
  VITRINE_KEYS: optional().describe(
    "File of the hashes of keys, with their roles and claims. Default: `keys.json` in the data folder.",
  ),
  VITRINE_JWT_KEYS: z
    .string()
    .min(1)
    .refine((keys) => !/^\w+:\/\//.test(keys) || isSafeAddress(keys), {
      message:
        "must be the path of a file, or an address that starts with https:// (http:// on loopback only)",
    })
    .optional()
    .describe(
      "Public keys that tokens are signed with, as a JWKS: its address (`https://login.example/keys`), or its file.",
    ),
  VITRINE_JWT_ISSUER: optional().describe("Who gives tokens: their `iss`."),
  VITRINE_JWT_AUDIENCE: optional().describe("Whom tokens must be for: one of their `aud`."),
  VITRINE_JWT_ALGORITHMS: z
    .string()
    .refine(
      (list) => splitList(list).length > 0 && splitList(list).every((one) => algorithms.includes(one)),
      {
        message: `must be some of ${algorithms.join(", ")}, with commas between`,
      },
    )
    .default("RS256,ES256,EdDSA")
    .describe("How tokens may be signed, with commas between: by keys of which only one half is known here."),
  VITRINE_JWT_CLOCK_SECONDS: whole(5, 0, 300).describe("How far the clock of who gives tokens may be off."),
  VITRINE_JWT_ROLE: z
    .string()
    .min(1)
    .default("role")
    .describe(
      "Where a token says its role, with dots between: `realm_access.roles`. Of a list, the one role that the project has counts.",
    ),
  VITRINE_JWT_CLAIMS: optional().describe(
    "Where a token has the claims that rules refer to, with dots between. Default: they are its own.",
  ),
  VITRINE_MASK_KEY: z
    .string()
    .min(16)
    .optional()
    .describe(
      "What personal fields are hashed with for roles that see them so: at least 16 characters. With another, the same text has another hash.",
    ),
  VITRINE_SESSION_SECRET: z
    .string()
    .min(32)
    .optional()
    .describe(
      "What the sessions of browsers are sealed with: at least 32 random characters, the same for gateways behind one balancer. With another, visitors sign in again. Default: drawn at each start.",
    ),
  VITRINE_SESSION_HOURS: whole(12, 1, 720).describe(
    "How long a browser stays signed in; never longer than the key or token holds.",
  ),
  VITRINE_TOKEN: optional().describe("Key or token that `vitrine query --url` sends."),
};

const schema = z.object(authSettings);
type Env = z.output<typeof schema>;

/** What is wrong with the settings together. */
export function findAuthProblems(given: Readonly<Record<string, string | undefined>>): readonly string[] {
  if (given.VITRINE_AUTH !== "jwt") return [];
  return (["VITRINE_JWT_KEYS", "VITRINE_JWT_ISSUER", "VITRINE_JWT_AUDIENCE"] as const)
    .filter((name) => given[name] === undefined)
    .map((name) => `${name}: VITRINE_AUTH=jwt needs it`);
}

/** The settings that an environment states. */
export function readAuthSettings(env: Env & { readonly VITRINE_DATA_DIR: string }): AuthSettings {
  const { VITRINE_JWT_KEYS: keys, VITRINE_JWT_ISSUER: issuer, VITRINE_JWT_AUDIENCE: audience } = env;
  const isAddress = keys?.includes("://") ?? false;
  const isTold = env.VITRINE_AUTH === "jwt" && keys && issuer && audience;
  return {
    kind: env.VITRINE_AUTH ?? "none",
    isChosen: env.VITRINE_AUTH !== undefined,
    keysFile: resolve(env.VITRINE_KEYS ?? join(env.VITRINE_DATA_DIR, "keys.json")),
    maskKey: env.VITRINE_MASK_KEY,
    sessions: { secret: env.VITRINE_SESSION_SECRET, hours: env.VITRINE_SESSION_HOURS },
    token: env.VITRINE_TOKEN,
    jwt: isTold
      ? {
          ...{ keys: isAddress ? keys : resolve(keys), issuer, audience },
          algorithms: splitList(env.VITRINE_JWT_ALGORITHMS),
          clockSeconds: env.VITRINE_JWT_CLOCK_SECONDS,
          rolePath: env.VITRINE_JWT_ROLE,
          claimsPath: env.VITRINE_JWT_CLAIMS ?? "",
        }
      : null,
  };
}

/** Whoever can change what comes from this address can sign as anybody. */
function isSafeAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return (
    protocol === "https:" ||
    (protocol === "http:" && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname))
  );
}
