import type { Principal } from "../access/principal.ts";
import { VitrineError } from "../errors.ts";
import type { Access } from "../models/access.ts";
import type { TrustedDocuments } from "./trusted-documents.ts";

/** Whose texts are answered. */
export interface DocumentRule {
  /**
   * Why the text with this SHA-256 (in hexadecimal) is not answered; null: it is. Without one: why what has no text, as the
   * address of an export, is not.
   */
  refuse(principal: Pick<Principal, "role">, hash?: string): VitrineError | null;
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
  const declared = new Map<string, boolean>();
  for (const [role, { documents }] of access.flatMap(({ roles }) => Object.entries(roles)))
    if (documents !== undefined) declared.set(role, documents === "any" && (declared.get(role) ?? true));
  return {
    refuse({ role }, hash) {
      if (declared.get(role ?? "") ?? freeText) return null;
      if (hash !== undefined && trusted.find(hash) !== undefined) return null;
      const which = hash === undefined ? "" : `, and this one (SHA-256 ${hash}) is none`;
      return new VitrineError(
        "FORBIDDEN",
        `Only trusted documents are answered here${which}. VITRINE_DOCUMENTS names their folder.`,
      );
    },
  };
}
