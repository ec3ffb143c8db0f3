import { dirname } from "node:path";
import { openIdentify } from "../access/identify.ts";
import { rolesOf } from "../access/project-for-role.ts";
import { VitrineError } from "../errors.ts";
import { requireMaskKey } from "../graphql/open-role.ts";
import { serveProject } from "../graphql/serve-project.ts";
import type { Server } from "../graphql/server.ts";
import type { Project } from "../models/project.ts";
import { withoutMutations } from "../models/read-only.ts";
import { createDocsPage } from "../reference/docs-page.ts";
import { verifyProcedures } from "../stores/mariadb/procedure-parameters.ts";
import type { App } from "./open-app.ts";

/**
 * Serves an app's project, and tells the other commands of its folder where.
 * @throws VitrineError PORT_IN_USE; CONFIG_INVALID when it is not said who may ask; MIGRATIONS_PENDING when a procedure is not what its definition says
 */
export async function openGateway(app: App): Promise<Server> {
  const { config, live, mirror, reader, writer, mongo, logger } = app;
  const { serving } = config;
  const project = serving.readOnly ? withoutMutations(app.project) : app.project;
  const identify = await openIdentify(config.auth, config, new Set(rolesOf(project)));
  if (identify) requireMaskKey(project, config.auth.maskKey);
  await requireProcedures({ writer, project });
  const projectDir = dirname(config.projectFile);
  const stores = { live, mirror, reader, writer, mongo, replicas: app.replicas?.replicas };
  const morePages = (shown: Project) =>
    serving.introspection
      ? [createDocsPage({ ...shown, sqlDir: app.project.sqlDir }, projectDir, reader)]
      : [];
  const server = await serveProject({
    ...{ project, projectDir, ...stores, settings: config, logger, morePages, identify },
    maskKey: config.auth.maskKey,
    sessions: config.auth.sessions,
    isOnlyHere: !config.auth.isChosen,
  });
  app.stack.announce({ graphqlUrl: server.url });
  return server;
}

/** A field that can only fail is found out here, also one that the writer may not call, not by the first client who calls it. */
async function requireProcedures({ writer, project }: Pick<App, "writer" | "project">): Promise<void> {
  const procedures = project.domains.flatMap((domain) => domain.procedures ?? []);
  const problems = await verifyProcedures(writer, procedures);
  if (problems.length === 0) return;
  throw new VitrineError(
    "MIGRATIONS_PENDING",
    `${problems.join("\n")}\nRun \`vitrine migrate up\`, or bring the definition and the SQL file of the procedure into line.`,
    { details: { problems } },
  );
}
