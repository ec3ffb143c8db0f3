import type { GraphQLSchema } from "graphql";
import { readDashboards } from "../dashboards/read-dashboards.ts";
import type { Logger } from "../log.ts";
import type { Access } from "../models/access.ts";
import type { Project } from "../models/project.ts";
import type { Serving } from "../serving-settings.ts";
import type { Dashboard } from "../web/dashboard/page-settings.ts";
import { createDocumentRule, type DocumentRule } from "./document-rule.ts";
import { readTrustedDocuments, type TrustedDocuments, trustDocuments } from "./trusted-documents.ts";

interface Documents {
  readonly trusted?: TrustedDocuments;
  readonly documentRule?: DocumentRule;
}

/**
 * What a gateway knows of texts: those of the folder that settings name, those of the project's dashboards, and who may send
 * others. Nothing where there is no folder, and everybody may send any text.
 * @throws VitrineError CONFIG_INVALID for a document that cannot be trusted
 */
export async function openDocuments(
  project: Pick<Project, "domains">,
  projectDir: string,
  { documents, freeText }: Pick<Serving, "documents" | "freeText">,
  around: { readonly schema: GraphQLSchema; readonly logger: Pick<Logger, "info" | "warn"> },
): Promise<Documents> {
  const access = project.domains.flatMap((domain) => domain.access ?? []);
  if (documents === undefined && freeText && !asksForTrusted(access)) return {};
  const { dashboards } = await readDashboards(project, projectDir, around.schema);
  const own = documents === undefined ? [] : await readTrustedDocuments(documents, around);
  const trusted = trustDocuments([...own, ...dashboards.flatMap(textsOf)]);
  around.logger.info({ documents: trusted.size, freeText }, "trusted documents");
  return { trusted, documentRule: createDocumentRule({ trusted, freeText, access }) };
}

const asksForTrusted = (access: readonly Access[]): boolean =>
  access.some(({ roles }) => Object.values(roles).some((role) => role.documents === "trusted"));

/** All that a dashboard asks. */
const textsOf = ({ tiles, filters }: Dashboard): readonly string[] => [
  ...tiles.flatMap(({ query, live }) => [query, ...(live.subscription ? [live.subscription.query] : [])]),
  ...filters.flatMap((filter) => (filter.type === "choice" ? [filter.values.query] : [])),
];
