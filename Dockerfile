# docker build -t parlor . && docker run -p 8000:8000 -v parlor:/data parlor
FROM denoland/deno:debian-2.9.6 AS build
WORKDIR /src
COPY deno.json deno.lock ./
COPY tests/support/std_assert tests/support/std_assert
RUN deno install --frozen
COPY . .
RUN deno task compile

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 parlor && install --directory --owner=parlor --mode=0700 /data
COPY --from=build /src/dist/parlor /usr/local/bin/parlor
USER parlor
# All addresses of the container; what reaches it from outside is what docker run publishes.
ENV HOST=0.0.0.0 PARLOR_DATA=/data
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["parlor"]
