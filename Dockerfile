# MediaCore in a container. The base images are arguments, so that a build can take them from whichever registry it trusts:
#   docker build --build-arg SDK_IMAGE=<your .NET 10 SDK> --build-arg RUNTIME_IMAGE=<your ASP.NET Core 10 runtime> -t mediacore .
# RTP needs its whole port range; on Linux the host's network is simplest and fastest:
#   docker run --network host -v mediacore-data:/data -v $PWD/mediacore.json:/etc/mediacore/mediacore.json:ro mediacore
ARG SDK_IMAGE=dotnet-sdk:10.0
ARG RUNTIME_IMAGE=dotnet-aspnet:10.0

FROM ${SDK_IMAGE} AS build
WORKDIR /source
COPY Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/ src/
COPY tools/MediaCore.Cli/ tools/MediaCore.Cli/
# Compiled ahead, so that a server that has just started takes the registrations of all its phones.
RUN dotnet publish -c Release --use-current-runtime --no-self-contained -p:PublishReadyToRun=true -o /program src/MediaCore.Server/MediaCore.Server.csproj \
 && dotnet publish -c Release --use-current-runtime --no-self-contained -p:PublishReadyToRun=true -o /program tools/MediaCore.Cli/MediaCore.Cli.csproj \
 && printf '#!/bin/sh\nexec dotnet /opt/mediacore/mcctl.dll "$@"\n' >/program/mcctl && chmod +x /program/mcctl

FROM ${RUNTIME_IMAGE}
# espeak-ng speaks announcements, libopus0 is for Opus, curl is for the health check.
RUN apt-get update \
 && apt-get install -y --no-install-recommends espeak-ng libopus0 curl \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 5060 --home-dir /data --shell /usr/sbin/nologin mediacore \
 && mkdir -p /data /etc/mediacore \
 && chown mediacore:mediacore /data
COPY --from=build /program /opt/mediacore
# docker exec CONTAINER mcctl calls list
RUN ln -s /opt/mediacore/mcctl /usr/local/bin/mcctl
ENV MEDIACORE_TOKENS=/data/control-tokens.json
USER mediacore
WORKDIR /data
VOLUME /data
# SIP, HTTP, RTP.
EXPOSE 5060/udp 5060/tcp 8080/tcp 30000-39999/udp
# A file in /etc/mediacore is read when it is there; relative paths in it would point beside it, so the data folder is said here.
ENV MEDIACORE__DATAFOLDER=/data
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD curl -fsS http://127.0.0.1:8080/healthz || exit 1
# SIGTERM drains: give `docker stop -t` longer than drain.limitSeconds.
STOPSIGNAL SIGTERM
ENTRYPOINT ["/bin/sh", "-c", "if [ -f /etc/mediacore/mediacore.json ]; then set -- --config /etc/mediacore/mediacore.json \"$@\"; fi; exec dotnet /opt/mediacore/mediacore.dll run \"$@\"", "mediacore"]
