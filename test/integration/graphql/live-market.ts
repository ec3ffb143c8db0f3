import { fileURLToPath } from "node:url";
import { createClient, type Client as WsClient } from "graphql-ws";
import { onTestFinished, vi } from "vitest";
import WebSocket from "ws";
import { createLogger } from "../../../src/log.ts";
import { createLoader, loaderConnections } from "../../../src/mirror/loader.ts";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import market from "../../support/market/vitrine.config.ts";
import { openGatewayOf, type TestGateway } from "./gateway.ts";

/** A gateway over a market whose mirror a loader follows. */
export interface LiveMarket {
  readonly gateway: TestGateway;
  /** Writes a sale as a terminal does. */
  sell(saleId: number, sale: Sale): Promise<void>;
  /** How often questions were evaluated so far. */
  evaluations(): Promise<number>;
  close(): Promise<void>;
}

export interface Sale {
  readonly stall?: string;
  readonly currency?: string;
  readonly soldOn?: string;
  readonly amount?: string;
}

/** Opens one with three stalls: a and b sell in pounds and euros, c in pounds. */
export async function openLiveMarket(): Promise<LiveMarket> {
  const sqlDir = fileURLToPath(new URL("../../support/market/sql", import.meta.url));
  const toRow = (
    saleId: number,
    { stall = "a", currency = "GBP", soldOn = "2024-01-02", amount = "1.00" }: Sale,
  ) => [saleId, stall, currency, soldOn, 1, saleId, 1, amount, null] as const;
  const insert =
    "insert into sale (sale_id, stall, currency, sold_on, buyer, ticket, items, amount, tip) values ?";
  const gateway = await openGatewayOf({ project: market, sqlDir }, async ({ admin }) => {
    await admin.run(insert, [
      [
        toRow(1, { stall: "a", amount: "10.00" }),
        toRow(2, { stall: "b", amount: "20.00" }),
        toRow(3, { stall: "c", amount: "30.00", soldOn: "2024-02-03" }),
        toRow(4, { stall: "a", currency: "EUR", amount: "5.00" }),
      ],
    ]);
    await admin.run("insert into rate (rate_id, currency_from, currency_to, date, rate) values ?", [
      [[1, "EUR", "GBP", "2024-01-01", "0.500000"]],
    ]);
  });
  const { admin, urls, mongo, project } = gateway.database;
  const pool = openMariaDb(urls.loader, { size: loaderConnections });
  const stop = new AbortController();
  const models = project.domains.flatMap((domain) => domain.models);
  const loader = createLoader({ db: pool, mongo, models, logger: createLogger("silent"), verifyShare: 0 });
  const running = loader.run(stop.signal);
  // The loader says at first where each model is; who follows one then looks anew, as after a rebuild.
  const routes = mongo.db.collection("_vitrine_routes");
  await vi.waitUntil(
    async () => (await routes.countDocuments({ "reads.shape": { $ne: null } })) === models.length,
    { timeout: 60_000 },
  );
  return {
    gateway,
    sell: async (saleId, sale) => void (await admin.run(insert, [[toRow(saleId, sale)]])),
    async evaluations() {
      const text = await gateway.options.metrics.registry.metrics();
      const counts = text.matchAll(/^vitrine_live_cube_evaluation_seconds_count\{[^}]*\} (\d+)$/gm);
      return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
    },
    async close() {
      stop.abort();
      await running;
      await pool.close();
      await gateway.close();
    },
  };
}

/** A row that a subscription told of: null when it is gone. */
export interface ToldChange {
  readonly key: string;
  readonly row: Readonly<Record<string, unknown>> | null;
}
export interface ToldUpdate {
  readonly isWhole: boolean;
  readonly position: string;
  readonly asOf: string;
  readonly changes: readonly ToldChange[];
}

/** What a client that follows a question to `stallSale` keeps: the rows by key, put together from what it is told. */
export interface MarketFollower {
  readonly updates: readonly ToldUpdate[];
  readonly rows: ReadonlyMap<string, unknown>;
  /** Codes of the errors that ended it. */
  readonly codes: readonly unknown[];
  leave(): void;
}

/** Opens a client of the gateway that is gone after the test. */
export function openWsClient(url: string): WsClient {
  const client = createClient({
    url: url.replace("http", "ws"),
    webSocketImpl: WebSocket,
    retryAttempts: 20,
    shouldRetry: () => true,
    retryWait: () => new Promise((resolve) => setTimeout(resolve, 50)),
  });
  onTestFinished(async () => void (await client.dispose()));
  return client;
}

/** Follows `stallSaleChanged` with these arguments, selecting these fields of a row. */
export function followMarket(client: WsClient, args: string, fields: string): MarketFollower {
  const query = `subscription { stallSaleChanged(${args}) { isWhole position asOf changes { key row { ${fields} } } } }`;
  const updates: ToldUpdate[] = [];
  const rows = new Map<string, unknown>();
  const codes: unknown[] = [];
  const leave = client.subscribe<{ stallSaleChanged: ToldUpdate }>(
    { query },
    {
      next({ data, errors }) {
        for (const error of errors ?? []) codes.push(error.extensions?.code);
        const update = data?.stallSaleChanged;
        if (!update) return;
        updates.push(update);
        if (update.isWhole) rows.clear();
        for (const { key, row } of update.changes) {
          if (row) rows.set(key, row);
          else rows.delete(key);
        }
      },
      error: (errors) =>
        codes.push(...(Array.isArray(errors) ? errors.map((one) => one.extensions?.code) : [errors])),
      complete: () => undefined,
    },
  );
  return { updates, rows, codes, leave };
}
