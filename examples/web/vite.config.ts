import { defineConfig } from "vite";

// The page and the gateway share an origin, here by this proxy: neither CORS nor a setting is needed.
const target = process.env.VITRINE_URL ?? "http://127.0.0.1:4000";

export default defineConfig({
  server: { proxy: { "/graphql": { target, ws: true } } },
});
