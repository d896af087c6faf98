/** Bytes sixteen a row, with what they are as text: the hex dump of tcpdump -X. */
import type { Child } from './children.ts';
import { leaf } from './group.ts';

const ROW = 16;

export function bytesRows(bytes: Uint8Array): Child[] {
  const rows: Child[] = [];
  for (let at = 0; at < bytes.length; at += ROW) {
    const name = `0x${at.toString(16).padStart(4, '0')}`;
    rows.push({ name, value: leaf(hexRow(bytes.subarray(at, at + ROW))), expression: null, virtual: true });
  }
  return rows;
}

/** `45 00 00 1c ...  E...`. */
export function hexRow(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const text = Array.from(bytes, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
  return `${hex.padEnd(ROW * 3 - 1)}  ${text}`;
}

/** All of it on lines, for the console and the clipboard. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += ROW)
    lines.push(`0x${at.toString(16).padStart(4, '0')}:  ${hexRow(bytes.subarray(at, at + ROW))}`);
  return lines.join('\n');
}
