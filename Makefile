# The two commands of the README are `make demo` and `make test`; the rest is for packagers and for those who change
# Roomwatch. `make help` lists everything.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

DEBIAN_PACKAGES := libcurl4-openssl-dev libsystemd-dev libsqlite3-dev libsimdjson-dev pkg-config
DESTDIR ?=
PREFIX ?= /usr
# systemd looks below /usr and /usr/local; for another PREFIX say where, as UNITDIR=/etc/systemd/system.
UNITDIR ?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
SWIFT ?= swift
# Seconds after which the demo ends by itself; empty means until Ctrl-C.
SECONDS ?=
DEMO_SECONDS := $(if $(filter command line environment,$(origin SECONDS)),$(SECONDS),)

.PHONY: help deps demo test check lint simulate canaries bench release install clean

help: ## List the targets.
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-9s %s\n", $$1, $$2 }'

deps: ## Install the Debian packages that are missing, or say which.
	@command -v $(SWIFT) >/dev/null || { \
	    echo "Swift 6.1 or newer is needed: see https://www.swift.org/install/linux/"; exit 1; }
	@missing=""; \
	for package in $(DEBIAN_PACKAGES); do \
	    dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'install ok installed' || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	    if [ "$$(id -u)" = 0 ]; then run=""; \
	    elif sudo -n true 2>/dev/null; then run="sudo"; \
	    else echo "Missing Debian packages. Run: sudo apt-get install$$missing"; exit 1; fi; \
	    echo "Installing$$missing"; \
	    $$run apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$run apt-get install -y -qq$$missing >/dev/null; \
	fi

demo: deps ## Rehearse without an account: simulated tenant, daemon, live view. SECONDS=n ends it with a summary.
	@echo "Building (a few minutes the first time) ..."
	@$(SWIFT) build --product graph-simulator
	@$(SWIFT) build --product roomwatchd
	@$(SWIFT) build --product roomwatch-demo
	@"$$($(SWIFT) build --show-bin-path)/roomwatch-demo" $(if $(DEMO_SECONDS),--seconds $(DEMO_SECONDS),)

test: deps ## Build and run every test.
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build

# Simulated minutes of faults in one run, and how many seeds make a block; SEED tells one run as a story.
MINUTES ?= 30
SEEDS ?= 200
SEED ?=
CANARY ?=
SIMULATION := roomwatch-simulation --minutes $(MINUTES) --seeds $(SEEDS) $(if $(CANARY),--canary $(CANARY))

simulate: deps ## Run the real services over a simulated tenant with faults from seeds. SEED=n tells one run.
	@$(SWIFT) build --product roomwatch-simulation
	@"$$($(SWIFT) build --show-bin-path)"/$(SIMULATION) $(if $(SEED),--seed $(SEED))

canaries: deps ## Break the daemon on purpose in each known way; the simulation must notice every one.
	@$(SWIFT) build --product roomwatch-simulation
	@"$$($(SWIFT) build --show-bin-path)"/$(SIMULATION) --canaries

lint: ## Check the format; swift format -i -r Sources Tests Package.swift mends most of it.
	$(SWIFT) format lint --strict -r Sources Tests Package.swift

check: lint test canaries ## What CI runs: format, tests, simulation, and a short demo that must miss nothing.
	$(MAKE) simulate
	$(MAKE) demo SECONDS=60

bench: deps ## Measure the budgets: sweep, decode, commit, memory. Needs a quiet machine.
	$(SWIFT) build -c release --product graph-simulator
	$(SWIFT) build -c release --product roomwatchd
	$(SWIFT) build -c release --product roomwatch-bench
	@"$$($(SWIFT) build -c release --show-bin-path)/roomwatch-bench"

release: deps ## Build the executables for installation.
	$(SWIFT) build -c release --static-swift-stdlib --product roomwatchd
	$(SWIFT) build -c release --static-swift-stdlib --product roomctl
	$(SWIFT) build -c release --static-swift-stdlib --product graph-simulator

install: ## Install what `make release` built: executables, completions, units, configuration; DESTDIR, PREFIX, UNITDIR.
	bin=.build/release; \
	[ -x "$$bin/roomwatchd" ] && [ -x "$$bin/roomctl" ] || { echo "Run make release first."; exit 1; }; \
	case "$(PREFIX)" in /*) ;; *) echo "PREFIX must be an absolute path."; exit 1; esac; \
	doc="$(DESTDIR)$(PREFIX)/share/doc/roomwatch"; units="$(DESTDIR)$(UNITDIR)"; \
	install -d "$(DESTDIR)$(PREFIX)/bin" "$$units" "$(DESTDIR)$(SYSUSERSDIR)" "$$doc" "$(DESTDIR)/etc/roomwatch"; \
	install -m 0755 -s "$$bin/roomwatchd" "$$bin/roomctl" "$$bin/graph-simulator" "$(DESTDIR)$(PREFIX)/bin/"; \
	share="$(DESTDIR)$(PREFIX)/share"; \
	install -d "$$share/bash-completion/completions" "$$share/zsh/site-functions" "$$share/fish/vendor_completions.d"; \
	"$$bin/roomctl" --generate-completion-script bash >"$$share/bash-completion/completions/roomctl"; \
	"$$bin/roomctl" --generate-completion-script zsh >"$$share/zsh/site-functions/_roomctl"; \
	"$$bin/roomctl" --generate-completion-script fish >"$$share/fish/vendor_completions.d/roomctl.fish"; \
	chmod 0644 "$$share/bash-completion/completions/roomctl" "$$share/zsh/site-functions/_roomctl" \
	    "$$share/fish/vendor_completions.d/roomctl.fish"; \
	for unit in roomwatchd.service roomwatchd.socket; do \
	    install -m 0644 "systemd/$$unit" "$$units/"; \
	    sed -i -e 's|^ExecStart=/usr/bin/|ExecStart=$(PREFIX)/bin/|' \
	        -e 's|^Documentation=file:/usr/|Documentation=file:$(PREFIX)/|' "$$units/$$unit"; \
	done; \
	install -m 0644 systemd/roomwatchd.service.d/*.example systemd/examples/* "$$doc/"; \
	install -m 0644 systemd/roomwatch.sysusers "$(DESTDIR)$(SYSUSERSDIR)/roomwatch.conf"; \
	install -m 0644 README.md LICENSE Config/roomwatch.yaml "$$doc/"; \
	[ -e "$(DESTDIR)/etc/roomwatch/roomwatch.yaml" ] || \
	    install -m 0644 Config/roomwatch.yaml "$(DESTDIR)/etc/roomwatch/roomwatch.yaml"

clean: ## Remove what was built.
	rm -rf .build
