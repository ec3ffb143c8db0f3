import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { OperationTypeNode } from "graphql";
import type { Client as Socket } from "graphql-ws";
import { readYourWrites } from "./read-your-writes.ts";
import { possibleTypes, typePolicies } from "./vitrine/apollo.ts";

/** A client of the gateway at `url`: queries and mutations by HTTP, subscriptions over one WebSocket. */
export function createClient(url: URL, socket: Socket): ApolloClient {
  return new ApolloClient({
    cache: new InMemoryCache({ possibleTypes, typePolicies }),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      // A subscription that has lost its connection begins anew with all that is there: nothing is missed.
      new GraphQLWsLink(socket),
      ApolloLink.from([readYourWrites(), new HttpLink({ uri: url.href })]),
    ),
  });
}
