import { dirname } from "node:path";
import type { App } from "../app/open-app.ts";
import type { ServeOptions } from "../graphql/serve-project.ts";
import type { Server } from "../graphql/server.ts";
import { everythingServed } from "../serving-settings.ts";
import type { CommandContext } from "./context.ts";
import { withApp } from "./with-app.ts";

/**
 * Runs `work` with the address of a gateway: the one that is named, or one of its own on this machine for as long, over the
 * databases of the data folder, with the limits and the log of every other.
 */
export function withGateway(
  context: CommandContext,
  url: string | undefined,
  work: (url: string) => Promise<void>,
): Promise<void> {
  if (url !== undefined) return work(url);
  return withApp(context, async (app) => {
    const server = await serveHere(app);
    try {
      await work(server.url);
    } finally {
      await server.close();
    }
  });
}

/** A gateway on a free port of this machine that answers this machine only. @param who who asks; default: it asks nobody */
export async function serveHere(
  app: App,
  who: Pick<ServeOptions, "identify" | "maskKey"> = {},
): Promise<Server> {
  const { serveProject } = await import("../graphql/serve-project.ts");
  const { project, live, mirror, reader, writer, mongo, logger, config } = app;
  return serveProject({
    ...{ project, live, mirror, reader, writer, mongo, logger },
    ...who,
    isOnlyHere: true,
    projectDir: dirname(config.projectFile),
    settings: { ...config, host: "127.0.0.1", port: 0, allowedHosts: [], serving: everythingServed },
  });
}
