import { defineConfig } from "vitest/config";

// One copy of graphql for us and for the libraries: without the alias vitest loads it twice.
const resolve = { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] };

/** These tests wait for servers much of the time: three at a time keep two cores busy. */
const withServers = {
  globalSetup: ["test/support/servers.ts"],
  maxWorkers: 3,
  // Ends what hangs: a test of many commands takes a minute where seven others share the processors.
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // Projects with different numbers of workers run one after the other.
  sequence: { groupOrder: 1 },
};

const project = (name: string, settings: object) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], ...settings },
});

export default defineConfig({
  resolve,
  test: {
    // What is imported once need not be imported by each of 150 files again: no module keeps anything of a test.
    isolate: false,
    // What a test waits for is there soon, but not on a machine that has much else to do.
    expect: { poll: { timeout: 10_000 } },
    projects: [
      // These wait for nobody, but on a machine that has much else to do a search through random values takes its time.
      project("unit", { testTimeout: 30_000 }),
      project("integration", { ...withServers, setupFiles: ["test/support/check-event-loop.ts"] }),
      project("browser", withServers),
      project("scale", { ...withServers, hookTimeout: 600_000 }),
    ],
  },
});
