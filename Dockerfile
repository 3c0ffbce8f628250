# The same single file that `dotnet publish` gives, with ffmpeg beside it.
#   docker build --build-arg SDK_IMAGE=<an image with the .NET SDK that global.json asks for> -t streaming .
ARG SDK_IMAGE

FROM node:22-bookworm-slim AS node

FROM ${SDK_IMAGE} AS build
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /source
COPY global.json .editorconfig ./
COPY build ./build
COPY src ./src
RUN dotnet publish src/Streaming.Host -c Release -r linux-x64 -o /out

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates ffmpeg libssl3 libstdc++6 tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin streaming \
    && install -d -o streaming -g streaming /data /var/cache/streaming
COPY --from=build /out/streaming /usr/local/bin/streaming

# Native libraries inside the single file are unpacked here at the first start.
ENV DOTNET_BUNDLE_EXTRACT_BASE_DIR=/var/cache/streaming
USER streaming
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --start-period=30s --interval=15s --timeout=6s --retries=3 CMD ["streaming", "health"]
ENTRYPOINT ["streaming"]
CMD ["serve", "--urls", "http://0.0.0.0:8080", "--data", "/data"]
