import { dirname, relative } from "node:path";
import { VitrineError } from "../errors.ts";
import type { CreatedModel } from "../migrations/create-model.ts";
import { type Domain, defineProject, type Project } from "../models/project.ts";
import type { CommandContext } from "./context.ts";
import { withSource } from "./with-app.ts";

export interface NewModelOptions {
  readonly table?: string;
  readonly view?: string;
  readonly key?: string;
  readonly domain?: string;
}

/**
 * `vitrine model new NAME --table T | --view V`: a model that works, and what its author has to decide.
 * @throws VitrineError USAGE and those of createModel
 */
export async function createNewModel(
  context: CommandContext,
  name: string,
  options: NewModelOptions,
): Promise<void> {
  // Loaded here: other commands need no GraphQL, and no parser.
  const { printProjectSchema } = await import("../graphql/print-schema.ts");
  const { createModel } = await import("../migrations/create-model.ts");
  const { table, view, key } = options;
  const source = table ?? view;
  if (source === undefined || (table !== undefined && view !== undefined))
    throw new VitrineError("USAGE", "Name a table or a view: --table order, or --view order_list.");
  const created = await withSource(context, ({ project, admin, stack }) =>
    createModel(admin, {
      ...{
        projectDir: dirname(context.config().projectFile),
        sqlDir: project.sqlDir,
        url: stack.mariadb.adminUrl,
      },
      ...{ domains: project.domains, domain: chooseDomain(project, options.domain), signal: context.signal },
      ...{ name, source, key, isView: view !== undefined },
      check: (domains) => printProjectSchema(defineProject({ ...project, domains })),
    }),
  );
  tell(context, created);
  context.printJson(created);
}

function chooseDomain({ domains }: Project, name: string | undefined): Domain {
  const domain = domains.find((one) => (name === undefined ? domains.length === 1 : one.name === name));
  if (domain) return domain;
  throw new VitrineError("USAGE", `Name the domain: ${domains.map((one) => one.name).join(", ")}.`);
}

function tell(context: CommandContext, { files, decisions, line, listedIn }: CreatedModel): void {
  for (const file of files) context.print(`Wrote ${relative(".", file)}`);
  if (decisions.length > 0) context.print("To be decided, where the definition says `decide:`");
  for (const { field, reason } of decisions) context.print(`  ${field}: ${reason}`);
  context.print(
    listedIn ? `Added to ${relative(".", listedIn)}: ${line}` : `Add it to the domain's models: ${line}`,
  );
  context.print("Then: vitrine migrate up");
}
