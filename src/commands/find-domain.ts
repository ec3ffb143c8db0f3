import { VitrineError } from "../errors.ts";
import type { Domain, Project } from "../models/project.ts";

/**
 * The domain of this name, which has what a command needs of it.
 * @param ability what such a domain can, as in "can import files"
 * @throws VitrineError USAGE that lists the domains that have it.
 */
export function findDomain<K extends keyof Domain>(
  project: Pick<Project, "domains">,
  name: string,
  { needs, ability }: { readonly needs: K; readonly ability: string },
): Domain & { readonly [P in K]-?: NonNullable<Domain[P]> } {
  const able = project.domains.filter((domain) => domain[needs] !== undefined);
  const domain = able.find((one) => one.name === name);
  if (domain === undefined)
    throw new VitrineError(
      "USAGE",
      `There is no domain ${name} that can ${ability}. ` +
        (able.length === 0 ? "None can." : `These can: ${able.map((one) => one.name).join(", ")}.`),
    );
  // What is needed was looked for above.
  return domain as Domain & { readonly [P in K]-?: NonNullable<Domain[P]> };
}
