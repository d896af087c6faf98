/** Texts that are not worth parsing: too large, or no text. */
import { type Diagnostic, diagnostic } from './diagnostic.ts';

/** Characters; a scenario of that size would be some 250,000 lines. */
const MAX_LENGTH = 4 * 1024 * 1024;
const SAMPLE = 8192;

/** The one diagnostic of a text that is refused as a whole, or null. */
export function refusal(text: string): Diagnostic | null {
  const start = { start: 0, end: Math.min(1, text.length) };
  if (text.length > MAX_LENGTH) {
    const size = (text.length / 1024 / 1024).toFixed(1);
    return diagnostic('NP1006', start, `The file has ${size} MiB; a scenario may have 4 MiB. It was not read.`);
  }
  return looksBinary(text)
    ? diagnostic('NP1005', start, 'This is a binary file, not a scenario. It was not read.')
    : null;
}

/** A NUL anywhere in the first kilobytes, or more than a tenth of control and replacement characters. */
function looksBinary(text: string): boolean {
  const length = Math.min(text.length, SAMPLE);
  let strange = 0;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0) return true;
    if ((code < 32 && code !== 9 && code !== 10 && code !== 13) || code === 0xfffd || code === 127) strange++;
  }
  return strange * 10 > length;
}
