import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer, type Server, type ServerOptions } from "../../../src/graphql/server.ts";
import type { TestGateway } from "../graphql/gateway.ts";

/** Posts a query and wants a file. */
export const postForFile = (
  url: string,
  accept: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Response> =>
  fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept },
    body: JSON.stringify({ query, variables }),
  });

export const linesOf = async (response: Response): Promise<readonly string[]> =>
  (await response.text()).trimEnd().split(/\r?\n/);

/** The code and the message of an answer that is no file. */
export async function refusalOf(
  response: Response,
): Promise<readonly [status: number, code: string, message: string]> {
  const { errors } = (await response.json()) as {
    readonly errors: readonly [{ readonly message: string; readonly extensions: { readonly code: string } }];
  };
  return [response.status, errors[0].extensions.code, errors[0].message];
}

/** Another server of the same gateway, with other settings. */
export async function withServer<T>(
  { options }: TestGateway,
  changes: Partial<ServerOptions>,
  work: (server: Server) => Promise<T>,
): Promise<T> {
  const server = await createServer({ ...options, metrics: createMetrics(), ...changes });
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}
