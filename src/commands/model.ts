import { dirname, relative } from "node:path";
import type { Command } from "commander";
import { VitrineError } from "../errors.ts";
import { createModel } from "../migrations/create-model.ts";
import { compareGeneratedFiles, writeGeneratedFiles } from "../migrations/generated-files.ts";
import { defineProject } from "../models/project.ts";
import { checkModel } from "./check-model.ts";
import type { CommandContext } from "./context.ts";
import { registerModelExplain } from "./model-explain.ts";
import { withSource } from "./with-app.ts";

/** `vitrine model new|check|explain`: a view and a definition that work; whether they still do; what concerns them. */
export function registerModel(command: Command, context: CommandContext): void {
  registerModelExplain(command, context);
  command
    .command("new <name>")
    .description("write the view and the definition of a model that shows one table")
    .requiredOption("--table <table>", "the table whose rows it shows")
    .option("--domain <domain>", "the domain it belongs to; needed when the project has several")
    .action(async (name: string, options: { readonly table: string; readonly domain?: string }) => {
      // Loaded here: other commands need no GraphQL.
      const { printProjectSchema } = await import("../graphql/print-schema.ts");
      const { created, generated } = await withSource(context, async ({ project, admin, stack }) => {
        const { domains, sqlDir } = project;
        const domain = domains.find((one) =>
          options.domain === undefined ? domains.length === 1 : one.name === options.domain,
        );
        if (!domain)
          throw new VitrineError("USAGE", `Name the domain: ${domains.map((one) => one.name).join(", ")}.`);
        const projectDir = dirname(context.config().projectFile);
        let all = domains;
        const created = await createModel(admin, {
          ...{ projectDir, sqlDir, domain, name, table: options.table, signal: context.signal },
          check: (model) => {
            const grown = { ...domain, models: [...domain.models, model] };
            all = domains.map((one) => (one === domain ? grown : one));
            printProjectSchema(defineProject({ ...project, domains: all }));
          },
        });
        const changes = await compareGeneratedFiles(stack.mariadb.adminUrl, sqlDir, { domains: all });
        return { created, generated: await writeGeneratedFiles(sqlDir, changes) };
      });
      for (const file of [...created.files, ...generated]) context.print(`Wrote ${relative(".", file)}`);
      if (created.open.length > 0) context.print("To be decided, as the files say at their top:");
      for (const { column, reason } of created.open) context.print(`  ${column}: ${reason}`);
      context.print(
        created.listedIn
          ? `Added to ${relative(".", created.listedIn)}: ${created.line}`
          : `Add it to the domain's models: ${created.line}`,
      );
      context.print("Then: vitrine migrate up");
      context.printJson({ ...created, generated });
    });

  command
    .command("check [name]")
    .description("compare definitions with their views; ends with 1 when they differ")
    .action((name: string | undefined) => checkModel(context, name));
}
