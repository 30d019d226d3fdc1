/* global require, __dirname, Buffer, CALM_BUILD */
// The program's first lines: loads its parts, with the machine code that V8 made of them last time.
// Every part is one script `(function (exports, require, module) {…})` in ASCII; see docs/decisions/004-start-up.md.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { Script } from "node:vm";

const { CALM_HOME, HOME = "" } = process.env;
const home = CALM_HOME ?? join(HOME, ".calm");
const cache = join(home, "cache");
const folder = join(cache, `${CALM_BUILD}-${process.version}-${process.arch}`);
const monthsOld = 30 * 24 * 60 * 60 * 1000;

const parts = new Map();
const scripts = [];
let learned = false;

/** True for a folder that nobody else can have put anything into. */
function isOwn(path) {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.isDirectory() === true && found.uid === process.getuid() && (found.mode & 0o022) === 0;
  } catch {
    return false; // something else is there, or a folder above is closed
  }
}

const readable = isAbsolute(home) && isOwn(folder);

/** V8 takes a damaged cache for code and dies of it, so each is written twice and must be the same twice. */
function readCache(name) {
  if (!readable) return undefined;
  try {
    const twice = readFileSync(join(folder, name));
    const once = twice.subarray(0, twice.length / 2);
    return once.equals(twice.subarray(twice.length / 2)) ? once : undefined;
  } catch {
    return undefined;
  }
}

function load(name) {
  const known = parts.get(name);
  if (known) return known.exports;
  const module = { exports: {} };
  parts.set(name, module);
  const directory = join(__dirname, "parts");
  const filename = join(directory, name);
  const cachedData = readCache(name);
  const script = new Script(readFileSync(filename, "latin1"), { filename, cachedData });
  scripts.push({ name, script });
  if (cachedData === undefined || script.cachedDataRejected) learned = true;
  script.runInThisContext()(module.exports, requirePart, module, filename, directory);
  return module.exports;
}

function requirePart(request) {
  return request.startsWith("./") ? load(request.slice(2)) : require(request);
}

function writeCache({ name, script }) {
  const data = script.createCachedData();
  const aside = join(folder, `${name}.${process.pid}-${process.hrtime.bigint()}`);
  try {
    writeFileSync(aside, Buffer.concat([data, data]), { mode: 0o600, flag: "wx" });
    renameSync(aside, join(folder, name));
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Forgets what other versions left behind long ago. */
function tidy() {
  for (const name of readdirSync(cache)) {
    const old = join(cache, name);
    if (Date.now() - statSync(old).mtimeMs > monthsOld) rmSync(old, { recursive: true, force: true });
  }
}

// A command that has run for the first time has compiled functions that the caches of its parts do not have yet.
process.on("exit", () => {
  if (!learned || !isAbsolute(home)) return;
  try {
    if (!isOwn(home)) return;
    if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) tidy();
    if (isOwn(folder)) scripts.forEach(writeCache);
  } catch {
    // A cache is a gift: a full disk or a read-only home costs milliseconds, not the command.
  }
});

load("main.js");
