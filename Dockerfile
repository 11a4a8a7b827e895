# One image per service: docker build --build-arg APP=gateway .
FROM node:24-slim AS build
WORKDIR /ratchet
COPY . .
RUN npm ci
ARG APP
RUN test -d "apps/${APP:?Say which service: --build-arg APP=gateway}" && NX_DAEMON=false npx nx run "@ratchet/${APP}:build"
# What the one service needs to run, and no tools. The platform's Node replaces the one from npm, so no scripts are due.
RUN npm ci --omit=dev --ignore-scripts --workspace "apps/${APP}" && find apps -mindepth 1 -maxdepth 1 ! -name "${APP}" -exec rm -r {} +

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /ratchet
COPY --from=build /ratchet/package.json ./
COPY --from=build /ratchet/node_modules node_modules
COPY --from=build /ratchet/libs libs
COPY --from=build /ratchet/apps apps
ARG APP
ENV RATCHET_APP=${APP}
RUN mkdir /data && chown node /data
USER node
# exec: the service itself gets the signal to stop, and drains.
CMD ["sh", "-c", "exec node apps/$RATCHET_APP/dist/main.js"]
