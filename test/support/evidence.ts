import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { query } from "./database.ts";
import { must, operate, phaseOf, putInto } from "./operate.ts";
import { createWorld, type World } from "./world.ts";

/** One thing that somebody does, in whatever order. */
export type Step =
  | { readonly do: "commit"; readonly what: string; readonly red: boolean }
  | { readonly do: "edit"; readonly red: boolean }
  | { readonly do: "redefine"; readonly marker: string; readonly trusted: boolean }
  | { readonly do: "check"; readonly noCache: boolean }
  | { readonly do: "run"; readonly room: "worktree" | "clean" }
  | { readonly do: "move"; readonly claim: "none" | "pass" | "fail" }
  | { readonly do: "trust"; readonly revoke: boolean }
  | { readonly do: "proceed"; readonly between: Step | undefined }
  | { readonly do: "clean" | "back" | "other" | "review" };

const configOf = (marker: string): string => `version: 1
gates:
  CODE_REVIEW-TEST: { reviews: 1 }
checks:
  tests: { run: 'sh "$ORACLE" ${marker}', min_tests: 0 }
  lint: { none: "no linter" }
  types: { none: "no types" }
`;

// Tells, outside of the repository, on which tree and by which definition it ran, and how it ended.
const oracle = `tree=$(git rev-parse 'HEAD^{tree}') || exit 9
dirty=$(git status --porcelain) || exit 9
grep -q green outcome; end=$?
echo "$tree \${dirty:+dirty} $1 $end" >> "$ORACLE.log"
exit $end
`;

const nextPhase: Readonly<Record<string, string>> = {
  IMPLEMENT: "CODE_REVIEW",
  CODE_REVIEW: "TEST",
  TEST: "INTEGRATE",
};

/** What the model remembers of a gate's newest run. */
interface Run {
  readonly passed: boolean;
  readonly head: string;
  readonly marker: string;
}

/** A project whose tests tell an oracle what they really ran on; each run of the model is a task of it. */
export class Evidence {
  readonly world: World;
  readonly env: Readonly<Record<string, string>>;
  readonly trusted = new Set<string>();
  /** The hash that calm has given each definition, by what it is of. */
  readonly definitions = new Map<string, string>();
  marker = "one";
  #tasks = 0;

  private constructor(world: World) {
    this.world = world;
    this.env = { ORACLE: join(world.folder, "oracle") };
  }

  static async prepare(): Promise<Evidence> {
    const world = createWorld({ ".calm/config.yaml": configOf("one"), outcome: "green\n", "src/a": "a\n" });
    const evidence = new Evidence(world);
    writeFileSync(join(world.folder, "oracle"), oracle);
    writeFileSync(join(world.folder, "oracle.log"), "");
    await evidence.trust();
    return evidence;
  }

  async begin(): Promise<Scene> {
    this.#tasks += 1;
    const task = `T-${this.#tasks}`;
    await must(this.world, ["task", "create", task, "A task"]);
    putInto(this.world, task, "IMPLEMENT");
    await must(this.world, `worktree create ${task}`);
    this.world.commit({}, "templates", this.world.worktree(task));
    return new Scene(this, task);
  }

  async trust(): Promise<void> {
    await must(this.world, "trust --yes");
    this.trusted.add(this.marker);
  }

  rows<T>(sql: string, ...values: string[]): T[] {
    return query<T>(join(this.world.env["CALM_HOME"] ?? "", "metadata.db"), sql, ...values);
  }

  /** Whether the tests were really run green on this very tree by this definition. */
  saw(tree: string, marker: string): boolean {
    return readFileSync(join(this.world.folder, "oracle.log"), "utf8").includes(`${tree}  ${marker} 0\n`);
  }
}

/** One task, and a model of what may become of it. */
class Scene {
  readonly moved: string[] = [];
  readonly #all: Evidence;
  readonly #task: string;
  readonly #tree: string;
  readonly #runs = new Map<string, Run>();
  readonly #reviewed = new Set<string>();
  #commits = 0;

  constructor(all: Evidence, task: string) {
    this.#all = all;
    this.#task = task;
    this.#tree = all.world.worktree(task);
  }

  async take(step: Step): Promise<void> {
    const { world } = this.#all;
    const before = this.#phase;
    switch (step.do) {
      case "commit":
        this.#commit(step.what, step.red);
        break;
      case "edit":
        world.write("outcome", `${step.red ? "red" : "green"} edited ${++this.#commits}\n`, this.#tree);
        break;
      case "clean":
        world.git(["checkout", "--quiet", "--", "."], this.#tree);
        break;
      case "other":
        world.commit({ [`src/other-${this.#task}-${++this.#commits}.js`]: "1\n" }, "another task's merge");
        break;
      case "redefine":
        await this.#redefine(step.marker, step.trusted);
        break;
      case "trust":
        await this.#trust(step.revoke);
        break;
      case "review":
        await this.#review();
        break;
      case "run":
        await this.#run(step.room);
        break;
      case "back":
        await this.#back();
        break;
      case "check":
        await this.#check(step.noCache);
        break;
      case "move":
        await this.#move(step.claim);
        break;
      case "proceed":
        await this.#proceed(step.between);
        break;
    }
    if (!["move", "back", "proceed"].includes(step.do)) expect(this.#phase, step.do).toBe(before);
  }

  get #phase(): string {
    return phaseOf(this.#all.world, this.#task) ?? "";
  }

  get #edge(): string | undefined {
    const to = nextPhase[this.#phase];
    return to === undefined ? undefined : `${this.#phase}-${to}`;
  }

  #git(...args: string[]): string {
    return this.#all.world.git(args, this.#tree);
  }

  get #head(): string {
    return this.#git("rev-parse", "HEAD");
  }

  get #dirty(): boolean {
    return this.#git("status", "--porcelain") !== "";
  }

  /** What the branch changes in code, as git tells it; "" = nothing. */
  get #content(): string {
    const base = this.#git("merge-base", "main", "HEAD");
    const planning = [":!planning_docs", ":!changelog.d", ":!bug_reports"];
    return this.#git("diff", "--raw", "--no-renames", "--full-index", base, "HEAD", "--", ".", ...planning);
  }

  /** Whether the checks of the commit, reviews left aside, must hold. */
  get #deserves(): boolean {
    const base = this.#git("merge-base", "main", "HEAD");
    const code = this.#git("diff", "--name-only", base, "HEAD", "--", "src", "outcome", ".calm");
    const todo = this.#git("diff", base, "HEAD", "--", "src").includes("+// TODO");
    return code !== "" && !todo && this.#git("show", "HEAD:outcome").includes("green");
  }

  #commit(what: string, red: boolean): void {
    const n = ++this.#commits;
    const files: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      code: { [`src/${this.#task}-${n}.js`]: `${n};\n` },
      docs: { [`docs/${this.#task}-${n}.md`]: `${n}\n` },
      outcome: { outcome: `${red ? "red" : "green"} ${this.#task} ${n}\n` },
      config: { ".calm/config.yaml": configOf("one").replace(/run: .*, min/, 'run: "true", min') },
      todo: { "src/later.js": red ? `// TODO ${n}\n` : `later(${n});\n` },
    };
    for (const [path, text] of Object.entries(files[what] ?? {})) {
      this.#all.world.write(path, text, this.#tree);
    }
    this.#git("add", "--all");
    this.#git("commit", "--quiet", "--allow-empty", "--message", `${what} ${n}`);
  }

  async #redefine(marker: string, trusted: boolean): Promise<void> {
    const { world } = this.#all;
    world.write(".calm/config.yaml", configOf(marker));
    world.git(["commit", "--quiet", "--allow-empty", "--all", "--message", `definition ${marker}`]);
    this.#all.marker = marker;
    if (trusted) await this.#all.trust();
  }

  async #trust(revoke: boolean): Promise<void> {
    if (!revoke) return this.#all.trust();
    await must(this.#all.world, "trust --revoke");
    this.#all.trusted.clear();
  }

  async #review(): Promise<void> {
    const { exitCode } = await operate(this.#all.world, `review record ${this.#task} code approved`);
    // What nobody has written cannot be reviewed, and nobody reviews the same twice.
    if (exitCode === 0) this.#reviewed.add(this.#content);
  }

  async #run(room: string): Promise<void> {
    const { world, env, trusted, marker } = this.#all;
    const count = "select count(*) as n from gate_runs union all select count(*) from check_runs";
    const rows = this.#all.rows(count);
    const green =
      room === "clean"
        ? this.#git("show", "HEAD:outcome").includes("green")
        : readFileSync(join(this.#tree, "outcome"), "utf8").includes("green");
    const line = `gate run ${this.#task} tests --room ${room}`;
    const { exitCode } = await operate(world, line, { env });
    expect(exitCode, line).toBe(!trusted.has(marker) ? 4 : green ? 0 : 1);
    expect(this.#all.rows(count), line).toEqual(rows);
  }

  async #back(): Promise<void> {
    if (this.#phase === "IMPLEMENT") return;
    const { world } = this.#all;
    await must(world, ["task", "transition", this.#task, "IMPLEMENT", "--back", "--reason", "again"]);
    this.#runs.clear();
  }

  async #check(noCache: boolean): Promise<void> {
    const edge = this.#edge;
    if (edge === undefined) return;
    const { world, env, trusted, marker } = this.#all;
    const line = `gate check ${this.#task}${noCache ? " --no-cache" : ""}`;
    const [dirty, head, deserves] = [this.#dirty, this.#head, this.#deserves];
    const { exitCode, error } = await operate(world, line, { env });
    if (dirty || !trusted.has(marker)) {
      expect([exitCode, error?.code], line).toEqual([4, dirty ? "dirty_worktree" : "untrusted_commands"]);
      return;
    }
    if (edge !== "CODE_REVIEW-TEST") expect(exitCode, line).toBe(deserves ? 0 : 1);
    else if (!deserves || !this.#reviewed.has(this.#content)) expect(exitCode, line).toBe(1);
    this.#runs.set(edge, { passed: exitCode === 0, head, marker });
  }

  async #move(claim: string): Promise<void> {
    const edge = this.#edge;
    if (edge === undefined) return;
    const [from = "", to = ""] = edge.split("-");
    const { world, marker } = this.#all;
    const words = claim === "none" ? [] : ["--gate-result", claim];
    const { exitCode, error } = await operate(world, ["task", "transition", this.#task, to, ...words]);
    const run = this.#runs.get(edge);
    const earned = run?.passed === true && run.head === this.#head && run.marker === marker;
    const reviewed = edge !== "CODE_REVIEW-TEST" || this.#reviewed.has(this.#content);
    const moves = claim !== "fail" && earned && reviewed;
    expect([exitCode, this.#phase], `${edge} ${claim} ${error?.message ?? ""}`).toEqual(
      moves ? [0, to] : [claim === "fail" ? 0 : 4, from],
    );
    if (moves) this.#requireEvidence(edge);
  }

  /** What calm has written down of the move, and what the oracle has seen, agree with what lies there now. */
  #requireEvidence(edge: string): void {
    const { marker, definitions } = this.#all;
    const tree = this.#git("rev-parse", "HEAD^{tree}");
    const [row] = this.#all.rows<Record<string, string>>(
      `select r.transition, r.state, r.verdict, r.commit_sha, r.tree, r.definition, r.voided_at
         from phase_transitions t join gate_runs r on r.id = t.gate_run_id and r.task_id = t.task_id
        where t.task_id = ? order by t.id desc limit 1`,
      this.#task,
    );
    expect(row).toMatchObject({ transition: edge, state: "finished", verdict: "pass", voided_at: null });
    expect([row?.["commit_sha"], row?.["tree"]]).toEqual([this.#head, tree]);
    const key = `${edge} ${marker}`;
    const definition = definitions.get(key) ?? row?.["definition"] ?? "";
    expect(row?.["definition"], key).toBe(definition);
    expect([...definitions].filter(([other, hash]) => other !== key && hash === definition)).toEqual([]);
    definitions.set(key, definition);
    expect(this.#all.saw(tree, marker), `${tree} by ${marker}`).toBe(true);
    this.moved.push(edge);
  }

  async #proceed(between: Step | undefined): Promise<void> {
    this.#all.world.write("src/later.js", "done();\n", this.#tree);
    this.#commit("outcome", false);
    await this.#all.trust();
    if (this.#phase === "CODE_REVIEW") await this.#review();
    await this.#check(false);
    if (between) await this.take(between);
    await this.#move("none");
  }
}
