import { useQuery, useSubscription } from "@apollo/client/react";
import { useSyncExternalStore } from "react";
import type { Connection } from "./connect.ts";
import { showMoment } from "./format.ts";
import { shipmentsChanged, shipmentsQuery } from "./operations.ts";

/** What waits in each state, live: a change has the id of its document, so the cache shows it wherever that is shown. */
export function Shipments({ connection }: { readonly connection: Connection }) {
  const { data, error } = useQuery(shipmentsQuery);
  const live = useSubscription(shipmentsChanged, {
    onData: ({ client: { cache }, data: { data: event } }) => {
      const change = event?.pendingShipmentsChanged;
      if (!change) return;
      const known = cache.identify({ __typename: "PendingShipments", id: change.documentId });
      if (change.document === null) cache.evict(known === undefined ? {} : { id: known });
      // A state that was not in the list yet is found by asking for it again.
      else if (!listed.has(change.documentId)) cache.evict({ fieldName: "pendingShipmentsConnection" });
    },
  });
  // What the last event told stays when the connection breaks.
  const isOpen = useSyncExternalStore(connection.onChange, connection.isOpen);
  const isLive = isOpen && live.data !== undefined;
  const states = (data?.pendingShipmentsConnection?.edges ?? []).flatMap(({ node }) => node ?? []);
  const listed = new Set(states.map(({ id }) => id));
  const waiting = states.filter(({ orderCount }) => orderCount > 0);
  const failure = error ?? live.error;
  return (
    <section aria-labelledby="shipments">
      <h2 id="shipments">
        Waiting to be shipped{" "}
        <span className={isLive ? "live" : "idle"}>{isLive ? "live" : "connecting"}</span>
      </h2>
      {failure && <p role="alert">{failure.message}</p>}
      <table aria-live="polite">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col" className="number">
              Orders
            </th>
            <th scope="col">Oldest</th>
          </tr>
        </thead>
        <tbody>
          {waiting.map(({ id, state, orderCount, oldest }) => (
            <tr key={id}>
              <th scope="row">{state}</th>
              <td className="number">{orderCount}</td>
              <td>{oldest && showMoment(oldest)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {data && waiting.length === 0 && <p>Nothing waits.</p>}
    </section>
  );
}
