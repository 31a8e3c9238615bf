# bgcheck: `make` alone lists the targets.

# Settings, each with its environment variable (see README, "Settings").
#   TARGET=path   add-on or target file to check       BGCHECK_TARGET
#   CHECK=names   checks, areas or patterns, with spaces or commas between
#   SKIP=name     a check to leave out, with a reason: SKIP="name=reason"
#   BLENDER=path  the Blender to use                   BGCHECK_BLENDER
#   BACKEND=name  local, window, container or attach   BGCHECK_BACKEND
#   OUT=folder    where the report goes                BGCHECK_OUT
#   PACKAGE=1     check the installed packages         BGCHECK_PACKAGE  (make matrix)
ifdef TARGET
export BGCHECK_TARGET := $(TARGET)
endif
ifdef BLENDER
export BGCHECK_BLENDER := $(BLENDER)
endif
ifdef BACKEND
export BGCHECK_BACKEND := $(BACKEND)
endif
ifdef OUT
export BGCHECK_OUT := $(OUT)
endif
ifdef PACKAGE
export BGCHECK_PACKAGE := $(PACKAGE)
endif

# The recipe's parent is make: when it is killed, what it started ends too.
owned = BGCHECK_OWNER=$$PPID
comma := ,
checks = $(subst $(comma), ,$(CHECK))

.DEFAULT_GOAL := help
.PHONY: help check init suites test proof faults flake gate-proof fuzz bench speed bundled images matrix package runner lint explain list clean

help: ## list the targets
	@echo "bgcheck: proves a Blender add-on right or wrong in background mode"
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18
	@echo
	@echo "Settings: TARGET=path CHECK=name SKIP=name BLENDER=path BACKEND=local OUT=out"

check: ## check an add-on (TARGET=..., default: the reference add-on)
	@ci/setup.sh run
	@$(owned) go tool bgcheck check $(foreach c,$(checks),--check '$(c)') $(if $(SKIP),--skip '$(SKIP)')

init: ## write a first target file (ADDON=addon TARGET=file-to-write)
	@go tool bgcheck init $(if $(TARGET),--to '$(TARGET)') '$(ADDON)'

suites: ## the same checks by Ginkgo (TARGET=..., as for check)
	@ci/setup.sh run
	@$(owned) ci/suites.sh $(if $(CHECK),--focus '$(subst $(eval) ,|,$(strip $(checks)))') $(if $(SKIP),--skip '$(firstword $(subst =, ,$(SKIP)))')

test: ## run everything that must pass
	@ci/setup.sh blender lint chromium pytest
	@$(owned) ci/test.sh

proof: ## run all checks on all fixtures (ONLY=fixture)
	@ci/setup.sh blender
	@$(if $(ONLY),BGCHECK_PROOF_ONLY='^($(ONLY))$$') $(owned) ci/proof.sh

faults: ## make things go wrong around bgcheck; a table (KILLS=200)
	@$(if $(KILLS),BGCHECK_KILLS=$(KILLS)) ci/faults.sh

flake: ## judge what is right again and again, alone and busy (RUNS=50)
	@ci/setup.sh blender
	@$(owned) ci/flake.sh $(or $(RUNS),50)

gate-proof: ## plant what the gate must find, count false alarms (RUNS=100)
	@ci/setup.sh run
	@mkdir -p "$(or $(OUT),out)" && go build -o "$(or $(OUT),out)/bgcheck" .
	@$(owned) go run ./ci/gateproof -bgcheck "$(or $(OUT),out)/bgcheck" -runs $(or $(RUNS),100)

fuzz: ## 100,000 requests that are almost right (TARGET=..., REQUESTS=)
	@ci/setup.sh run
	@$(owned) go tool bgcheck fuzz --requests $(or $(REQUESTS),100000) --for 30m

bench: ## measure the keep-alive beside the seeds' pattern and the limit
	@ci/setup.sh blender
	@$(owned) go tool bgcheck bench

speed: ## time the whole contract beside another commit (BASE=, ROUNDS=)
	@ci/setup.sh blender
	@$(owned) ci/speed.sh $(or $(BASE),a98a7e8) $(or $(ROUNDS),3)

bundled: ## judge the add-ons that Blender brings (PAGE=1: into fixtures)
	@ci/setup.sh run
	@$(owned) go run ./ci/bundled -out "$(or $(OUT),out)/bundled" $(if $(PAGE),-page fixtures)

images: ## build the container images (VERSIONS="3.4 4.3"; default: all)
	@ci/setup.sh images
	@docker/build.sh $(VERSIONS)

matrix: ## check in containers on all versions (VERSIONS=..., PACKAGE=1)
	@ci/setup.sh images
	@$(owned) ci/matrix.sh $(VERSIONS)

package: ## build the reference add-on as a zip and as an extension
	@go tool bgcheck package --out "$(or $(OUT),out)/package"

runner: ## build the runner image, for authors who have only Docker
	@ci/setup.sh images
	@docker/runner.sh $(VERSIONS)

.PHONY: dist
dist: ## build binaries for six platforms, wheels and checksums
	@go run ./ci/dist -out "$(or $(OUT),out)/dist"

lint: ## lint Go and Python
	@ci/setup.sh lint
	@ci/lint.sh

list: ## list the checks
	@go tool bgcheck list

explain: ## explain one check (CHECK=exec/takes-effect)
	@go tool bgcheck explain $(checks)

clean: ## remove reports and caches
	@rm -rf out .mypy_cache suites/*/*.test
	@find . -name __pycache__ -prune -exec rm -rf {} +
