import type { Identify } from "../access/identify.ts";
import type { SessionSettings } from "../access/sessions.ts";
import type { AdmissionSettings } from "../admission-settings.ts";
import { noteCubeQuestions } from "../core/cube-questions.ts";
import { readRuns } from "../core/read-runs.ts";
import type { FileLimits } from "../file-settings.ts";
import { createFreshness } from "../freshness/freshness.ts";
import type { Replicas } from "../freshness/replicas.ts";
import type { Logger } from "../log.ts";
import type { Project } from "../models/project.ts";
import { withoutMutations } from "../models/read-only.ts";
import { createHostRule, onlyAskedHere } from "../monitor/allowed-hosts.ts";
import { createOriginRule } from "../monitor/allowed-origins.ts";
import { createDeparture } from "../monitor/departure.ts";
import { readReadiness, readServing } from "../monitor/mirror-gauges.ts";
import { createRunReport } from "../monitor/run-gauges.ts";
import { type ProbeOptions, type ProbeServer, serveProbes } from "../monitor/serve-probes.ts";
import type { Page } from "../pages/page.ts";
import { everythingServed, type Serving } from "../serving-settings.ts";
import type { DocumentStore } from "../stores/document-store.ts";
import { createProcedureCaller } from "../stores/mariadb/call-procedure.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";
import { createMirrorFeed, type OnFeedFailure } from "../stores/mongodb/mirror-feed.ts";
import { countDocuments } from "../stores/mongodb/mirror-range.ts";
import { createMirrorStore } from "../stores/mongodb/mirror-store.ts";
import type { MongoDb } from "../stores/mongodb/mongodb.ts";
import { createAdmission, createTextTurns } from "./admission.ts";
import { createVersionOf } from "./answer-tags.ts";
import { createCallLog } from "./call-for.ts";
import { createExplainRule, createViewTexts } from "./explain-rule.ts";
import { defaultLimits } from "./limits.ts";
import { createLiveCubes } from "./live-cubes.ts";
import { createLiveDocuments } from "./live-documents.ts";
import { createMetrics } from "./metrics.ts";
import { openDocuments } from "./open-documents.ts";
import { openRole } from "./open-role.ts";
import { readProjectPages } from "./project-pages.ts";
import { createQuestionLog } from "./question-log.ts";
import { createRollUpSizes } from "./roll-up-sizes.ts";
import { createRouter } from "./router.ts";
import { createSchema } from "./schema.ts";
import { createServer, type Server } from "./server.ts";

/** Documents that one request may read. */
const MAX_DOCUMENTS = 10_000;

export interface ServeOptions {
  readonly project: Project;
  /** Folder of the project file: examples are found from there. */
  readonly projectDir: string;
  readonly live: DocumentStore;
  readonly mirror: DocumentStore;
  readonly reader: MariaDb;
  /** Calls procedures. */
  readonly writer: MariaDb;
  readonly mongo: MongoDb;
  /** Servers that may answer live reads; `live` has their stores. Default: none. */
  readonly replicas?: Replicas | undefined;
  readonly settings: AdmissionSettings & {
    readonly host: string;
    readonly port: number;
    readonly allowedHosts: readonly string[];
    readonly allowedOrigins: readonly string[];
    /** Default: everything is served. */
    readonly serving?: Serving;
    readonly explain: string | undefined;
    readonly slowQueryMs: number | undefined;
    readonly maxStalenessMs: number;
    readonly queryTimeoutMs: number;
    readonly maxDepth: number;
    readonly maxCost: number;
    readonly maxValues: number;
    readonly maxAnswerBytes: number;
    readonly files: FileLimits;
  };
  readonly logger: Logger;
  /** Who asks. Default: nobody is asked. */
  readonly identify?: Identify | undefined;
  /** How browsers stay signed in; default: for a working day, with this process. */
  readonly sessions?: SessionSettings | undefined;
  /** Whether only this machine may ask, because nobody said who else may. Default: whoever reaches it may. */
  readonly isOnlyHere?: boolean;
  /** With what texts are hashed for those who see them so. */
  readonly maskKey?: string | undefined;
  /** Pages after those of the project, in the navigation, of a project as somebody has it. */
  readonly morePages?: (project: Project) => readonly Page[];
}

/** Serves a project over GraphQL: what `vitrine up` and `vitrine serve` start. @throws VitrineError PORT_IN_USE */
export async function serveProject(options: ServeOptions): Promise<Server> {
  const { settings, reader, mongo, logger, projectDir, morePages = () => [] } = options;
  const { serving = everythingServed } = settings;
  const project = serving.readOnly ? withoutMutations(options.project) : options.project;
  const models = project.domains.flatMap((domain) => domain.models);
  const meter = createFreshness(reader, mongo, models);
  const mirrorReachable = mongo.isReachable;
  const route = createRouter({
    ...{ meter, mirrorReachable, awaitMirror: mongo.awaitReachable, primary: reader.standing },
    defaultMaxStalenessMs: settings.maxStalenessMs,
  });
  const rules = Object.assign({}, ...project.domains.map((domain) => domain.rules ?? {}));
  const onFailure: OnFeedFailure = (model, err) =>
    logger.warn({ model: model.name, err }, "changes for subscribers could not be read, tries again");
  const questions = createQuestionLog((some) => noteCubeQuestions(options.writer, some), {
    onFailure: (err) => logger.warn({ err }, "questions to cubes could not be noted"),
  });
  const metrics = createMetrics({
    pool: reader.usage,
    mirror: { models, meter, isMongoReachable: mongo.isReachable },
    runs: createRunReport(reader),
  });
  const schema = createSchema(project);
  const feed = createMirrorFeed(mongo, { onFailure });
  const answering = {
    stores: {
      live: options.live,
      mirror: mongo.preferred ? createMirrorStore(mongo, mongo.preferred) : options.mirror,
    },
    route,
    replicas: options.replicas,
    timeoutMs: settings.queryTimeoutMs,
    maxDocuments: MAX_DOCUMENTS,
    ...(!serving.readOnly && { noteQuestion: questions.note }),
    sizeOf: createRollUpSizes(async (model) =>
      countDocuments(mongo, (await meter.status(model))?.collection ?? model.name),
    ),
  };
  const followed = { live: options.live, mirror: options.mirror };
  const hosts = createHostRule(settings.host, settings.allowedHosts);
  const look = { models, meter, isMongoReachable: mongo.isReachable };
  const watched = {
    readiness: () => readReadiness(meter, models),
    serving: () => readServing(look),
    departure: createDeparture(serving.drainMs),
  };
  const server = await createServer({
    ...answering,
    schema,
    documents: createLiveDocuments(feed, options.mirror, onFailure),
    // Who follows is told of a write by the primary, and reads it there.
    liveCubes: createLiveCubes({
      ...answering,
      stores: followed,
      models,
      feed,
      metrics: metrics.liveCubes,
      onFailure,
    }),
    readRuns: (filter) => readRuns(reader, filter),
    procedures: createProcedureCaller(options.writer, rules),
    callLog: createCallLog(options.writer, logger),
    ...(await openDocuments(project, projectDir, serving, { schema, logger })),
    isSchemaHidden: !serving.introspection,
    hasProbes: serving.probes === null,
    limits: { ...defaultLimits, maxDepth: settings.maxDepth, maxCost: settings.maxCost },
    admission: settings.admission ? createAdmission(settings.admission, metrics.admission) : undefined,
    texts: settings.admission ? createTextTurns(settings.admission, metrics.admission) : undefined,
    proxies: settings.proxies,
    answer: { maxValues: settings.maxValues, maxBytes: settings.maxAnswerBytes },
    files: settings.files,
    exported: { models, reader },
    metrics,
    logger: logger,
    explain: createExplainRule(settings.explain, settings.host, createViewTexts(project, projectDir)),
    slowQueryMs: settings.slowQueryMs,
    host: settings.host,
    port: settings.port,
    hosts: options.isOnlyHere ? onlyAskedHere(hosts) : hosts,
    origins: createOriginRule(settings.allowedOrigins),
    versionOf: createVersionOf(meter, models, mirrorReachable),
    pages: [
      ...(await readProjectPages(project, projectDir, { schema, logger }, serving)),
      ...morePages(project),
    ],
    ...(options.identify && { identify: options.identify }),
    ...(options.sessions && { sessions: options.sessions }),
    openRole: (role) =>
      openRole(role, { project, projectDir, logger, serving, maskKey: options.maskKey, morePages }),
    ...watched,
  });
  const probes = serving.probes && (await openProbes(server, serving.probes, { ...options, ...watched }));
  return {
    ...server,
    close: async () => {
      // Whoever watches it sees it leave.
      await server.close();
      await Promise.all([probes?.close(), questions.close()]);
    },
  };
}

/** Probes and metrics on a port of their own. Without it the gateway is not left alone. */
async function openProbes(
  server: Server,
  at: NonNullable<Serving["probes"]>,
  {
    settings,
    logger,
    ...watched
  }: Pick<ServeOptions, "settings" | "logger"> & Pick<ProbeOptions, "readiness" | "serving" | "departure">,
): Promise<ProbeServer> {
  const hosts = createHostRule(at.host, settings.allowedHosts);
  try {
    const probes = await serveProbes({ ...at, registry: server.registry, hosts, logger, ...watched });
    logger.info({ probesAt: probes.origin }, "probes and metrics have a port of their own");
    return probes;
  } catch (error) {
    await server.close();
    throw error;
  }
}
