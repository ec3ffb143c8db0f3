import type { Inspection, Target } from "./finding.ts";

/** What is tried, and what is wrong with the answer; null: nothing. */
interface Probe {
  readonly name: string;
  readonly try: (address: string) => Promise<string | null>;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: {
    readonly data?: unknown;
    readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
  };
}

/**
 * The list of graphql-cop, which no registry of packages has: each of its questions, asked by us. What is open by design
 * (introspection, suggestions of names, GraphiQL) is a setting, and told by docs/explanation/security.md.
 */
export async function probeGraphql({ address }: Target): Promise<Inspection> {
  const findings: string[] = [];
  for (const probe of probes) {
    const wrong = await probe.try(address).catch((error: unknown) => `no answer: ${String(error)}`);
    if (wrong !== null) findings.push(`${probe.name}: ${wrong}`);
  }
  return { tool: "The list of graphql-cop", looked: `${probes.length} questions`, findings };
}

async function send(address: string, init: RequestInit, query = ""): Promise<Answer> {
  const response = await fetch(`${address}/graphql${query}`, {
    ...init,
    signal: AbortSignal.timeout(20_000),
  });
  const text = await response.text();
  if (!/^[{[]/.test(text)) return { status: response.status, text, body: {} };
  const said: Answer["body"] | readonly Answer["body"][] = JSON.parse(text);
  // A batch that is refused has a refusal for each of its questions.
  const all = Array.isArray(said) ? said : [said];
  const [data] = all.flatMap((one) => one.data ?? []);
  return { status: response.status, text, body: { data, errors: all.flatMap(({ errors }) => errors ?? []) } };
}

const post = (address: string, body: unknown, type = "application/json"): Promise<Answer> =>
  send(address, {
    method: "POST",
    headers: { "content-type": type },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

/** A refusal that is an answer: 4xx, or errors with codes, and no data. */
const refused = ({ status, body, text }: Answer): string | null => {
  if (status >= 500) return `${status}: ${text.slice(0, 200)}`;
  const hasCodes = (body.errors ?? []).every(({ extensions }) => extensions?.code);
  const isRefused = (status >= 400 || (body.errors ?? []).length > 0) && !body.data;
  return isRefused && hasCodes ? null : `is answered: ${text.slice(0, 200)}`;
};

const CANCEL = "mutation{cancelOrder(orderId:1){__typename}}";

const probes: readonly Probe[] = [
  {
    name: "A thousand aliases",
    try: async (address) =>
      refused(
        await post(address, {
          query: `{${Array.from({ length: 1000 }, (_, n) => `a${n}:customer(id:${n}){lastName}`).join(" ")}}`,
        }),
      ),
  },
  {
    name: "A batch of questions",
    try: async (address) => refused(await post(address, Array(10).fill({ query: "{__typename}" }))),
  },
  {
    name: "A thousand directives at a field",
    try: async (address) => refused(await post(address, { query: `{__typename ${"@x".repeat(1000)}}` })),
  },
  {
    name: "Introspection in circles",
    try: async (address) => {
      const deep = Array.from({ length: 30 }).reduce<string>((inner) => `fields{type{${inner}}}`, "name");
      return refused(await post(address, { query: `{__schema{types{${deep}}}}` }));
    },
  },
  {
    name: "A field ten thousand times",
    try: async (address) => {
      const from = performance.now();
      const { status, text } = await post(address, { query: `{${"__typename ".repeat(10_000)}}` });
      const ms = performance.now() - from;
      return status < 500 && ms < 5000 ? null : `${status} after ${Math.round(ms)} ms: ${text.slice(0, 200)}`;
    },
  },
  {
    name: "A mutation by GET",
    try: async (address) =>
      refused(await send(address, { method: "GET" }, `?query=${encodeURIComponent(CANCEL)}`)),
  },
  ...["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"].map((type) => ({
    name: `A mutation as ${type}, which pages of other origins may post without being asked`,
    try: async (address: string) => {
      const bodies: Readonly<Record<string, string>> = {
        "application/x-www-form-urlencoded": `query=${encodeURIComponent(CANCEL)}`,
        "text/plain": JSON.stringify({ query: CANCEL }),
      };
      const form = `--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n${JSON.stringify({ query: CANCEL })}\r\n--x--\r\n`;
      return refused(await post(address, bodies[type] ?? form, type));
    },
  })),
  {
    name: "Traces of the resolvers",
    try: async (address) => {
      const { text } = await post(address, { query: "{__typename}" });
      return /tracing/.test(text) ? text.slice(0, 200) : null;
    },
  },
  {
    name: "A fault that tells what is inside",
    try: async (address) => {
      const { status, text } = await post(address, '{"query": "{customer(id:');
      return status < 500 && !/node_modules|\bat \S+:\d+/.test(text) ? null : text.slice(0, 200);
    },
  },
  {
    name: "A page of another origin that posts",
    try: async (address) => {
      const headers = { "content-type": "application/json", origin: "https://elsewhere.example" };
      const response = await fetch(`${address}/graphql`, {
        method: "POST",
        headers,
        body: JSON.stringify({ query: "{__typename}" }),
      });
      const allowed = response.headers.get("access-control-allow-origin");
      return allowed === null ? null : `its browser may read the answer (${allowed})`;
    },
  },
  {
    name: "Another name in Host",
    try: async (address) => {
      const { request } = await import("node:http");
      const status = await new Promise<number>((resolve, reject) => {
        const asked = request(`${address}/graphql?query={__typename}`, {
          headers: { host: "rebound.example" },
        });
        asked
          .once("response", (response) => resolve(response.resume().statusCode ?? 0))
          .once("error", reject)
          .end();
      });
      return status >= 400 && status < 500 ? null : `is answered with ${status}`;
    },
  },
];
