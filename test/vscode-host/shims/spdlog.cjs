/** Stands in for @vscode/spdlog, a C++ logger whose package carries no binary: plain appends, same interface. */
const fs = require('node:fs');
const path = require('node:path');

const methods = ['trace', 'debug', 'info', 'warn', 'error', 'critical'];

class Logger {
  constructor(_type, _name, file) {
    this.file = file;
    this.level = 2;
    this.raw = false;
    fs.mkdirSync(path.dirname(file), { recursive: true });
  }
  getLevel() {
    return this.level;
  }
  setLevel(level) {
    this.level = level;
  }
  setPattern() {
    this.raw = false;
  }
  clearFormatters() {
    this.raw = true;
  }
  flush() {}
  drop() {}
  append(level, message) {
    if (level < this.level) return;
    const time = new Date().toISOString().replace('T', ' ').replace('Z', '');
    try {
      fs.appendFileSync(this.file, this.raw ? message : `${time} [${methods[level]}] ${message}\n`);
    } catch {
      // A log that cannot be written must not end the editor.
    }
  }
}
for (const [level, method] of methods.entries()) {
  Logger.prototype[method] = function (message) {
    this.append(level, message);
  };
}

const create = (type) => async (name, file) => new Logger(type, name, file);

// One assignment each: Node finds the names of a CommonJS module's exports by reading its text.
exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = create('rotating');
exports.createAsyncRotatingLogger = create('rotating_async');
