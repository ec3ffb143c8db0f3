import type { Plugin } from "graphql-yoga";
import type { Principal } from "../access/principal.ts";
import { VitrineError } from "../errors.ts";
import type { Access } from "../models/access.ts";
import { hashOf } from "./hash-of.ts";
import type { TrustedDocuments } from "./trusted-documents.ts";
import type { RequestState } from "./yoga.ts";

/** Whose texts are answered. */
export interface DocumentRule {
  /** Why this text is not answered; null: it is. */
  refuse(principal: Principal, text: string): VitrineError | null;
}

interface RuleOptions {
  readonly trusted: Pick<TrustedDocuments, "find">;
  /** Whether other texts are answered where a role says nothing of it. */
  readonly freeText: boolean;
  /** Of all domains: one that asks for trusted documents has its way. */
  readonly access: readonly Access[];
}

/** Texts that are not trusted are answered to those who may send any. */
export function createDocumentRule({ trusted, freeText, access }: RuleOptions): DocumentRule {
  const maySendAny = (role: string | null): boolean => {
    const said = access.flatMap(({ roles }) =>
      role !== null && Object.hasOwn(roles, role) ? (roles[role]?.documents ?? []) : [],
    );
    return said.length === 0 ? freeText : !said.includes("trusted");
  };
  const known = new Map<string | null, boolean>();
  return {
    refuse({ role }, text) {
      const isFree = known.get(role) ?? maySendAny(role);
      // Roles that nobody declared would fill it.
      if (known.size < 1000) known.set(role, isFree);
      if (isFree) return null;
      const hash = hashOf(text);
      if (trusted.find(hash) !== undefined) return null;
      return new VitrineError(
        "FORBIDDEN",
        `Only trusted documents are answered here, and this one (SHA-256 ${hash}) is none. VITRINE_DOCUMENTS names their folder.`,
      );
    },
  };
}

/** Refuses before a text is parsed, by whichever road it came. */
export const keepDocumentRule = (rule: DocumentRule): Plugin<RequestState> => ({
  onParse({ context: { principal }, params: { source } }) {
    const refusal = rule.refuse(principal, typeof source === "string" ? source : source.body);
    if (refusal) throw refusal;
  },
});
