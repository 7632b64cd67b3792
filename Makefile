# The two commands of the README are `make demo` and `make test`; the rest is for packagers and for those who change
# Roomwatch. `make help` lists everything.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# What `make deps` sees to; a target that needs more adds it.
DEBIAN_PACKAGES := libcurl4-openssl-dev libsystemd-dev libsqlite3-dev libsimdjson-dev pkg-config
# release, or debug for a package to try things with.
CONFIGURATION ?= release
DESTDIR ?=
PREFIX ?= /usr
# systemd looks below /usr and /usr/local; for another PREFIX say where, as UNITDIR=/etc/systemd/system.
UNITDIR ?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
SWIFT ?= swift
# Seconds after which the demo ends by itself; empty means until Ctrl-C.
SECONDS ?=
DEMO_SECONDS := $(if $(filter command line environment,$(origin SECONDS)),$(SECONDS),)

.PHONY: help deps demo test check lint rules manual simulate canaries bench release install deb clean

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
	    $$run apt-get update -qq && $$run env DEBIAN_FRONTEND=noninteractive \
	        apt-get install -y -qq --no-install-recommends$$missing >/dev/null; \
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

# Only promtool is wanted of Debian's prometheus, and no service: where it is not installed it is unpacked, not installed.
PROMTOOL := .build/prometheus/usr/bin/promtool
rules: ## Check the alert rules for Prometheus: each must fire, and stay quiet, when it should.
	@promtool="$$(command -v promtool || echo $(PROMTOOL))"; \
	if ! command -v "$$promtool" >/dev/null; then \
	    mkdir -p .build/prometheus && cd .build/prometheus; \
	    if [ "$$(id -u)" = 0 ]; then apt-get update -qq; fi; \
	    apt-get download -qq prometheus || { echo "Run apt-get update, or install prometheus."; exit 1; }; \
	    dpkg-deb --extract prometheus_*.deb . && rm prometheus_*.deb && cd ../..; \
	fi; \
	"$$promtool" check rules Config/prometheus/roomwatch.rules.yml; \
	"$$promtool" test rules Tests/prometheus/roomwatch.rules.test.yml

manual: DEBIAN_PACKAGES += mandoc
manual: deps ## Make the pages of the manual in .build/manual, and check how they are drawn.
	@for product in $(EXECUTABLES) roomwatch-manual; do $(SWIFT) build --product $$product; done
	@mkdir -p .build/manual
	@for page in $(PAGES); do Config/manual/manual-page.sh $$page .build/debug >.build/manual/$$page; done
	mandoc -T lint -W warning $(PAGES:%=.build/manual/%)

# The manual is made by a make of its own: in this one deps is done with, and would not see what the manual needs besides.
check: lint rules test ## What CI runs: format, tests, simulation, and a short demo that must miss nothing.
	$(MAKE) manual
	$(MAKE) canaries MINUTES=20
	$(MAKE) simulate SEEDS=100
	$(MAKE) demo SECONDS=60

bench: deps ## Measure the budgets: sweep, decode, commit, memory. Needs a quiet machine.
	$(SWIFT) build -c release --product graph-simulator
	$(SWIFT) build -c release --product roomwatchd
	$(SWIFT) build -c release --product roomwatch-bench
	@"$$($(SWIFT) build -c release --show-bin-path)/roomwatch-bench"

EXECUTABLES := roomwatchd roomctl graph-simulator
PAGES := roomwatchd.8 roomctl.1 graph-simulator.1 roomwatch.yaml.5
# Executables for other machines carry the Swift runtime; those to try things with are linked in a second instead.
STATIC := $(if $(filter release,$(CONFIGURATION)),--static-swift-stdlib)
release: deps ## Build the executables for installation.
	for product in $(EXECUTABLES) roomwatch-manual; do \
	    $(SWIFT) build -c $(CONFIGURATION) $(STATIC) --product $$product; \
	done

# Each executable describes its own options; the pages in Config/manual/ add the prose. The words for an option exist once.
install: ## Install what `make release` built: executables, manual, completions, units; DESTDIR, PREFIX, UNITDIR.
	bin=.build/$(CONFIGURATION); \
	for name in $(EXECUTABLES) roomwatch-manual; do \
	    [ -x "$$bin/$$name" ] || { echo "Run make release first."; exit 1; }; \
	done; \
	case "$(PREFIX)" in /*) ;; *) echo "PREFIX must be an absolute path."; exit 1; esac; \
	share="$(DESTDIR)$(PREFIX)/share"; doc="$$share/doc/roomwatch"; units="$(DESTDIR)$(UNITDIR)"; \
	install -d "$(DESTDIR)$(PREFIX)/bin" "$$units" "$(DESTDIR)$(SYSUSERSDIR)" "$$doc/examples" \
	    "$$doc/examples/prometheus" "$(DESTDIR)/etc/roomwatch"; \
	for name in $(EXECUTABLES); do install -m 0755 -s "$$bin/$$name" "$(DESTDIR)$(PREFIX)/bin/"; done; \
	install -d "$$share/bash-completion/completions" "$$share/zsh/site-functions" "$$share/fish/vendor_completions.d"; \
	for name in $(EXECUTABLES); do \
	    "$$bin/$$name" --generate-completion-script bash | sed '1{/^#!/d}' >"$$share/bash-completion/completions/$$name"; \
	    "$$bin/$$name" --generate-completion-script zsh >"$$share/zsh/site-functions/_$$name"; \
	    "$$bin/$$name" --generate-completion-script fish >"$$share/fish/vendor_completions.d/$$name.fish"; \
	    chmod 0644 "$$share/bash-completion/completions/$$name" "$$share/zsh/site-functions/_$$name" \
	        "$$share/fish/vendor_completions.d/$$name.fish"; \
	done; \
	for page in $(PAGES); do \
	    manual="$$share/man/man$${page##*.}"; install -d "$$manual"; \
	    Config/manual/manual-page.sh "$$page" "$$bin" | gzip -9n >"$$manual/$$page.gz"; chmod 0644 "$$manual/$$page.gz"; \
	done; \
	for unit in roomwatchd.service roomwatchd.socket; do \
	    install -m 0644 "systemd/$$unit" "$$units/"; \
	    sed -i -e 's|^ExecStart=/usr/bin/|ExecStart=$(PREFIX)/bin/|' \
	        -e '/^Documentation=/s|file:/usr/|file:$(PREFIX)/|' "$$units/$$unit"; \
	done; \
	install -m 0644 systemd/roomwatch.sysusers "$(DESTDIR)$(SYSUSERSDIR)/roomwatch.conf"; \
	install -m 0644 README.md LICENSE "$$doc/"; \
	install -m 0644 Config/roomwatch.yaml systemd/roomwatchd.service.d/*.example systemd/examples/* "$$doc/examples/"; \
	install -m 0644 Config/prometheus/* "$$doc/examples/prometheus/"

deb: DEBIAN_PACKAGES += dpkg-dev chrpath
deb: release ## Make .build/roomwatch_VERSION_ARCH.deb. CONFIGURATION=debug is quick, and for tests only.
	Config/debian/make-deb.sh $(CONFIGURATION) .build

clean: ## Remove what was built.
	rm -rf .build
