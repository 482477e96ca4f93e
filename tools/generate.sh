#!/usr/bin/env bash
# Writes libs/api/<service>/types.gen.go from api-specs/openapi/<service>.yaml, for the named services or for all.
set -euo pipefail
cd "$(dirname "$0")"
export GOWORK=off GOFLAGS=-mod=mod
go build -o "${TMPDIR:-/tmp}/guldkorn-oapi-codegen" github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen
[ $# -gt 0 ] || set -- $(cd ../api-specs/openapi && ls *.yaml | sed 's/\.yaml$//')
for service in "$@"; do
  mkdir -p "../libs/api/$service"
  "${TMPDIR:-/tmp}/guldkorn-oapi-codegen" -config oapi-codegen.yaml -package "${service}api" \
    -o "../libs/api/$service/types.gen.go" "../api-specs/openapi/$service.yaml"
done
