import { VitrineError } from "../errors.ts";
import type { DocumentModel } from "../models/model.ts";
import type { Project } from "../models/project.ts";

/**
 * The models with these names, or with these names of their exports, each once; all models without names. No two models
 * of a project have a name of either kind in common.
 * @throws VitrineError UNKNOWN_MODEL
 */
export function chooseModels(project: Project, names: readonly string[]): readonly DocumentModel[] {
  const all = project.domains.flatMap((domain) => domain.models);
  if (names.length === 0) return all;
  const chosen = names.map((name) => {
    const model = all.find((one) => one.name === name || one.exportName === name);
    if (model) return model;
    throw new VitrineError(
      "UNKNOWN_MODEL",
      `There is no model ${name}. There are: ${all.map(toNames).join(", ")}.`,
    );
  });
  return [...new Set(chosen)];
}

const toNames = ({ name, exportName = name }: DocumentModel): string =>
  exportName === name ? name : `${name} (or ${exportName})`;
