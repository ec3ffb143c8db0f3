import { createMetrics } from "../../../src/graphql/metrics.ts";
import { openRole } from "../../../src/graphql/open-role.ts";
import { createServer, type Server } from "../../../src/graphql/server.ts";
import { MASK_KEY } from "../../support/role-of.ts";
import { type Answer, ask, type TestGateway } from "../graphql/gateway.ts";

export interface GuardedGateway {
  readonly server: Server;
  ask(
    query: string,
    variables?: Readonly<Record<string, unknown>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  /** What `GET` of a path answers. */
  fetch(path: string): Promise<{ readonly status: number; readonly text: string }>;
  close(): Promise<void>;
}

/** A server beside a test gateway that takes everybody for one who has this role and these claims. */
export async function openGuardedGateway(
  { options, database }: TestGateway,
  role: string,
  claims: Readonly<Record<string, unknown>> = {},
): Promise<GuardedGateway> {
  const principal = { name: "somebody", role, claims, expiresAt: null };
  const { project } = database;
  const server = await createServer({
    ...options,
    metrics: createMetrics(),
    identify: async () => principal,
    openRole: (name) =>
      openRole(name, {
        project,
        projectDir: ".",
        logger: options.logger,
        maskKey: MASK_KEY,
        morePages: () => [],
      }),
  });
  return {
    server,
    ask: (query, variables, headers) => ask(server.url, query, variables, headers),
    async fetch(path) {
      const response = await fetch(new URL(path, server.url));
      return { status: response.status, text: await response.text() };
    },
    close: () => server.close(),
  };
}
