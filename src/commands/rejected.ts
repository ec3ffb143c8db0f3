import type { Command } from "commander";
import { requestDocuments } from "../core/pending-queue.ts";
import { readRejected } from "../core/rejected-documents.ts";
import { NO_ID } from "../stores/conversion/document-id.ts";
import { chooseModels } from "./choose-models.ts";
import type { CommandContext } from "./context.ts";
import { withSource } from "./with-app.ts";

/** `vitrine rejected list|retry`: documents that could not be mirrored. */
export function registerRejected(rejected: Command, context: CommandContext): void {
  rejected
    .command("list [models...]")
    .description("which, why, and how often it was tried")
    .action((names: readonly string[]) =>
      withSource(context, async ({ project, loader }) => {
        const chosen = new Set(chooseModels(project, names).map((model) => model.name));
        const found = (await readRejected(loader)).filter(
          ({ model }) => names.length === 0 || chosen.has(model),
        );
        for (const { model, documentId, reason, failures, lastAt } of found)
          context.print(`${model} ${documentId}: ${reason} (${failures} times, last ${lastAt}Z)`);
        if (found.length === 0) context.print("No document is rejected.");
        context.printJson(found);
      }),
    );
  rejected
    .command("retry [models...]")
    .description("ask the loader to try them again")
    .action((names: readonly string[]) =>
      withSource(context, async ({ project, loader }) => {
        let count = 0;
        for (const model of chooseModels(project, names)) {
          const found = (await readRejected(loader, model)).map((document) => document.documentId);
          const ids = found.filter((id) => id !== NO_ID);
          if (ids.length < found.length)
            context.print(
              `${model.name} has rows without an id, which only a rebuild reads: mend them, then run \`vitrine rebuild ${model.name}\`.`,
            );
          await requestDocuments(loader, model, ids);
          count += ids.length;
        }
        context.print(`${count} documents are asked for again.`);
        context.printJson({ requested: count });
      }),
    );
}
