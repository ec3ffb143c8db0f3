import { type Command, InvalidArgumentError, Option } from "commander";
import { type AuditOutcome, type AuditRow, auditOutcomes, readAudit } from "../core/audit.ts";
import type { CommandContext } from "./context.ts";
import { withSource } from "./with-app.ts";

interface Options {
  readonly principal?: string;
  readonly role?: string;
  readonly procedure?: string;
  readonly outcome?: AuditOutcome;
  readonly since?: Date;
  readonly first: number;
}

/** `vitrine audit`: who called which mutation, and what became of it. */
export function registerAudit(command: Command, context: CommandContext): void {
  command
    .option("--principal <name>", "only calls of this principal: the name of a key, the subject of a token")
    .option("--role <role>", "only calls in this role")
    .option("--procedure <name>", "only calls of this procedure: record_sale")
    .addOption(new Option("--outcome <outcome>", "only calls that ended so").choices(auditOutcomes))
    .option("--since <moment>", "only calls since then: 2026-11-30, 2026-11-30T12:00:00Z", toMoment)
    .option("--first <number>", "the newest so many", toCount, 20)
    .action((options: Options) =>
      withSource(context, async ({ reader }) => {
        const rows = await readAudit(reader, options);
        for (const row of rows) context.print(describeRow(row));
        if (rows.length === 0)
          context.print("There is no such call. Only those of principals with a role are noted.");
        context.printJson(rows);
      }),
    );
}

function describeRow(row: AuditRow): string {
  const { calledAt, principal, role, procedure, outcome, code, requestId, documentHash } = row;
  const why = code === null ? "" : ` [${code}]`;
  const answer = row.result === null ? "" : ` → ${JSON.stringify(row.result)}`;
  const asked = documentHash === null ? "" : `, document ${documentHash.slice(0, 12)}`;
  return `${calledAt}  ${principal} (${role}) ${procedure}: ${outcome}${why}
  ${JSON.stringify(row.arguments)}${answer}
  request ${requestId}${asked}`;
}

function toMoment(text: string): Date {
  const moment = new Date(text);
  if (!/^\d{4}-\d\d-\d\d(?:T.+(?:Z|[+-]\d\d:\d\d))?$/.test(text) || Number.isNaN(moment.getTime()))
    throw new InvalidArgumentError("It is a day, or a moment with its zone: 2026-11-30T12:00:00Z.");
  return moment;
}

function toCount(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError("It is a whole number from 1 to 9999.");
  return Number(text);
}
