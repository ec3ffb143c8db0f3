import type { Command } from "commander";
import { chooseModels } from "./choose-models.ts";
import type { CommandContext } from "./context.ts";
import { withSource } from "./with-app.ts";

/** `vitrine model explain NAME`: which tables concern a model, how a change finds its documents, and what one costs. */
export function registerModelExplain(model: Command, context: CommandContext): void {
  model
    .command("explain <name>")
    .description("say which tables concern a model, how a change finds its documents, and what one costs")
    .action(async (name: string) => {
      // Loaded here: other commands need no parser.
      const { deriveModel } = await import("../derive/derive-model.ts");
      const { explainDerivation } = await import("../derive/explain-derivation.ts");
      const { describeCost, measureModel } = await import("../migrations/measure-model.ts");
      const { derived, cost, view } = await withSource(context, async ({ project, admin }) => {
        const [model] = chooseModels(project, [name]);
        const view = model?.name ?? name;
        const derived = await deriveModel(admin, view, model?.columns[model.key] ?? "");
        return { derived, view, cost: model && (await measureModel(admin, model)) };
      });
      const lines = derived.kind === "refused" ? [derived.reason] : explainDerivation(derived);
      for (const line of [...lines, ...describeCost(view, cost)]) context.print(line);
      context.printJson({ ...derived, cost: cost ?? null });
    });
}
