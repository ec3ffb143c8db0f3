import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { everyone } from "../../../src/access/principal.ts";
import { answerFile } from "../../../src/graphql/files/answer-file.ts";
import { createFileTurns } from "../../../src/graphql/files/file-turns.ts";
import { type FileRequest, giveFile } from "../../../src/graphql/files/give-file.ts";
import { breakOff } from "../../../src/graphql/files/send-file.ts";
import { streamModel } from "../../../src/graphql/files/stream-model.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createPersistedQueries } from "../../../src/graphql/persisted-queries.ts";
import { reportEnd, startExchange } from "../../../src/graphql/report-answers.ts";
import { createLogger } from "../../../src/log.ts";
import { string } from "../../../src/models/field.ts";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { parcel } from "../graphql/shop.ts";

type Handle = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A server of one test; what it is asked with and what comes of that. */
async function serve(handle: Handle): Promise<number> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port; // it listens
}

/** Sends a request as it is, tells when something comes, and gives the socket's text and how it ended. */
const ask = (port: number, head: string, onText: () => void = () => undefined) =>
  new Promise<{ readonly text: string; readonly end: string }>((resolve) => {
    let text = "";
    let end = "closed";
    const socket = connect(port, "127.0.0.1", () => socket.write(`${head}\r\nhost: 127.0.0.1\r\n\r\n`));
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      text += chunk;
      onText();
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      end = String(error.code);
    });
    socket.on("close", () => resolve({ text, end }));
  });

test("who reads nothing is not waited for when a file breaks off", async () => {
  const asked = new EventEmitter<{ response: [ServerResponse] }>();
  const port = await serve((_request, response) => asked.emit("response", response));
  const socket = connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n"));
  socket.pause();
  onTestFinished(() => void socket.destroy());
  const [response] = await once(asked, "response");
  response.writeHead(200);
  response.write(Buffer.alloc(64_000_000)); // more than all buffers between the two take
  await breakOff(response, "csv", "It took too long.");
  expect(response.destroyed).toBe(true);
});

test.each([
  ["1.0", "ejson", "ECONNRESET"],
  ["1.0", "parquet", "ECONNRESET"],
  ["1.1", "csv", "closed"],
] as const)("over HTTP/%s a broken %s does not look whole", async (version, format, end) => {
  const client = new EventEmitter();
  const read = once(client, "text");
  const port = await serve(async (_request, response) => {
    response.writeHead(200);
    response.write("first\n");
    await read; // Node takes a reset that comes together with what is read for an end.
    await breakOff(response, format, "It took too long.");
  });
  const answer = await ask(port, `GET / HTTP/${version}`, () => client.emit("text"));
  expect(answer.end).toBe(end);
  // Where there are chunks, the last of them is missing.
  expect(answer.text.endsWith("0\r\n\r\n")).toBe(false);
  if (version === "1.1") expect(answer.text).toContain("Broken off: It took too long.");
});

const nothing = createLogger("silent");

/** What `/` of a server answers files with, one at a time, and what it tells of each. */
function openRequest(request: IncomingMessage, response: ServerResponse, options: FileRequest["options"]) {
  const ends: ((finished: boolean) => void)[] = [];
  const state: FileRequest["state"] = {
    req: request,
    principal: everyone,
    exchange: startExchange("one", everyone),
    onEnd: (end) => void ends.push(end),
  };
  response.once("close", () => {
    for (const end of ends) end(response.writableFinished);
    reportEnd({ ...options, slowQueryMs: -1 }, state.exchange, response.writableFinished);
  });
  return { state, response, options };
}

test("a question that never comes keeps no turn from others", async () => {
  const turns = createFileTurns({ maxRows: 10, timeoutMs: 60_000, maxAtOnce: 1 });
  const persisted = createPersistedQueries();
  const asked = new EventEmitter();
  type Given = Parameters<typeof answerFile>;
  const port = await serve((request, response) => {
    const given = {
      ...openRequest(request, response, { metrics: createMetrics(), logger: nothing }),
      turns,
      persisted,
    };
    // Neither question is one, so that no gateway is asked.
    answerFile({} as Given[0], given as unknown as Given[1], { format: "csv", options: {} }).catch(
      () => undefined,
    ); // its client leaves
    asked.emit("request");
  });
  const open = once(asked, "request");
  const socket = connect(port, "127.0.0.1", () =>
    socket.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n"),
  );
  onTestFinished(() => void socket.destroy());
  await open;
  const other = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: "[" });
  expect([other.status, await other.text()]).toEqual([400, expect.stringContaining("no JSON")]);
});

test("files are none of the operations that are measured, and no slow queries", async () => {
  const metrics = createMetrics();
  const lines: string[] = [];
  const logger = createLogger("info", { write: (line: string) => void lines.push(line) });
  const turns = createFileTurns({ maxRows: 10, timeoutMs: 60_000, maxAtOnce: 1 });
  async function* documents() {
    yield { name: "one" };
  }
  const ended = new EventEmitter();
  const port = await serve(async (request, response) => {
    const given = openRequest(request, response, { metrics, logger });
    response.once("close", () => ended.emit("end"));
    await giveFile({ ...given, turns }, (_signal, send) => {
      given.state.exchange.operation = "export parcel";
      const shape = { name: "parcel", key: "name", fields: { name: string("Its name.") } };
      return send(
        { format: "csv", options: {} },
        { name: "parcel", shape, documents: documents(), freshness: undefined },
      );
    });
  });
  const end = once(ended, "end");
  expect((await ask(port, "GET / HTTP/1.0")).text).toContain("name\none\n");
  await end;
  const measured = metrics.registry.getSingleMetric("vitrine_graphql_operation_seconds");
  expect((await measured?.get())?.values).toEqual([]);
  const told = lines.map((line) => String(JSON.parse(line).msg));
  expect(told).toEqual(["file sent", "answered"]);
});

test("a file that nobody waits for takes no connection", async () => {
  // Nothing listens there: whoever goes for a connection is told so.
  const reader = openMariaDb("mysql://nobody:nothing@127.0.0.1:1/nowhere");
  onTestFinished(() => reader.close());
  const gone = new Error("The client has gone.");
  type Given = Parameters<typeof streamModel>;
  const places = { reader, route: async () => ({ store: "live", freshness: {} }) } as unknown as Given[0]; // all that is used
  const asked: Given[1] = {
    root: "parcels",
    model: parcel,
    where: null,
    fields: [],
    demand: { source: "LIVE", maxStalenessMs: undefined },
  };
  await expect(streamModel(places, asked, AbortSignal.abort(gone), async () => undefined)).rejects.toBe(gone);
});
