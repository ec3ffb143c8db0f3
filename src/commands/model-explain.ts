import type { Command } from "commander";
import { VitrineError } from "../errors.ts";
import type { CommandContext } from "./context.ts";
import { withAdmin } from "./with-admin.ts";

/** `vitrine model explain NAME`: which tables concern a model, and how a change finds its documents. */
export function registerModelExplain(model: Command, context: CommandContext): void {
  model
    .command("explain <name>")
    .description("say which tables and columns concern a model, and how a change finds its documents")
    .action(async (name: string) => {
      // Loaded here: other commands need no parser.
      const { deriveModel } = await import("../derive/derive-model.ts");
      const { explainDerivation } = await import("../derive/explain-derivation.ts");
      const derived = await withAdmin(context, async ({ project, admin }) => {
        const models = project.domains.flatMap((domain) => domain.models.map((model) => model.name));
        if (!models.includes(name))
          throw new VitrineError(
            "UNKNOWN_MODEL",
            `No model is named ${name}. There are: ${models.join(", ")}.`,
          );
        return deriveModel(admin, name, "document_id");
      });
      if (derived.kind === "refused") context.print(derived.reason);
      else for (const line of explainDerivation(derived)) context.print(line);
      context.printJson(derived);
    });
}
