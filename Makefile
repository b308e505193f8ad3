# Carina's commands. Each is a script in crates/xtask/scripts/, which says what it does and installs
# what it lacks, or says how.
SCRIPTS := crates/xtask/scripts

.DEFAULT_GOAL := help
.PHONY: help run test chaos bench command site setup magnum-rig fmt engine-stop clean

help: ## Show this help
	@printf 'make <command>\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Start the dashboard, with everything it needs (~15 minutes the first time)
	@$(SCRIPTS)/run.sh

test: ## Run every check and test; ends with "N passed, N failed"
	@$(SCRIPTS)/test.sh

chaos: ## Kill the control plane at random moments, for a quarter of an hour; SEED=… repeats a run
	@$(SCRIPTS)/chaos.sh long

bench: ## Measure speed, sizes and memory
	@$(SCRIPTS)/bench.sh

command: ## Build the carina command, one static file, into target/command
	@$(SCRIPTS)/command.sh

site: ## Build what a browser loads, into target/site
	@$(SCRIPTS)/site.sh

setup: ## Install what run and test need, and build nothing
	@$(SCRIPTS)/setup.sh

magnum-rig: ## Start an OpenStack (Keystone and Magnum) to point the dashboard at, and say how
	@$(SCRIPTS)/magnum-rig.sh

fmt: ## Format the Rust code
	@cargo fmt --all

engine-stop: ## Stop the Docker Engine that `make run` started, and the clusters in it
	@$(SCRIPTS)/engine.sh stop data/engine

clean: ## Remove everything built; clusters and settings in data/ stay
	@$(SCRIPTS)/engine.sh stop target/engine
	@$(SCRIPTS)/magnum-rig.sh stop
	@cargo clean
