import { runLive } from "../app/run-live.ts";
import type { CommandContext } from "./context.ts";
import { findDomain } from "./find-domain.ts";
import { withSource } from "./with-app.ts";

export interface LiveOptions {
  readonly seed: number;
  readonly speed: number;
  readonly days?: number;
}

/** `vitrine generate DOMAIN --live`: what happens is written to the tables as by anybody else, and told line by line. */
export function goOn(
  name: string,
  { seed, speed, days }: LiveOptions,
  context: CommandContext,
): Promise<void> {
  return withSource(context, async ({ project, admin }) => {
    const { live } = findDomain(project, name, { needs: "live", ability: "go on by itself" });
    const counts: Record<string, number> = {};
    const { signal } = context;
    await runLive(admin, live, {
      ...{ seed, speed, days, signal },
      onEvent: ({ at, what, refused }) => {
        counts[what] = (counts[what] ?? 0) + 1;
        const end = refused === undefined ? "" : `, refused by ${refused}`;
        context.print(`${new Date(at).toISOString()} ${what}${end}`);
      },
    });
    context.printJson({ domain: name, events: counts });
  });
}
