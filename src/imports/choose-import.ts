import { VitrineError } from "../errors.ts";
import type { ImportDefinition } from "../models/import-definition.ts";
import type { Domain } from "../models/project.ts";

export interface ChosenImport {
  readonly name: string;
  readonly definition: ImportDefinition;
}

/**
 * The import of a domain that is called `name`; its only one without a name.
 * @param dir the folder of its files: the name of an import in its place shows what was forgotten
 * @throws VitrineError USAGE that lists the domain's imports.
 */
export function chooseImport(
  domain: Pick<Domain, "name" | "imports">,
  { name, dir }: { readonly name?: string | undefined; readonly dir: string },
): ChosenImport {
  const names = Object.keys(domain.imports ?? {});
  if (names.length === 0)
    throw new VitrineError("USAGE", `The domain ${domain.name} has no files to import.`);
  const chosen = name ?? (names.length === 1 ? names[0] : undefined);
  if (chosen === undefined)
    throw new VitrineError(
      "USAGE",
      names.includes(dir)
        ? `The import ${dir} of ${domain.name} needs the folder of its files, behind its name.`
        : `The domain ${domain.name} has several imports. Say which: ${names.join(", ")}.`,
    );
  const definition = names.includes(chosen) ? domain.imports?.[chosen] : undefined;
  if (definition === undefined)
    throw new VitrineError(
      "USAGE",
      `The domain ${domain.name} has no import ${chosen}. There ${names.length === 1 ? "is" : "are"}: ${names.join(", ")}.`,
    );
  return { name: chosen, definition };
}
