import type { Command } from "commander";
import { openApp } from "../app/open-app.ts";
import { requireApplied } from "../migrations/migration-status.ts";
import type { CommandContext } from "./context.ts";
import { waitForStop } from "./wait-for-stop.ts";

/** `vitrine serve`: GraphQL alone, as the accounts that read and that call procedures; all else runs elsewhere. */
export function registerServe(command: Command, context: CommandContext): void {
  command
    .option("--port <number>", "port to listen on, 0 takes a free one (PORT, default 4000)")
    .action(async ({ port }: { port?: string }) => {
      context.outliveOutput();
      const { logger, progress, signal } = context;
      const given = context.config(port === undefined ? {} : { PORT: port });
      // Whoever is reached from outside has no account here that could change the schema.
      const config = { ...given, mariadbUrl: undefined, mariadbLoaderUrl: undefined };
      const app = await openApp(config, { logger, progress, signal, restart: true });
      try {
        await requireApplied(app.reader, app.project);
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
