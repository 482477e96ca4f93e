#!/usr/bin/env bash
# Bundles the browser code of the portal and of the ballot box from their pinned packages.
set -euo pipefail
cd "$(dirname "$0")/../services"
for folder in portal/assets ballotbox/client; do
  (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --silent)
  go run "./$folder/build"
done
