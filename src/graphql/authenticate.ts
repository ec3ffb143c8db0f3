import type { IncomingMessage, ServerResponse } from "node:http";
import type { Identify } from "../access/identify.ts";
import type { Principal } from "../access/principal.ts";
import type { Session, Sessions } from "../access/sessions.ts";
import { type ErrorCode, VitrineError } from "../errors.ts";
import { sendError } from "../monitor/http-server.ts";
import { addVary } from "../pages/body.ts";
import type { RoleGateway, RoleGateways } from "./role-gateways.ts";

/** Who asks, and what serves them. */
export interface Authenticated {
  readonly principal: Principal;
  readonly served: RoleGateway;
}

/** @throws VitrineError UNAUTHENTICATED, FORBIDDEN */
export type Authenticate = (request: IncomingMessage, given?: string) => Promise<Authenticated>;

/** Lets requests in as those who ask: by what they send, else by the session of their browser. */
export const createAuthentication =
  (gateways: RoleGateways, identify: Identify, sessions?: Sessions): Authenticate =>
  async (request, given) => {
    const session = given === undefined ? await sessions?.open(request) : undefined;
    const principal = await identify(request, given ?? session?.token);
    return { principal: endWith(principal, session), served: await gateways.of(principal.role) };
  };

/** Nobody stays longer than their session, nor than what they signed in with. */
function endWith(principal: Principal, session: Session | undefined): Principal {
  if (session === undefined) return principal;
  const ends = principal.expiresAt ?? Number.POSITIVE_INFINITY;
  return { ...principal, expiresAt: Math.min(ends, session.expiresAt) };
}

/** What was answered to one is nothing for another: neither for who signs in next, nor for a cache on the way. */
export function keepPrivate(response: ServerResponse): void {
  addVary(response, "authorization, cookie");
  response.setHeader("cache-control", "private, no-cache");
}

const statuses: Partial<Readonly<Record<ErrorCode, number>>> = { UNAUTHENTICATED: 401, FORBIDDEN: 403 };

/** Whether somebody is not let in, by whatever road. */
export const isRefusal = (error: unknown): error is VitrineError =>
  error instanceof VitrineError && statuses[error.code] !== undefined;

/** Answers a request that may not be served; false for any other error, which is left alone. */
export function refuseUnknown(error: unknown, response: ServerResponse): error is VitrineError {
  if (!isRefusal(error)) return false;
  const status = statuses[error.code] ?? 403;
  if (status === 401) response.setHeader("www-authenticate", "Bearer");
  response.setHeader("cache-control", "no-store");
  sendError(response, status, error.code, error.message);
  return true;
}
