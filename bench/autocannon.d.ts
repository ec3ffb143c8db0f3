/** The part of autocannon that the benchmarks use; the package has no types. */
declare module "autocannon" {
  export interface Result {
    readonly requests: { readonly average: number; readonly total: number };
    /** Milliseconds. */
    readonly latency: { readonly p50: number; readonly p99: number };
    readonly errors: number;
    readonly non2xx: number;
  }
  export default function autocannon(options: {
    readonly url: string;
    readonly method: "POST";
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly connections: number;
    readonly duration: number;
    /** Threads of their own, so that the load does not share the server's event loop. */
    readonly workers: number;
  }): Promise<Result>;
}
