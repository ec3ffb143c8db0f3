import { ApolloProvider } from "@apollo/client/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { connect } from "./connect.ts";
import { createClient } from "./create-client.ts";
import { Orders } from "./orders.tsx";
import "./page.css";
import { Sale } from "./sale.tsx";
import { Shipments } from "./shipments.tsx";

const page = document.getElementById("page");
if (!page) throw new Error("index.html has no element #page.");

const url = new URL("/graphql", location.href);
const connection = connect(url.href.replace(/^http/, "ws"));
createRoot(page).render(
  <StrictMode>
    <ApolloProvider client={createClient(url, connection.socket)}>
      <header>
        <h1>The shop's counter</h1>
        <p>A sale is in the list at once, and in the shipments as soon as the mirror has it.</p>
      </header>
      <main>
        <Sale />
        <Shipments connection={connection} />
        <Orders />
      </main>
    </ApolloProvider>
  </StrictMode>,
);
