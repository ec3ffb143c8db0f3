import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from "jose";
import type { JwtSettings } from "../auth-settings.ts";
import { VitrineError } from "../errors.ts";
import type { ReadToken } from "./identify.ts";
import type { Principal } from "./principal.ts";

/** A token that was checked is believed so long without another look at its signature. */
const BELIEVED_MS = 60_000;
/** Tokens that are remembered: the one that was checked first is forgotten first. */
const MOST_TOKENS = 5000;
/** For the keys of another server. */
const FETCH_MS = 5000;

/**
 * Believes tokens (JWT) that are signed by a key of the settings, are for us, and have not ended.
 * @param roles those that the project declares: of several in one token, the one among them counts
 * @throws VitrineError CONFIG_INVALID when the file of keys cannot be read
 */
export async function createTokenReader(
  settings: JwtSettings,
  roles: ReadonlySet<string>,
  now: () => number = Date.now,
): Promise<ReadToken> {
  const keys = await openKeys(settings.keys);
  const believed = new Map<string, { readonly principal: Principal; readonly until: number }>();
  return async (token) => {
    const id = createHash("sha256").update(token).digest("base64");
    const known = believed.get(id);
    if (known && now() < known.until) return known.principal;
    believed.delete(id);
    const principal = toPrincipal(await verify(token, keys, settings, now()), settings, roles);
    const end = principal.expiresAt ?? 0; // `exp` is required
    believed.set(id, { principal, until: Math.min(now() + BELIEVED_MS, end) });
    for (const [oldest] of believed) {
      if (believed.size <= MOST_TOKENS) break;
      believed.delete(oldest);
    }
    return principal;
  };
}

async function openKeys(place: string): Promise<JWTVerifyGetKey> {
  if (place.includes("://")) return createRemoteJWKSet(new URL(place), { timeoutDuration: FETCH_MS });
  try {
    return createLocalJWKSet(JSON.parse(await readFile(place, "utf8")) as JSONWebKeySet); // which the call checks
  } catch (cause) {
    throw new VitrineError(
      "CONFIG_INVALID",
      `${place} is no file of keys (JWKS). VITRINE_JWT_KEYS names it.`,
      {
        cause,
      },
    );
  }
}

async function verify(
  token: string,
  keys: JWTVerifyGetKey,
  { issuer, audience, algorithms, clockSeconds }: JwtSettings,
  now: number,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      ...{ issuer, audience, algorithms: [...algorithms], clockTolerance: clockSeconds },
      requiredClaims: ["exp", "sub"],
      currentDate: new Date(now),
    });
    return payload;
  } catch (cause) {
    const reason = explain(cause);
    throw new VitrineError("UNAUTHENTICATED", reason ?? NO_KEYS, {
      cause,
      ...(reason === null && { details: { isPassing: true } }),
    });
  }
}

const NO_KEYS = "The token cannot be checked just now: the keys that it may be signed with are not there.";

/** In words that tell whoever sent the token what to do, and nothing of the token; null when it is no fault of the token's. */
function explain(error: unknown): string | null {
  if (error instanceof errors.JWTExpired) return "The token has ended. Get another.";
  if (error instanceof errors.JWTClaimValidationFailed) return `The token does not hold: ${error.message}.`;
  if (error instanceof errors.JOSEAlgNotAllowed)
    return "The token is signed in a way that is not allowed (VITRINE_JWT_ALGORITHMS).";
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed)
    return "The token is signed by no key that is known here.";
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid)
    return "This is no token (JWT).";
  if (error instanceof errors.JOSENotSupported) return "The token is of a kind that is not taken.";
  return null;
}

function toPrincipal(payload: JWTPayload, settings: JwtSettings, roles: ReadonlySet<string>): Principal {
  const { sub = "", exp = 0 } = payload;
  const claims = settings.claimsPath === "" ? payload : (findAt(payload, settings.claimsPath) ?? {});
  if (typeof claims !== "object" || claims === null || Array.isArray(claims))
    throw new VitrineError(
      "FORBIDDEN",
      `The token has no claims at ${settings.claimsPath}: what is there is no object.`,
    );
  return {
    name: sub.slice(0, 200),
    role: chooseRole(findAt(payload, settings.rolePath), settings.rolePath, roles),
    claims: claims as Principal["claims"],
    expiresAt: (exp + settings.clockSeconds) * 1000,
  };
}

/** Who has two roles would have to be asked which is meant: neither is taken for more than the other. */
function chooseRole(value: unknown, path: string, roles: ReadonlySet<string>): string {
  const named = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === "string");
  const own = [...new Set(named)].filter((one) => roles.has(one));
  const [role] = own;
  if (role !== undefined && own.length === 1) return role;
  throw new VitrineError(
    "FORBIDDEN",
    role === undefined
      ? `The token names no role of this project at ${path}.`
      : `The token names several roles of this project at ${path}: ${own.join(", ")}. It must name one.`,
  );
}

/** The value at a path; names may have dots in them themselves, as addresses do. */
function findAt(value: unknown, path: string): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  if (Object.hasOwn(value, path)) return (value as Record<string, unknown>)[path];
  for (let dot = path.lastIndexOf("."); dot > 0; dot = path.lastIndexOf(".", dot - 1)) {
    const name = path.slice(0, dot);
    if (!Object.hasOwn(value, name)) continue;
    const found = findAt((value as Record<string, unknown>)[name], path.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}
