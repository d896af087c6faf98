/** What a character code is to the scanner, looked up in one table. */

const LETTER = 1;
const DIGIT = 2;
const HEX = 4;
const SPACE = 8;

const CLASSES = buildClasses();

function buildClasses(): Uint8Array {
  const classes = new Uint8Array(128);
  const mark = (characters: string, flag: number): void => {
    for (let at = 0; at < characters.length; at++) classes[characters.charCodeAt(at)]! |= flag;
  };
  mark('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_', LETTER);
  mark('0123456789', DIGIT);
  mark('0123456789abcdefABCDEF', HEX);
  mark(' \t\r\n\f\v', SPACE);
  return classes;
}

function is(code: number, flag: number): boolean {
  return code < 128 && (CLASSES[code]! & flag) !== 0;
}

export function isLetter(code: number): boolean {
  return is(code, LETTER);
}
export function isDigit(code: number): boolean {
  return is(code, DIGIT);
}
export function isHexDigit(code: number): boolean {
  return is(code, HEX);
}
export function isWordPart(code: number): boolean {
  return is(code, LETTER | DIGIT);
}

/** White space other than a line break; U+FEFF and U+00A0 arrive by pasting and are as good as a space. */
export function isSpace(code: number): boolean {
  return is(code, SPACE) || code === 0xfeff || code === 0xa0;
}

export const LINE_FEED = 10;
export const CARRIAGE_RETURN = 13;
