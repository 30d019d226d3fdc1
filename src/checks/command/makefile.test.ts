import { expect, test } from "vitest";
import { parseJustfile, parseMakefile } from "./makefile.ts";

const makefile = [
  "PYTEST := pytest",
  "FLAGS ?= a: b",
  "include other.mk",
  ".PHONY: test lint",
  ".SUFFIXES:",
  "define inner",
  "not_a_target:",
  "endef",
  "all test: build.o $(OBJECTS) # comment",
  "\t@$(PYTEST) -q \\",
  "\t  tests",
  "",
  "# a comment between",
  "\t-echo done",
  "lint:: ; ruff check .",
  "types: export MODE := strict",
  "types: MODE = strict",
  "%.o: %.c",
  "\tcc $<",
  "ifeq ($(X),1)",
  "typecheck:",
  "\t# only a comment",
  "endif",
  "url = http://example.org/x:y",
].join("\n");

test("the targets of a Makefile, and nothing that only looks like one", () => {
  expect(Object.fromEntries(parseMakefile(makefile))).toEqual({
    all: { recipe: ["$(PYTEST) -q  \t  tests", "echo done"], always: false },
    test: { recipe: ["$(PYTEST) -q  \t  tests", "echo done"], always: true },
    lint: { recipe: ["ruff check ."], always: true },
    typecheck: { recipe: [], always: false },
  });
  expect(parseMakefile(".RECIPEPREFIX = >\ntest:\n> pytest\n").get("test")?.recipe).toEqual(["$(unknown)"]);
  expect(parseMakefile("test:\r\n\tpytest\r\n").get("test")?.recipe).toEqual(["pytest"]);
});

const justfile = [
  "set shell := ['bash', '-c']",
  "version := 'x: y'",
  "alias t := test",
  "# comment",
  "[private]",
  "@test *args: build",
  "    @pytest -q",
  "",
  "build target='a b':",
  "    echo {{target}}",
  "deploy host:",
  "    ssh {{host}}",
  "many +files:",
  "    ls",
  "lint:",
  "    #!/usr/bin/env bash",
  "    ruff check .",
].join("\n");

test("the recipes of a justfile that run without arguments", () => {
  expect(Object.fromEntries(parseJustfile(justfile))).toEqual({
    test: { recipe: ["pytest -q"], always: true },
    build: { recipe: ["echo {{target}}"], always: true },
    lint: { recipe: ["$(script)"], always: true },
    t: { recipe: ["pytest -q"], always: true },
  });
});
