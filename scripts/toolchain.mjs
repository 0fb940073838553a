// Finds what building needs, and on Debian installs what is missing. It says what it does; a
// second run finds everything and does nothing.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync, statSync, symlinkSync, unlinkSync, utimesSync } from 'node:fs';
import { homedir, platform } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const workspace = join(root, 'src-tauri');

/** The oldest Rust that the interpreter compiles with. */
const RUST = [1, 96];
const EXE = platform() === 'win32' ? '.exe' : '';

/** Debian's packages for each need. */
const PACKAGES = {
  rust: ['rustc-web', 'cargo-web', 'rustfmt-web', 'rust-web-clippy'],
  linker: ['lld'],
  compiler: ['build-essential'],
  wasm: ['rust-web-src', 'lld-16'],
  window: ['libwebkit2gtk-4.1-dev', 'pkg-config'],
  display: ['xvfb', 'xauth', 'webkit2gtk-driver', 'fonts-dejavu-core'],
  browser: ['chromium'],
  camera: ['imagemagick'],
};

/** What somebody has to do who has no Debian, or may not install. */
const ADVICE = {
  rust: 'Rust 1.96 or newer with rustfmt and clippy (https://rustup.rs)',
  linker: 'the linker lld (your distribution\'s package lld)',
  compiler: 'a C compiler (on macOS: xcode-select --install; on Windows: the Build Tools of Visual Studio)',
  wasm: 'the WebAssembly target of Rust (rustup target add wasm32-unknown-unknown)',
  window: 'WebKitGTK 4.1 with its development files (package webkit2gtk4.1-devel or libwebkit2gtk-4.1-dev)',
  display: 'Xvfb and WebKitWebDriver',
  browser: 'Chromium or Chrome',
  camera: 'ImageMagick',
  modules: 'the packages of package-lock.json (npm ci)',
};

/** The version of wasm-bindgen in Cargo.lock; its command line has to be the same. */
function wasmBindgenVersion() {
  const lock = readFileSync(join(workspace, 'Cargo.lock'), 'utf8');
  return /name = "wasm-bindgen"\nversion = "([^"]+)"/.exec(lock)?.[1] ?? fail('Cargo.lock has no wasm-bindgen.');
}

export function say(text) { // to stderr: what a command writes stays alone on stdout
  console.error(`· ${text}`);
}

/** Ends with a message that says what to do. */
export function fail(text) {
  console.error(`\n✗ ${text}`);
  process.exit(1);
}

/**
 * Makes sure that everything named in `needs` is there and returns the environment to build in.
 * Cargo's target folder is one for all checkouts: the interpreter takes minutes to compile.
 */
export function prepare(...needs) {
  const missing = needs.filter((need) => !FOUND[need]());
  if (missing.length > 0) {
    install(missing);
    const still = needs.filter((need) => !FOUND[need]());
    if (still.length > 0) fail(`Still missing: ${still.map((need) => ADVICE[need]).join('; ')}.`);
  }
  const target = process.env.CARGO_TARGET_DIR ?? join(cacheFolder(), 'monty-playground', 'target');
  mkdirSync(target, { recursive: true });
  linkTarget(target);
  const bin = rustFolder();
  return {
    ...process.env,
    PATH: bin ? `${bin}${delimiter}${process.env.PATH}` : process.env.PATH,
    CARGO_TARGET_DIR: target,
    CARGO_TERM_COLOR: process.env.CARGO_TERM_COLOR ?? (process.stdout.isTTY ? 'always' : 'never'),
  };
}

// Cargo is always given the whole workspace: with fewer packages it picks other features, and
// compiles the interpreter a second time.

/** Runs a command in the workspace and ends this process with it if it fails. */
export function run(env, title, command, args, options = {}) {
  say(title);
  const { status, error } = spawnSync(command, args, { cwd: workspace, env, stdio: 'inherit', ...options });
  if (error) fail(`${command} cannot be started: ${error.message}`);
  if (status !== 0) fail(`${title}: failed (${command} ${args.join(' ')})`);
}

/** Arguments and environment that build for the browser with the toolchain that is there. */
export function wasm(env) {
  const flags = ['--target', 'wasm32-unknown-unknown', '--profile', 'web'];
  if (hasWasmTarget()) return { env, flags };
  return {
    env: { ...env, RUSTC_BOOTSTRAP: '1', CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: 'wasm-ld-16' },
    flags: ['-Zbuild-std=std,panic_abort', ...flags],
  };
}

const FOUND = {
  rust: () => rustFolder() !== undefined,
  // .cargo/config.toml asks for lld on Linux; elsewhere the system's linker serves.
  linker: () => platform() !== 'linux' || onPath('ld.lld'),
  compiler: () => platform() === 'win32' || onPath('cc'),
  wasm: () => hasWasmTarget() || (existsSync('/usr/lib/rustlib/src/rust/library') && onPath('wasm-ld-16')),
  // Elsewhere the system has a web view of its own.
  window: () => platform() !== 'linux' || spawnSync('pkg-config', ['--exists', 'webkit2gtk-4.1']).status === 0,
  display: () => platform() !== 'linux' || (onPath('Xvfb') && onPath('WebKitWebDriver')),
  browser: () => browserPath() !== undefined,
  camera: () => onPath('import'),
  modules: () => newer(join(root, 'node_modules', '.package-lock.json'), join(root, 'package-lock.json')),
};

/** A Chromium or Chrome that tests can drive. */
export function browserPath() {
  const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'];
  return [process.env.CHROMIUM, ...places].find((place) => place && existsSync(place));
}

function newer(file, than) {
  return existsSync(file) && statSync(file).mtimeMs >= statSync(than).mtimeMs;
}

/** Builds the engine for the browser and puts it where the interface imports it from. */
export function buildEngineForBrowser(env) {
  const browser = wasm(env);
  run(browser.env, 'the engine for the browser', 'cargo', ['build', '--locked', '-p', 'web', ...browser.flags]);
  const module = join(env.CARGO_TARGET_DIR, 'wasm32-unknown-unknown', 'web', 'web.wasm');
  const out = join(root, 'ui', 'src', 'host', 'engine');
  if (newer(join(out, 'web_bg.wasm'), module)) return;
  const version = wasmBindgenVersion();
  const tools = join(dirname(env.CARGO_TARGET_DIR), `wasm-bindgen-${version}`);
  const bindgen = join(tools, 'bin', `wasm-bindgen${EXE}`);
  if (!existsSync(bindgen)) {
    const args = ['install', 'wasm-bindgen-cli', '--version', version, '--root', tools, '--quiet'];
    run({ ...env, CARGO_TARGET_DIR: join(tools, 'target') }, `wasm-bindgen ${version}`, 'cargo', args);
    rmSync(join(tools, 'target'), { recursive: true, force: true });
  }
  const args = ['--target', 'web', '--out-dir', out, '--out-name', 'web', module];
  run(env, 'its bindings', bindgen, args);
}

/** When anything in a folder was last changed. */
function newest(path) {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return readdirSync(path).reduce((time, name) => Math.max(time, newest(join(path, name))), mtimeMs);
}

/** Whether the page is the one that says to build the interface first. */
function isPlaceholder(page) {
  return readFileSync(page, 'utf8').includes('Build the interface first');
}

/** Builds the interface for the window or, with `browser`, as static files. */
export function buildInterface(env, host) {
  const built = join(root, host === 'desktop' ? 'dist-desktop' : 'dist', 'index.html');
  const sources = ['ui', 'vite.config.ts', 'svelte.config.js', 'package-lock.json'].map((name) => join(root, name));
  if (existsSync(built) && sources.every((source) => newest(source) < statSync(built).mtimeMs) && !isPlaceholder(built)) return;
  const args = [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'];
  if (host === 'desktop') args.push('--mode', 'desktop');
  run(env, `the interface (${host})`, process.execPath, args, { cwd: root });
}

export function cacheFolder() {
  if (process.env.XDG_CACHE_HOME) return process.env.XDG_CACHE_HOME;
  if (platform() === 'win32') return process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local');
  return join(homedir(), platform() === 'darwin' ? 'Library/Caches' : '.cache');
}

/** Makes `src-tauri/target` lead to the shared folder, for editors and for a plain `cargo build`. */
function linkTarget(target) {
  const link = join(workspace, 'target');
  if (platform() === 'win32' || target === link) return;
  try {
    if (lstatSync(link).isSymbolicLink() && readlinkSync(link) !== target) unlinkSync(link);
  } catch {
    // There is nothing yet.
  }
  if (!existsSync(link)) symlinkSync(target, link);
}

/** The folder of a cargo that is new enough and has its rustc beside it. */
function rustFolder() {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', join(homedir(), '.cargo', 'bin')];
  return [...new Set(folders)].find((folder) =>
    ['cargo', 'rustc', 'rustfmt', 'cargo-clippy'].every((tool) => existsSync(join(folder, tool + EXE))) &&
    ['cargo', 'rustc'].every((tool) => newEnough(join(folder, tool + EXE))));
}

function newEnough(tool) {
  const { stdout, status } = spawnSync(tool, ['--version'], { encoding: 'utf8' });
  const version = /\d+\.\d+/.exec(stdout ?? '')?.[0]?.split('.').map(Number);
  if (status !== 0 || !version) return false;
  return version[0] > RUST[0] || (version[0] === RUST[0] && version[1] >= RUST[1]);
}

function hasWasmTarget() {
  const bin = rustFolder();
  if (!bin) return false;
  const args = ['--print', 'target-libdir', '--target', 'wasm32-unknown-unknown'];
  const { stdout, status } = spawnSync(join(bin, `rustc${EXE}`), args, { encoding: 'utf8' });
  return status === 0 && existsSync(stdout.trim());
}

function onPath(tool) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, tool)));
}

function install(needed) {
  const missing = needed.filter((need) => need !== 'modules');
  if (missing.length < needed.length) {
    const npm = platform() === 'win32' ? 'npm.cmd' : 'npm';
    const { status } = spawnSync(npm, ['ci', '--no-fund', '--no-audit', '--loglevel', 'error'], {
      cwd: root, stdio: ['ignore', 2, 2], shell: platform() === 'win32',
    });
    if (status !== 0) fail('npm ci failed.');
    utimesSync(join(root, 'node_modules', '.package-lock.json'), new Date(), new Date());
  }
  if (missing.length === 0) return;
  const packages = missing.flatMap((need) => PACKAGES[need]);
  const advice = missing.map((need) => `  - ${ADVICE[need]}`).join('\n');
  if (!onPath('apt-get')) fail(`This is missing:\n${advice}`);
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !canSudo()) {
    fail(`This is missing:\n${advice}\nOn Debian: sudo apt-get install ${packages.join(' ')}`);
  }
  say(`installing Debian packages: ${packages.join(' ')}`);
  const apt = (...args) => {
    const command = isRoot ? ['apt-get', ...args] : ['sudo', '-n', 'apt-get', ...args];
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    return spawnSync(command[0], command.slice(1), { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  };
  apt('update', '-q');
  if (!apt('install', '-yq', '--no-install-recommends', ...packages)) {
    fail(`The packages could not be installed. This is missing:\n${advice}`);
  }
}

function canSudo() {
  try {
    execFileSync('sudo', ['-n', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
