import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The reports that a fake runner may write: what a real one wrote, without its failures, and without any test. */
interface Reports {
  readonly red: string;
  readonly green: string;
  readonly zero: string;
}

const recorded = join(import.meta.dirname, "../../src/checks/command/reports/recorded");
const emptyXml = '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites></testsuites>\n';

function read(name: string): string {
  return readFileSync(join(recorded, name), "utf8");
}

/** A JUnit report, and what is left of it without the cases that failed. */
function xml(name: string): Reports {
  const red = read(name);
  const cases = /[ \t]*<testcase\b[^>]*?(?:\/>|>(?:(?!<\/testcase>)[^])*<\/testcase>)\n?/g;
  const green = red.replace(cases, (one) => (/<(failure|error)\b/.test(one) ? "" : one));
  return { red, green, zero: emptyXml };
}

/** JSON lines, and those that are kept of them. */
function lines(name: string, keep: (line: string, index: number) => boolean, zero: string): Reports {
  const red = read(name);
  return { red, green: red.split("\n").filter(keep).join("\n"), zero };
}

function rspec(): Reports {
  const report = JSON.parse(read("rspec.json")) as { examples: { status: string }[]; summary: object };
  const of = (examples: object[]): string => JSON.stringify({ ...report, examples });
  return {
    red: read("rspec.json"),
    green: of(report.examples.filter(({ status }) => status !== "failed")),
    zero: of([]),
  };
}

/** What each fake runner writes, by its name. */
const reportsOf = {
  go: lines("go-old.jsonl", (line) => !/badmain|frenzy/.test(line), '{"Action":"skip","Package":"p"}\n'),
  cargo: lines(
    "cargo.jsonl",
    (_, index) => index < 6 || index > 11, // its second suite has the test that fails
    '{ "type": "suite", "event": "started", "test_count": 0 }\n{ "type": "suite", "event": "ok" }\n',
  ),
  nextest: xml("nextest.xml"),
  mvn: xml("surefire.xml"),
  gradle: xml("gradle.xml"),
  phpunit: xml("phpunit.xml"),
  bats: xml("bats.xml"),
  rspec: rspec(),
} satisfies Record<string, Reports>;

// Each branch writes where calm has asked the real tool to write; a tool that was not asked writes nothing.
const script = `#!/bin/sh
# Stands for a test runner: writes the report named by $FAKE (green where absent) where the real one would.
tool=\${0##*/}
case $tool in
  bundle) shift; tool=$1 ;;
  cargo) [ "$1" = nextest ] && tool=nextest ;;
  gradle | mvn) [ -e fake-mode ] && FAKE=$(cat fake-mode) ;;
esac
FAKE=\${FAKE:-green}
echo "$tool $*" >&2
case $FAKE in
  missing) exit 0 ;;
  crash) kill -9 $$ ;;
  build) echo "a.x:1: cannot build" >&2; exit 2 ;;
esac
report=@folder@/$tool-$FAKE
previous=
target=
for word; do
  case $tool.$previous in
    go.*) [ "$word" = -json ] && target=/dev/stdout ;;
    cargo.--format) [ "$word" = json ] && target=/dev/stdout ;;
    nextest.--tool-config-file) target=$(sed -n 's/^path = "\\(.*\\)"$/\\1/p' "\${word#calm:}") ;;
    phpunit.--log-junit) target=$word ;;
    bats.--output) target=$word/report.xml ;;
    gradle.--init-script) grep -q upToDateWhen "$word" && target=build/test-results/test/TEST-a.xml ;;
    mvn.*) target=target/surefire-reports/TEST-a.xml ;;
  esac
  previous=$word
done
if [ "$tool" = rspec ]; then
  eval "set -- $SPEC_OPTS"
  target=$6
fi
[ -n "$target" ] || exit 3
case $target in
  /dev/stdout) cat "$report" ;;
  *) mkdir -p "$(dirname "$target")"; cp "$report" "$target" ;;
esac
case $FAKE in red) exit 1 ;; esac
`;

/** Puts the fake runners into a folder for the PATH. */
export function installFakeRunners(folder: string): string {
  const bin = join(folder, "fake-bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "fake"), script.replaceAll("@folder@", bin));
  chmodSync(join(bin, "fake"), 0o755);
  for (const name of ["go", "cargo", "mvn", "gradle", "phpunit", "bats", "bundle"]) {
    symlinkSync("fake", join(bin, name));
  }
  for (const [name, reports] of Object.entries<Reports>(reportsOf)) {
    for (const [which, text] of Object.entries<string>({ ...reports }))
      writeFileSync(join(bin, `${name}-${which}`), text);
  }
  return bin;
}
