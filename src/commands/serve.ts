import type { Command } from "commander";
import { openApp } from "../app/open-app.ts";
import { VitrineError } from "../errors.ts";
import { migrationStatus } from "../migrations/migration-status.ts";
import type { CommandContext } from "./context.ts";
import { waitForStop } from "./wait-for-stop.ts";

/** `vitrine serve`: GraphQL alone; migrations and the loader run elsewhere. */
export function registerServe(command: Command, context: CommandContext): void {
  command
    .option("--port <number>", "port to listen on, 0 takes a free one (PORT, default 4000)")
    .action(async ({ port }: { port?: string }) => {
      context.outliveOutput();
      const { logger, progress, signal } = context;
      const config = context.config(port === undefined ? {} : { PORT: port });
      const app = await openApp(config, { logger, progress, signal, restart: true });
      try {
        const { admin, project } = app;
        const { sqlDir, domains } = project;
        if (!(await migrationStatus({ admin, sqlDir, domains })).current)
          throw new VitrineError(
            "MIGRATIONS_PENDING",
            "The database is older than the SQL files. Run `vitrine migrate up` first.",
          );
        // Loaded here, so that the other commands need not wait for GraphQL.
        const { openGateway } = await import("../app/open-gateway.ts");
        const server = await openGateway(app);
        try {
          context.print(`GraphiQL  ${server.url}`);
          context.printJson({ graphql: server.url, port: server.port });
          await waitForStop(signal);
        } finally {
          await server.close();
        }
      } finally {
        await app.close();
      }
    });
}
