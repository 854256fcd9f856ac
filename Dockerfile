# One image for all roles: `docker run IMAGE node main.ts worker`. Node is the image's own, so that npm's optional packages
# (Node 26 and PostgreSQL 18 for laptops) and everything for development stay out. The tag is the version that the project
# is tested with; deploy/README.md says how to pin it to a digest.
FROM node:26.10.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:26.10.0-bookworm-slim
ARG REVISION=unknown
ENV REVISION=${REVISION} DATA_DIR=/data
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json main.ts ./
COPY api ./api
COPY worker ./worker
COPY scheduler ./scheduler
COPY shared ./shared
COPY cli ./cli
# Empty in every container: what must be kept is in PostgreSQL, and totals of metrics are in Redis.
RUN mkdir /data && chown 1000:1000 /data
# The user `node` of the base image, as a number: Kubernetes cannot see that a name is not root.
USER 1000:1000
EXPOSE 5000 9464
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["node", "cli/health.ts"]
CMD ["node", "main.ts"]
