import { VitrineError } from "../errors.ts";
import type { DocumentModel } from "../models/model.ts";
import type { Project } from "../models/project.ts";

/** The models with these names, each once; all models without names. @throws VitrineError UNKNOWN_MODEL */
export function chooseModels(project: Project, names: readonly string[]): readonly DocumentModel[] {
  const all = project.domains.flatMap((domain) => domain.models);
  if (names.length === 0) return all;
  return [...new Set(names)].map((name) => {
    const model = all.find((candidate) => candidate.name === name);
    if (model) return model;
    const known = all.map((candidate) => candidate.name).join(", ");
    throw new VitrineError("UNKNOWN_MODEL", `There is no model ${name}. There are: ${known}.`);
  });
}
