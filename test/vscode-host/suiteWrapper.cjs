/**
 * Runs in the extension host in place of the real suite. What the suite prints goes to a file that the launcher follows:
 * the workbench's own log would mix it with everything else and drop the formatting.
 */
const { Console } = require('node:console');
const fs = require('node:fs');
const { Writable } = require('node:stream');

const { NETPATH_HOST_OUTPUT: output, NETPATH_HOST_SUITE: suite } = process.env;

const put = (text) => fs.appendFileSync(output, text);

/** The extension host ignores assignments to console.log and process.stdout.write, so the whole objects are replaced. */
function redirectOutput() {
  const sink = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      put(String(chunk));
      done();
    },
  });
  const value = new Console({ stdout: sink, stderr: sink, colorMode: false });
  Object.defineProperty(globalThis, 'console', { configurable: true, writable: true, value });
  for (const name of ['stdout', 'stderr']) {
    Object.defineProperty(process, name, { configurable: true, enumerable: true, get: () => sink });
  }
}

exports.run = async () => {
  redirectOutput();
  put('\u0001started\n');
  try {
    await require(suite).run();
    put('\u0001passed\n');
  } catch (error) {
    put(`${error.stack ?? error}\n\u0001failed\n`);
    throw error;
  }
};
