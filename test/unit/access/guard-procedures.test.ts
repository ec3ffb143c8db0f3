import { describe, expect, it } from "vitest";
import { guardProcedures } from "../../../src/access/guard-procedures.ts";
import type { ProcedureRights } from "../../../src/access/role-project.ts";
import { claim } from "../../../src/models/access.ts";
import { int } from "../../../src/models/field.ts";
import { defineProcedure } from "../../../src/models/procedure.ts";

const procedure = defineProcedure({
  name: "send_parcel",
  description: "Sends a parcel.",
  kind: "mutation",
  arguments: { buyer: int("Who buys."), pieces: int("How many.") },
  result: { parcelId: int("Number.") },
});
const { buyer: _fixed, ...chosen } = procedure.arguments;
const shown = { ...procedure, arguments: chosen };
const rights: ProcedureRights = { procedure, shown, fixed: { buyer: claim("me") } };
const signal = new AbortController().signal;

describe("A procedure with an argument that is fixed", () => {
  /** Calls it as somebody with these claims; what it was called with. */
  async function call(name: string, args: Record<string, unknown>, claims: Record<string, unknown>) {
    const calls: unknown[] = [];
    const caller = guardProcedures(
      {
        async call(...given) {
          calls.push(given);
          return { values: {}, token: null };
        },
      },
      new Map([[procedure.name, rights]]),
      claims,
    );
    await caller.call({ ...shown, name }, args, signal, { timeoutMs: 1000 });
    return calls;
  }

  it("is called as it is defined, with the value of whoever calls", async () => {
    expect(await call("send_parcel", { pieces: 2 }, { me: 7 })).toEqual([
      [procedure, { buyer: 7, pieces: 2 }, signal, { timeoutMs: 1000 }],
    ]);
  });

  it("is called with that value whatever else is given", async () => {
    expect(await call("send_parcel", { buyer: 8, pieces: 2 }, { me: 7 })).toMatchObject([
      [{}, { buyer: 7 }, {}, { timeoutMs: 1000 }],
    ]);
  });

  it("is not called without the claim, or with one of another kind, nor is one that is not there", async () => {
    const code = { code: "FORBIDDEN" };
    await expect(call("send_parcel", { pieces: 2 }, {})).rejects.toMatchObject(code);
    await expect(call("send_parcel", { pieces: 2 }, { me: "7" })).rejects.toMatchObject(code);
    await expect(call("burn_parcel", { pieces: 2 }, { me: 7 })).rejects.toMatchObject(code);
  });
});
