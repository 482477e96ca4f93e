#!/usr/bin/env bash
# Installs what the tests need beyond Go: a browser for the pages, npm to build the browser code anew and compare.
set -euo pipefail
wanted=()
command -v chromium >/dev/null || wanted+=(chromium)
command -v npm >/dev/null || wanted+=(npm)
[ ${#wanted[@]} -gt 0 ] || exit 0
echo "installing: ${wanted[*]}"
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
