import { type Command, Option } from "commander";
import { collect } from "./collect.ts";
import type { CommandContext } from "./context.ts";
import { askForFile, askForJson } from "./post-query.ts";
import { showTable } from "./show-table.ts";
import { withGateway } from "./with-gateway.ts";

interface QueryOptions {
  readonly variable: readonly string[];
  readonly operation?: string;
  readonly format?: "table" | "csv" | "ndjson" | "json";
  readonly excel: boolean;
  readonly url?: string;
}

/** `vitrine query FILE.graphql`: asks an operation of a file, and prints its answer, or the rows of its one list. */
export function registerQuery(command: Command, context: CommandContext): void {
  command
    .option(
      "-v, --variable <name=value>",
      "a variable of the operation; as often as there are some",
      collect,
      [],
    )
    .option("--operation <name>", "which operation, where the file has several")
    .addOption(
      new Option(
        "--format <format>",
        "rows as a table, csv or ndjson; json: the whole answer (default: table)",
      ).choices(["table", "csv", "ndjson", "json"]),
    )
    .option("--excel", "csv that a spreadsheet opens: codes stay text, and no text is a formula", false)
    .option(
      "--url <address>",
      "ask the gateway at this address, as http://host:4000/graphql, with the key or token of VITRINE_TOKEN; needs no database here",
    )
    .action(async (file: string, options: QueryOptions) => {
      // Loaded here, so that the other commands need not wait for GraphQL.
      const { readQuestionFile } = await import("./read-question.ts");
      const question = await readQuestionFile(file, options);
      const format = options.format ?? (context.json ? "json" : "table");
      await withGateway(context, options.url, async (url) => {
        const { signal } = context;
        // A gateway of our own asks nobody.
        const gateway = { url, token: options.url && context.config().auth.token };
        if (format === "json") return askForJson(context, gateway, question);
        if (format === "table")
          return showTable(
            context,
            await askForFile(gateway, question, "application/x-ndjson; numbers=text", signal),
          );
        const accept = format === "csv" ? `text/csv; excel=${options.excel}` : "application/x-ndjson";
        for await (const chunk of await askForFile(gateway, question, accept, signal))
          await context.write(chunk);
      });
    });
}
