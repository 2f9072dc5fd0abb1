#!/usr/bin/env bash
# Asks the coordinator in this container whether it serves; with nothing but bash, because the image has no curl.
# bash speaks no TLS: with certificates, that the port is answered at all must do.
port=${FEDERATED__HTTP_PORT:-${FEDERATED__TLS:+5444}}
exec 3<>"/dev/tcp/127.0.0.1/${port:-5080}" || exit 1
[ -z "${FEDERATED__TLS:-}" ] || exit 0
printf 'GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
read -r -t 10 _ status _ <&3
[ "$status" = 200 ]
