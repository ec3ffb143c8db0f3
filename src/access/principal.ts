/** Who asks, as far as the gateway knows. */
export interface Principal {
  /** For logs and audits: the name of a key, the subject of a token. */
  readonly name: string;
  /** Null where nobody is asked who they are: all is theirs. */
  readonly role: string | null;
  /** What row rules and arguments of procedures may refer to, as the key or the token has it. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970 from which on it no longer holds; null: it has no end. */
  readonly expiresAt: number | null;
}

/** Where nobody is asked who they are. */
export const everyone: Principal = { name: "everyone", role: null, claims: {}, expiresAt: null };
