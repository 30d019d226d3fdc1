import type { TreeReader } from "./definition.ts";
import { type DetectedChecks, detectedCommand, detectedNone } from "./detected-checks.ts";

const gradleFile = /^(build|settings)\.gradle(\.kts)?$/;

interface Build {
  readonly runner: "maven" | "gradle";
  /** The file that the build was recognised by. */
  readonly file: string;
  /** The build's own configuration. */
  readonly text: string;
  /** The program: the project's own copy where it has one. */
  readonly program: readonly string[];
}

/** The checks of a project that Maven or Gradle builds; undefined when the tree has neither. */
export async function detectJava(tree: TreeReader): Promise<DetectedChecks | undefined> {
  const root = await tree.list("");
  const build = await buildOf(tree, root);
  if (!build) return undefined;
  const { runner, file, text, program } = build;
  const lint = lintTasks(build);
  // Failsafe runs the integration tests, and judges them in the phase verify.
  const phase = /maven-failsafe-plugin/.test(text) ? "verify" : "test";
  const words = runner === "maven" ? ["-B", phase] : ["test", "--continue"];
  return {
    tests: detectedCommand("tests", {
      argv: [...program, ...words],
      file,
      note: program.length > 1 ? `${runner}, by the project's own copy` : runner,
      runner,
      asked: true,
    }),
    lint:
      lint.length === 0
        ? detectedNone("lint", file, "neither checkstyle nor spotless is configured")
        : detectedCommand("lint", {
            argv: [...program, ...(runner === "maven" ? ["-B"] : []), ...lint],
            file,
            note: lint.join(", "),
          }),
    types: detectedNone("types", file, "the compiler checks types when the tests are built"),
  };
}

async function buildOf(tree: TreeReader, root: readonly string[]): Promise<Build | undefined> {
  const gradle = root.find((name) => gradleFile.test(name));
  const maven = root.includes("pom.xml");
  // Of both, the one that the project ships is the one that it builds by.
  const byMaven = maven && (!gradle || root.includes("mvnw") || !root.includes("gradlew"));
  if (byMaven) {
    const text = (await tree.read("pom.xml")) ?? "";
    return { runner: "maven", file: "pom.xml", text, program: program(root, "mvnw", "mvn") };
  }
  if (!gradle) return undefined;
  const texts = root.filter((name) => gradleFile.test(name)).map(async (name) => await tree.read(name));
  const text = (await Promise.all(texts)).join("\n");
  return { runner: "gradle", file: gradle, text, program: program(root, "gradlew", "gradle") };
}

// Through sh, as a commit may have lost the bit that makes it executable.
function program(root: readonly string[], wrapper: string, installed: string): readonly string[] {
  return root.includes(wrapper) ? ["sh", `./${wrapper}`] : [installed];
}

function lintTasks({ runner, text }: Build): string[] {
  if (runner === "maven") {
    return [
      ...(text.includes("spotless-maven-plugin") ? ["spotless:check"] : []),
      ...(text.includes("maven-checkstyle-plugin") ? ["checkstyle:check"] : []),
    ];
  }
  return [
    ...(/com\.diffplug\.spotless|\bspotless\s*\{/.test(text) ? ["spotlessCheck"] : []),
    ...(/^\s*(id\s*\(?\s*["'`]checkstyle|`?checkstyle`?\s*($|\{)|apply plugin: ["']checkstyle)/m.test(text)
      ? ["checkstyleMain", "checkstyleTest"]
      : []),
  ];
}
