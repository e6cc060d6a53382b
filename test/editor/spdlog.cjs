/**
 * Stands in for @vscode/spdlog, whose native part is not built where the editor is installed without install scripts: the extension host writes
 * every output channel through it, so that without it the Output panel stays empty.
 */
const { appendFileSync, mkdirSync } = require('node:fs');
const { dirname } = require('node:path');

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'critical'];

class Logger {
  #file;
  #level = 0;
  #bare = false;

  constructor(file) {
    this.#file = file;
    for (const [level, name] of levels.entries()) this[name] = (text) => this.#write(level, name, text);
  }
  getLevel() {
    return this.#level;
  }
  setLevel(level) {
    this.#level = level;
  }
  setPattern() {
    this.#bare = false;
  }
  clearFormatters() {
    this.#bare = true;
  }
  flush() {
    // Nothing is held back.
  }
  drop() {
    this.#level = levels.length;
  }
  #write(level, name, text) {
    if (level < this.#level) return;
    appendFileSync(this.#file, this.#bare ? text : `${new Date().toISOString()} [${name}] ${text}\n`);
  }
}

async function createRotatingLogger(_name, file) {
  mkdirSync(dirname(file), { recursive: true });
  return new Logger(file);
}

// An ES module that imports this sees only what is assigned by name.
exports.version = 0;
exports.setLevel = () => undefined;
exports.setFlushOn = () => undefined;
exports.createRotatingLogger = createRotatingLogger;
exports.createAsyncRotatingLogger = createRotatingLogger;
