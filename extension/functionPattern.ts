/** Tells a pattern for several functions from the beginnings of one name. */

/** `tcp_*`, `server:ip_rcv`, `/^tcp_.*xmit/`: what the adapter takes beside a plain name. */
export function isFunctionPattern(text: string): boolean {
  return /^(?:[\w.-]+:)?[\w*?]*[*?][\w*?]*$/.test(text) || /^[\w.-]+:\w+$/.test(text) || /^\/.+\/$/.test(text);
}
