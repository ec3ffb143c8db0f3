import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { createOriginRule } from "../../../src/monitor/allowed-origins.ts";

/** The headers that an answer begins with. */
function headersFor(origins: readonly string[], headers: Record<string, string>) {
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, headers);
  const response = new ServerResponse(request);
  createOriginRule(origins).answer(request, response);
  return response.getHeaders();
}

describe("Where pages of other sites may read answers", () => {
  const shop = "https://shop.example";

  test("a cache is told so by every answer, also by one that nobody's page asked for", () => {
    for (const headers of [{}, { origin: shop }, { origin: "https://other.example" }])
      expect(headersFor([shop], headers).vary).toBe("origin");
    expect(headersFor([], {}).vary).toBeUndefined();
  });

  test("they may read all that answers and files say in headers of their own", () => {
    const exposed = String(headersFor([shop], { origin: shop })["access-control-expose-headers"]).split(", ");
    for (const name of ["etag", "x-request-id", "x-vitrine-freshness", "content-disposition", "retry-after"])
      expect(exposed).toContain(name);
  });
});
