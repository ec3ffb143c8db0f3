import { dirname } from "node:path";
import type { App } from "./app.ts";
import { serveProject } from "./graphql/serve-project.ts";
import type { Server } from "./graphql/server.ts";

/** Serves an app's project, and tells the other commands of its folder where. @throws VitrineError PORT_IN_USE */
export async function openGateway(app: App): Promise<Server> {
  const { config, project, live, mirror, reader, writer, mongo, logger } = app;
  const projectDir = dirname(config.projectFile);
  const stores = { live, mirror, reader, writer, mongo };
  const server = await serveProject({ project, projectDir, ...stores, settings: config, logger });
  app.stack.announce({ graphqlUrl: server.url });
  return server;
}
