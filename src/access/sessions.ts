import { hkdfSync, randomBytes } from "node:crypto";
import { EncryptJWT, jwtDecrypt } from "jose";
import { VitrineError } from "../errors.ts";
import { isAskedAsLoopback } from "../monitor/allowed-hosts.ts";
import { readSessionCookie, writeSessionCookie } from "./credentials.ts";
import type { AskedBy } from "./identify.ts";

/** What a browser's visitor has signed in with, and how long that lets them in. */
export interface Session {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * Browsers carry what their visitor signed in with sealed, and for a time: whoever has the cookie has no key, and is let in no
 * longer than the key is good for. Nothing is kept of a session, so any gateway that has the secret opens it.
 */
export interface Sessions {
  /** The cookie of a session that begins now. @throws VitrineError UNAUTHENTICATED when no browser keeps one as long */
  begin(token: string, request: AskedBy): Promise<string>;
  /** The cookie that ends the session of a browser. */
  end(request: AskedBy): string;
  /** The session that a page of this server asks with; undefined: none. @throws VitrineError UNAUTHENTICATED when it has ended */
  open(request: AskedBy): Promise<Session | undefined>;
}

/** How browsers stay signed in. */
export interface SessionSettings {
  /** What sessions are sealed with, here and by gateways beside; undefined: drawn for this process. */
  readonly secret: string | undefined;
  readonly hours: number;
}

/** Signed in for a working day. */
export const defaultSessions: SessionSettings = { secret: undefined, hours: 12 };

/** No browser keeps a longer cookie. */
const MOST_COOKIE = 4000;

const alg = "dir";
const enc = "A256GCM";

/** @param now milliseconds since 1970 */
export function createSessions(settings: SessionSettings, now: () => number = Date.now): Sessions {
  const secret = settings.secret ?? randomBytes(32);
  const key = new Uint8Array(hkdfSync("sha256", secret, "", "vitrine session", 32));
  return {
    async begin(token, request) {
      const end = Math.floor(now() / 1000) + settings.hours * 3600;
      const sealed = await new EncryptJWT({ token })
        .setProtectedHeader({ alg, enc })
        .setExpirationTime(end)
        .encrypt(key);
      if (sealed.length > MOST_COOKIE)
        throw new VitrineError(
          "UNAUTHENTICATED",
          "The token is too long for a browser's cookie. Programs send it as `Authorization: Bearer …`.",
        );
      return writeSessionCookie(sealed, !isAskedAsLoopback(request));
    },
    end: (request) => writeSessionCookie(null, !isAskedAsLoopback(request)),
    async open(request) {
      const sealed = readSessionCookie(request);
      if (sealed === undefined) return undefined;
      try {
        const { payload } = await jwtDecrypt<{ readonly token: string }>(sealed, key, {
          keyManagementAlgorithms: [alg],
          contentEncryptionAlgorithms: [enc],
          requiredClaims: ["exp", "token"],
          currentDate: new Date(now()),
        });
        return { token: payload.token, expiresAt: (payload.exp ?? 0) * 1000 };
      } catch (cause) {
        throw new VitrineError("UNAUTHENTICATED", "Your session has ended. Sign in again.", { cause });
      }
    },
  };
}
