import type { Project } from "./project.ts";

/** The same project without what writes. */
export const withoutMutations = <P extends Project>(project: P): P => ({
  ...project,
  domains: project.domains.map((domain) => ({
    ...domain,
    procedures: domain.procedures?.filter(({ kind }) => kind === "query"),
  })),
});
