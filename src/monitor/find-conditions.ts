import type { Alert, Condition } from "../core/alerts.ts";
import type { Run } from "../core/read-runs.ts";
import { type RunSubject, runKinds } from "../core/runs.ts";
import type { ScheduleState } from "../core/schedules.ts";
import type { SourceStatus } from "../core/source-status.ts";
import { nextMoment, type Schedules } from "../models/schedule.ts";

/** What there is to judge. */
export interface Look {
  /** The newest run of each kind and name. */
  readonly runs: readonly Pick<Run, "kind" | "name" | "outcome" | "node" | "errorCode" | "error">[];
  readonly models: readonly Pick<SourceStatus, "model" | "lagMs" | "rejected">[];
  readonly lagLimitMs: number;
  /** What keeps changes from being captured; null when all is well. */
  readonly capture: string | null;
  readonly schedules: Schedules;
  readonly states: readonly ScheduleState[];
  readonly now: Date;
}

/** What is wrong now, each once. `raised`: alerts that go on. */
export const findConditions = (look: Look, raised: readonly Alert[]): readonly Condition[] => [
  ...look.runs.flatMap(judgeRun),
  ...look.models.flatMap((model) => judgeModel(model, look.lagLimitMs, raised)),
  ...(look.capture === null
    ? []
    : [{ kind: "capture", subject: "triggers", message: look.capture } as const]),
  ...look.states.flatMap((state) => judgeSchedule(state, look)),
];

/** Which alerts are to be raised, and which are over. */
export function compareAlerts(
  raised: readonly Alert[],
  found: readonly Condition[],
): { readonly raise: readonly Condition[]; readonly over: readonly number[] } {
  const keyOf = ({ kind, subject }: Condition) => `${kind} ${subject}`;
  const known = new Set(raised.map(keyOf));
  const now = new Set(found.map(keyOf));
  return {
    raise: found.filter((one) => !known.has(keyOf(one))),
    over: raised.filter((one) => !now.has(keyOf(one))).map(({ alertId }) => alertId),
  };
}

const subjectOf = ({ kind, name }: RunSubject): string => `${kind} ${name}`;

/** The runs that alerts are about. */
export const findRunsOf = (alerts: readonly Alert[]): readonly RunSubject[] =>
  alerts
    .filter(({ kind }) => kind === "run" || kind === "defect")
    .flatMap(({ subject }) =>
      runKinds.flatMap((kind) => {
        const start = subjectOf({ kind, name: "" });
        return subject.startsWith(start) ? [{ kind, name: subject.slice(start.length) }] : [];
      }),
    );

function judgeRun({
  kind,
  name,
  outcome,
  node,
  errorCode,
  error,
}: Look["runs"][number]): readonly Condition[] {
  if (outcome === "succeeded") return [];
  const subject = subjectOf({ kind, name });
  if (outcome === "lost")
    return [
      { kind: "run", subject, message: `${subject} was lost: its process on ${node} is gone. Run it again.` },
    ];
  const isDefect = errorCode === "DEFECT_FOUND";
  return [
    {
      kind: isDefect ? "defect" : "run",
      subject,
      message: `${subject} failed on ${node}: ${error ?? "nobody knows why"} [${errorCode ?? "INTERNAL"}]`,
    },
  ];
}

function judgeModel(
  { model, lagMs, rejected }: Look["models"][number],
  limitMs: number,
  raised: readonly Alert[],
): readonly Condition[] {
  const isRaised = raised.some(({ kind, subject }) => kind === "lag" && subject === model);
  // Over at half the limit: a lag that stays near it would be told again and again.
  const isLate = lagMs > (isRaised ? limitMs / 2 : limitMs);
  const seconds = Math.round(lagMs / 1000);
  return [
    ...(isLate
      ? [
          {
            kind: "lag",
            subject: model,
            message: `The mirror of ${model} lags ${seconds} s. Is a loader running? Its log says what fails.`,
          } as const,
        ]
      : []),
    ...(rejected > 0
      ? [
          {
            kind: "rejected",
            subject: model,
            message: `${rejected} documents of ${model} cannot be mirrored: \`vitrine rejected list\` says why.`,
          } as const,
        ]
      : []),
  ];
}

/**
 * Its latest run failed where no run of the log tells it; or two moments have come and gone without a success, and half a
 * period more, in which a late run may end.
 */
function judgeSchedule(state: ScheduleState, { schedules, now }: Look): readonly Condition[] {
  const { schedule, seenAt, succeededAt, exitCode, isLogged } = state;
  const definition = schedules[schedule];
  if (definition === undefined) return [];
  const exit = exitCode === null ? "" : ` (exit code ${exitCode})`;
  if (exitCode !== null && exitCode !== 0 && !isLogged) {
    const message = `Schedule ${schedule} failed before its work began${exit}: the log of \`vitrine schedule\` or \`vitrine up\` says why.`;
    return [{ kind: "schedule", subject: schedule, message }];
  }
  const first = nextMoment(definition, succeededAt ?? seenAt);
  const second = first && nextMoment(definition, first);
  if (!second || now.getTime() < second.getTime() + (second.getTime() - first.getTime()) / 2) return [];
  const last = succeededAt === null ? "It never did" : `It last did at ${succeededAt.toISOString()}`;
  const message = `Schedule ${schedule} has not succeeded for two periods. ${last}${exit}: \`vitrine runs\` says why, and \`vitrine schedule\` must run somewhere.`;
  return [{ kind: "schedule", subject: schedule, message }];
}
