/** The part of autocannon that the benchmarks use; the package has no types. */
declare module "autocannon" {
  export interface Result {
    readonly requests: { readonly average: number; readonly total: number };
    /** Milliseconds. */
    readonly latency: { readonly p50: number; readonly p99: number };
    /** Seconds. */
    readonly duration: number;
    readonly errors: number;
    readonly "2xx": number;
    readonly non2xx: number;
  }
  export interface Request {
    readonly method: "POST";
    readonly headers: Readonly<Record<string, string>>;
    /** Called before each request. */
    readonly setupRequest: (request: object) => object;
  }
  export default function autocannon(options: {
    readonly url: string;
    readonly requests: readonly Request[];
    readonly connections: number;
    /** Seconds. */
    readonly duration?: number;
    /** Requests, in place of a duration. */
    readonly amount?: number;
  }): Promise<Result>;
}
