import { VitrineError } from "../errors.ts";
import { isAskedAsLoopback } from "../monitor/allowed-hosts.ts";
import { isOwnOrigin } from "../monitor/allowed-origins.ts";
import type { AskedBy } from "./identify.ts";

/**
 * The cookie in which a browser keeps its visitor's session. Over HTTPS its name says that nobody but this host can have set
 * it, for all its paths: browsers hold to that.
 */
const cookieName = (isSecure: boolean): string => (isSecure ? "__Host-vitrine_session" : "vitrine_session");

/** The key or token that a program sends with a request; undefined: none. @throws VitrineError UNAUTHENTICATED for one of another form */
export function readAuthorization({ headers: { authorization } }: AskedBy): string | undefined {
  return authorization === undefined ? undefined : readBearer(authorization);
}

/** The token of `Bearer …`. @throws VitrineError UNAUTHENTICATED */
export function readBearer(text: string): string {
  const [, token] = /^bearer +([\w.~+/=-]+)$/i.exec(text) ?? [];
  if (token !== undefined) return token;
  throw new VitrineError("UNAUTHENTICATED", "Send your key or token as `Authorization: Bearer …`.");
}

/** The session that a page of this server sends; undefined: none, or it is not to count. */
export function readSessionCookie(request: AskedBy): string | undefined {
  if (request.headers.authorization !== undefined || !isOfOwnPage(request)) return undefined;
  return readCookie(request.headers.cookie ?? "", cookieName(!isAskedAsLoopback(request)));
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

/** Of two that differ a neighbour has set one, and nothing tells which: neither counts. */
function readCookie(cookies: string, wanted: string): string | undefined {
  const values = new Set<string>();
  for (const one of cookies.split(";")) {
    const [name, value] = one.trim().split("=", 2);
    if (name === wanted && value) values.add(value);
  }
  const [value] = values;
  return values.size === 1 ? value : undefined;
}

/**
 * A cookie that no script may read, that no other site's page makes a browser send, and that is forgotten when the browser
 * is closed.
 * @param session null: the browser forgets it now
 */
export function writeSessionCookie(session: string | null, isSecure: boolean): string {
  return [
    `${cookieName(isSecure)}=${session ?? ""}`,
    "Path=/",
    "HttpOnly",
    "SameSite=Strict",
    ...(isSecure ? ["Secure"] : []),
    ...(session === null ? [`Expires=${new Date(0).toUTCString()}`] : []),
  ].join("; ");
}
