import { onTestFinished } from "vitest";
import { type ServeOptions, serveProject } from "../../../src/graphql/serve-project.ts";
import type { Server } from "../../../src/graphql/server.ts";
import { everythingServed, type Serving } from "../../../src/serving-settings.ts";
import type { TestGateway } from "./gateway.ts";

/** The gateway's project as `vitrine serve` serves it, with some settings of its own, until the test is over. */
export async function serveWith(
  { database, options }: TestGateway,
  serving: Partial<Serving>,
  settings: Partial<ServeOptions["settings"]> = {},
  more: Partial<ServeOptions> = {},
): Promise<Server> {
  const { project, mongo, reader, writer } = database;
  const server = await serveProject({
    ...{ project, mongo, reader, writer, ...options.stores, logger: options.logger, ...more },
    projectDir: ".",
    settings: {
      ...{ host: "127.0.0.1", port: 0, allowedHosts: [], allowedOrigins: [], explain: "off" },
      ...{ admission: null, proxies: 0 },
      ...{ slowQueryMs: undefined, maxStalenessMs: 10_000, queryTimeoutMs: 10_000 },
      ...{ maxDepth: 12, maxCost: 200_000, maxValues: 500_000, maxAnswerBytes: 16_000_000 },
      ...{ files: options.files, serving: { ...everythingServed, ...serving }, ...settings },
    },
  });
  onTestFinished(() => server.close());
  return server;
}
