# Every target works from a fresh clone on a machine with Node 20 or later, npm, make and git: what is missing is
# installed first, by one of those that are started at once, and all programs run on the packaged Node 24
# (node_modules/.bin comes first in PATH).
# Recipes of long-running targets `exec` it, so that signals reach the program itself.

export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help start stop restart logs status health test check sim bench soak installed

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 15

start: installed ## a server, three agents, and this repository driven through the project chart; Ctrl-C stops
	@exec node tools/start/src/main.ts

stop: installed ## ends the server of `make start` in order, from another terminal
	@exec node apps/cli/bin/swoosh.mjs stop

restart: installed ## stop, then start
	@node apps/cli/bin/swoosh.mjs stop --if-running && exec node tools/start/src/main.ts

logs: installed ## the last lines of its log; FOLLOW=1 goes on with those that come
	@exec node apps/cli/bin/swoosh.mjs logs $(if $(FOLLOW),--follow)

status: installed ## whether a server runs here, where, and how its log is
	@exec node apps/cli/bin/swoosh.mjs status

health: installed ## whether it takes proposals and misses nobody; exit 1 where not
	@exec node apps/cli/bin/swoosh.mjs health

test: installed ## everything that a change must pass; last line: N passed, M failed
	@exec node tools/test/src/main.ts

check: installed ## the fast half of test: tidy, types, lint, format
	@exec node tools/test/src/main.ts --fast

sim: installed ## the simulator, for ever; SEED=7 replays one seed, SEEDS=1000 tries that many, WORLD=crowd or projects
	@exec node sim/src/main.ts $(if $(SEEDS),--seeds $(SEEDS)) $(if $(SEED),--seed $(SEED))

bench: installed ## medians and ratios of the kernel's parts
	@exec npm run --silent bench -w packages/kernel

soak: installed ## the long runs: mutation, fuzzing, determinism at full length
	@exec node tools/test/src/main.ts --soak

installed:
	@tools/install/install.mjs

# `make test-level-N`: generated from gates/maturity.yaml.
-include gates/levels.mk
