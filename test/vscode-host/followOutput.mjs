/** Prints what suiteWrapper.cjs appends to its file, and keeps the verdict lines among it. */
import { openSync, readSync, writeFileSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

/** Starts following; `drain()` prints the rest, `verdict()` is the last of started, passed, failed. */
export function followOutput(file) {
  writeFileSync(file, '');
  const reader = { fd: openSync(file, 'r'), decoder: new StringDecoder('utf8'), rest: '', verdict: 'not started' };
  setInterval(() => printLines(reader), 50).unref();
  return {
    drain() {
      printLines(reader);
      process.stdout.write(reader.rest);
    },
    verdict: () => reader.verdict,
  };
}

function printLines(reader) {
  const buffer = Buffer.alloc(1 << 16);
  for (let n = readSync(reader.fd, buffer); n > 0; n = readSync(reader.fd, buffer)) {
    reader.rest += reader.decoder.write(buffer.subarray(0, n));
  }
  const cut = reader.rest.lastIndexOf('\n') + 1;
  for (const line of reader.rest.slice(0, cut).split(/(?<=\n)/)) {
    if (line.startsWith('\u0001')) reader.verdict = line.slice(1).trim();
    else process.stdout.write(line);
  }
  reader.rest = reader.rest.slice(cut);
}
