/** What a person may write besides one name: patterns, hosts, `:return`, a condition behind `if` as in gdb. */

/** `tcp_*`, `server:ip_rcv`, `ip_rcv:return`, `/^tcp_.*xmit/`, `stage:UDP`: what the adapter takes beside a plain name. */
export function isFunctionPattern(text: string): boolean {
  if (/^(?:[\w.-]+:)?stage:\w/.test(text)) return true;
  const name = text.replace(/:return$/, '');
  const pattern = /^(?:[\w.-]+:)?[\w*?]*[*?][\w*?]*$/.test(name) || /^[\w.-]+:\w+$/.test(name) || /^\/.+\/$/.test(name);
  return pattern || (name !== text && /^\w+$/.test(name));
}

/** `tcp_write_xmit if skb.len > 1000`: the function or pattern (a stage may have blanks), and the condition; null without one. */
export function splitCondition(text: string): { name: string; condition: string } | null {
  const match = /^\s*(\S*stage:.*?|\S+)\s+if\s+(\S.*?)\s*$/.exec(text);
  return match === null ? null : { name: match[1]!, condition: match[2]! };
}
