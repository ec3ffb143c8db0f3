import type { Command } from "commander";
import { chooseModels } from "./choose-models.ts";
import type { CommandContext } from "./context.ts";
import { withSource } from "./with-app.ts";

/** `vitrine model explain NAME`: which tables concern a model, and how a change finds its documents. */
export function registerModelExplain(model: Command, context: CommandContext): void {
  model
    .command("explain <name>")
    .description("say which tables and columns concern a model, and how a change finds its documents")
    .action(async (name: string) => {
      // Loaded here: other commands need no parser.
      const { deriveModel } = await import("../derive/derive-model.ts");
      const { explainDerivation } = await import("../derive/explain-derivation.ts");
      const derived = await withSource(context, async ({ project, admin }) => {
        const [chosen] = chooseModels(project, [name]);
        return deriveModel(admin, name, chosen?.columns[chosen.key] ?? "");
      });
      if (derived.kind === "refused") context.print(derived.reason);
      else for (const line of explainDerivation(derived)) context.print(line);
      context.printJson(derived);
    });
}
