/** What the other scripts share: the repository's root, running a command, and installing the packages when needed. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Runs `command` in the repository's root with the terminal's own input and output.
 * @returns {number} its exit code; 1 when it could not be started or was ended by a signal.
 */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (done.error) console.error(`${command}: ${done.error.message}`);
  return done.status ?? 1;
}

/** Runs a JavaScript file of a package, such as `biome/bin/biome`, without a shell, so that it works alike on Windows. */
export function runPackage(file, args, options) {
  return run(process.execPath, [join(root, 'node_modules', file), ...args], options);
}

/** The browser that the editor is tried in; undefined where there is none, or no build of the editor for this machine. */
export function editorBrowser() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  return [process.env.IRPSIGHT_CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => path && existsSync(path));
}

/**
 * Installs the packages of the lock file unless they are installed already. `npm install --no-save` and not `npm ci`, which refuses a lock
 * file that leaves out the optional packages of other platforms; neither changes the lock file.
 */
export function ensureInstalled() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.irpsight-installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  const npm = process.env.npm_execpath;
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  const code = npm ? run(process.execPath, [npm, ...args]) : run('npm', args, { shell: process.platform === 'win32' });
  if (code !== 0) process.exit(code);
  writeFileSync(stamp, lock);
}
