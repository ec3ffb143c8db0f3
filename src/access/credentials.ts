import { VitrineError } from "../errors.ts";
import { isOwnOrigin } from "../monitor/allowed-origins.ts";
import type { AskedBy } from "./identify.ts";

/** In which a browser keeps the token that its visitor signed in with. */
const COOKIE = "vitrine_token";

/** The key or token that a request brings; undefined: none. @throws VitrineError UNAUTHENTICATED for one of another form */
export function readCredentials(request: AskedBy): string | undefined {
  const { authorization } = request.headers;
  if (authorization !== undefined) return readBearer(authorization);
  return isOfOwnPage(request) ? readCookie(request.headers.cookie ?? "") : undefined;
}

/** The token of `Bearer …`. @throws VitrineError UNAUTHENTICATED */
export function readBearer(text: string): string {
  const [, token] = /^bearer +([\w.~+/=-]+)$/i.exec(text) ?? [];
  if (token !== undefined) return token;
  throw new VitrineError("UNAUTHENTICATED", "Send your key or token as `Authorization: Bearer …`.");
}

/**
 * A browser sends a cookie along whoever made it ask. It counts for pages of this server only: as the browser says
 * (`Sec-Fetch-Site`), else as the origin does; where neither is told, for what changes nothing.
 */
function isOfOwnPage({ method, headers }: AskedBy): boolean {
  const { origin, host, "sec-fetch-site": site } = headers;
  if (origin !== undefined && !isOwnOrigin(origin, host)) return false;
  if (site !== undefined) return site === "same-origin" || site === "none";
  return origin !== undefined || method === "GET" || method === "HEAD";
}

function readCookie(cookies: string): string | undefined {
  for (const one of cookies.split(";")) {
    const [name, value] = one.trim().split("=", 2);
    if (name === COOKIE && value) return value;
  }
  return undefined;
}

/**
 * A cookie that no script may read, and that no other site's page makes a browser send.
 * @param token empty: the browser forgets it
 * @param expiresAt milliseconds since 1970; null: when the browser is closed
 */
export function writeCookie(token: string, expiresAt: number | null, isSecure: boolean): string {
  const end = token === "" ? 0 : expiresAt;
  return [
    `${COOKIE}=${token}`,
    "Path=/",
    "HttpOnly",
    "SameSite=Strict",
    ...(isSecure ? ["Secure"] : []),
    ...(end === null ? [] : [`Expires=${new Date(end).toUTCString()}`]),
  ].join("; ");
}
