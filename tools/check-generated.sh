#!/usr/bin/env bash
# Makes generated code and bundles anew and fails if they differ from what is committed.
set -euo pipefail
cd "$(dirname "$0")/.."
sums() { find libs/api services/portal/static services/ballotbox/static -type f -exec sha256sum {} + | sort -k2; }
before=$(sums)
tools/generate.sh
tools/assets.sh
diff <(echo "$before") <(sums) || {
  echo "generated files differ from their sources: run make generate assets and commit" >&2
  exit 1
}
