# The gateway and its loader; the databases are given by MARIADB_URL and MONGODB_URL.
ARG NODE_IMAGE=node:22-bookworm-slim
FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --include=dev --no-audit --no-fund
COPY tsconfig.json vitrine.config.ts ./
COPY bin ./bin
COPY src ./src
RUN npm run build && npm prune --omit=dev

FROM ${NODE_IMAGE}
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 VITRINE_PROJECT=/app/vitrine.config.ts
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# The project file is loaded as it was built, and names its SQL, examples and dashboards relative to itself.
COPY package.json vitrine.config.ts ./
COPY bin ./bin
COPY sql ./sql
COPY examples ./examples
COPY dashboards ./dashboards
# A new volume that is mounted here is the user's, too.
RUN install -d -o node -g node /var/lib/vitrine
USER node
EXPOSE 4000
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.VITRINE_METRICS_PORT || process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/vitrine.mjs"]
CMD ["up"]
