# What there is to do, as words. `make run` and `make test` need Go and a Debian machine, nothing else.
SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Nothing needs a C compiler; with it off everywhere, programs and tests share what is compiled.
export CGO_ENABLED := 0
# What only a debugger reads is left out of programs: linking takes half the time.
LINK := -ldflags="-s -w"

BIN      := .bin
DATA     ?= .data
SERVICES := tenancy intake ballotbox dialogue reporting notification portal
MODULES  := libs services

.PHONY: help run build test bench lint generate assets images charts e2e clean

help: ## shows this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: ## builds and starts everything in one process, with demo data
	@began=$$(date +%s)
	echo "[1/2] building (the first time this takes some minutes, later seconds) ..."
	mkdir -p $(BIN)
	(cd services && go build $(LINK) -o ../$(BIN)/guldkorn ./allinone/cmd/guldkorn)
	echo "      $$(( $$(date +%s) - began )) s"
	echo "[2/2] starting (the very first start also makes the demo) ..."
	LOG_LEVEL=$${LOG_LEVEL:-WARN} exec $(BIN)/guldkorn run --demo --data-dir $(DATA)

build: ## builds every package and binary, in the workspace and each module alone
	go build ./libs/... ./services/...
	for module in $(MODULES) tools/ferretdb; do (cd $$module && GOWORK=off go build -o /dev/null ./...); done
	mkdir -p $(BIN)
	(cd services && go build $(LINK) -o ../$(BIN)/guldkorn ./allinone/cmd/guldkorn)
	for service in $(SERVICES); do (cd services && GOWORK=off go build $(LINK) -o ../$(BIN)/$$service ./$$service/cmd/$$service); done

test: ## installs what tests need, then runs every test there is
	tools/prepare.sh
	$(MAKE) --no-print-directory build
	for module in $(MODULES); do go vet ./$$module/...; done
	(cd tools/policybench && GOWORK=off go vet ./...)
	tools/check-generated.sh
	(cd libs && go test -timeout 15m ./...)
	(cd services && go test -timeout 25m ./...)
	(cd tools/chartcheck && GOWORK=off go test ./...)

bench: ## measures, as ratios to a floor of the same run
	(cd libs && go test -run '^$$' -bench . -benchtime 1s ./...)
	(cd services && go test -run '^$$' -bench . -benchtime 1s ./...)
	(cd tools/policybench && GOWORK=off go test -run '^$$' -bench . -benchtime 1s ./...)
	(cd services && go run ./allinone/load)

lint: ## vets and checks style
	test -z "$$(gofmt -l libs services tools | tee /dev/stderr)"
	mkdir -p $(BIN)
	(cd tools && GOWORK=off go build $(LINK) -o ../$(BIN)/staticcheck honnef.co/go/tools/cmd/staticcheck)
	for module in $(MODULES); do (cd $$module && go vet ./... && ../$(BIN)/staticcheck ./...); done

generate: ## writes API types from api-specs/openapi
	tools/generate.sh

assets: ## bundles the browser code of portal and ballot box
	tools/assets.sh

images: ## builds one container image for each service
	for service in $(SERVICES); do docker build -f deploy/Dockerfile --build-arg SERVICE=$$service -t guldkorn/$$service .; done

charts: ## renders the chart for each service and decodes it strictly
	(cd tools/chartcheck && GOWORK=off go test -count=1 ./...)

e2e: ## walks the whole way in a real browser and leaves its screenshots in .screenshots
	tools/prepare.sh
	(cd services && GULDKORN_SCREENSHOTS="$(CURDIR)/.screenshots" go test -count=1 -timeout 20m -run Journey ./allinone/...)

clean: ## removes binaries and the data of make run
	rm -rf $(BIN) $(DATA) .screenshots
