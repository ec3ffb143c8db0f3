import { useEffect, useState } from "react";

/** What is known of data that is being asked for. */
export type Loaded<T> =
  | { readonly state: "loading" }
  | { readonly state: "there"; readonly data: T }
  | { readonly state: "failed"; readonly reason: string };

/** Asks for a part of what the page is told; it is asked for once per visit of the part that shows it. */
export function useData<T>(key: string): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: "loading" });
  useEffect(() => {
    const stop = new AbortController();
    load<T>(key, stop.signal).then(
      (data) => setLoaded({ state: "there", data }),
      (error: Error) => stop.signal.aborted || setLoaded({ state: "failed", reason: error.message }),
    );
    return () => stop.abort();
  }, [key]);
  return loaded;
}

async function load<T>(key: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(`/data/docs/${key}.json`, { signal });
  if (!response.ok) throw new Error(`The gateway answered ${response.status}. Load the page again.`);
  return (await response.json()) as T; // as the gateway's own page says
}
