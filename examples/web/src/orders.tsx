import { useQuery } from "@apollo/client/react";
import { showMoment, showMoney } from "./format.ts";
import { ordersQuery } from "./operations.ts";

const PAGE = 10;

/** All orders, the newest first, a page at a time: `fetchMore` alone, the cache joins the pages. */
export function Orders() {
  const { data, error, loading, fetchMore } = useQuery(ordersQuery, {
    variables: { first: PAGE },
    notifyOnNetworkStatusChange: true,
  });
  const orders = data?.orderDetailsConnection;
  return (
    <section aria-labelledby="orders" className="wide">
      <h2 id="orders">Orders</h2>
      {error && <p role="alert">{error.message}</p>}
      <table>
        <thead>
          <tr>
            <th scope="col" className="number">
              Order
            </th>
            <th scope="col">Placed</th>
            <th scope="col">Buyer</th>
            <th scope="col">Status</th>
            <th scope="col" className="number">
              Total
            </th>
          </tr>
        </thead>
        <tbody>
          {orders?.edges.map(({ node }) =>
            node ? (
              <tr key={node.id}>
                <td className="number">{node.orderId}</td>
                <td>{showMoment(node.placedAt)}</td>
                <td>{node.buyer.name}</td>
                <td>{node.status}</td>
                <td className="number">{showMoney(node.total)}</td>
              </tr>
            ) : null,
          )}
        </tbody>
      </table>
      {orders?.pageInfo.hasNextPage && (
        <button
          type="button"
          disabled={loading}
          onClick={() => fetchMore({ variables: { after: orders.pageInfo.endCursor } })}
        >
          {loading ? "Loading …" : "Older orders"}
        </button>
      )}
    </section>
  );
}
