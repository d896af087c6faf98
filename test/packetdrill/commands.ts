/** What scripts let a shell do: sysctls, offloads, the device's MTU, counters that must have a value. */
import { Unsupported } from './calls.ts';
import type { Machine } from './machine.ts';

/** Parts of a command that change nothing which a script could see here. */
const WITHOUT_EFFECT = /defaults\.sh|sysctl_restore|^\s*$|^#|tcp_metrics|^nstat\s*-n|^nstat\s*>|^rm\b|^cat\b|^sleep 0/;

/** Lines of the scenario's language for what `init` asks of the card before the run; `merged`: it receives super-packets. */
export function cardOf(init: string, merged: boolean): string {
  const gro = merged ? 'coalesce { rx-usecs 50 }; offloads { gro = on' : 'coalesce { rx-usecs 0 }; offloads { gro = off';
  const tso = /ethtool -K tun0[^\n]*(?:tso off|gso off)/.test(init) ? '; tso = off; gso = off' : '';
  const mtu = /ip link set dev tun0 mtu (\d+)/.exec(init);
  return `${gro}${tso} }${mtu === null ? '' : `; mtu ${mtu[1]}`}`;
}

/** sysctls that a command sets, whichever way. */
export function sysctlsOf(text: string): Map<string, (number | string)[]> {
  const found = new Map<string, (number | string)[]>();
  for (const [, path, quoted, plain] of text.matchAll(/(?:\/proc\/sys\/)?(net[./]ipv4[./][\w./]+)=(?:"([^"]*)"|(\S+))/g))
    found.set(path!.replaceAll('/', '.'), (quoted ?? plain!).replace(/^'|'$/g, '').split(/\s+/).map(value));
  return found;
}

/** A number, or an arithmetic of the shell that is a product, or a word. */
function value(word: string): number | string {
  const product = /^\$\(\(([\d*]+)\)\)$/.exec(word);
  if (product !== null) return product[1]!.split('*').reduce((all, each) => all * Number(each), 1);
  return Number.isNaN(Number(word)) ? word : Number(word);
}

/** Runs a command; an Error tells of an assertion that does not hold. */
export function runCommand(machine: Machine, text: string): void {
  for (const [name, values] of sysctlsOf(text)) machine.sysctl(name, values);
  for (const line of text.split(/\n|;|&&/).map((each) => each.trim())) {
    if (WITHOUT_EFFECT.test(line) || /sysctl|ethtool -K|ip link set dev tun0 mtu|net[./]ipv4[./]/.test(line)) continue;
    const counter = /^nstat \| grep TcpExt(\w+) \| grep -q " (\d+) "$/.exec(line);
    if (counter === null) throw new Unsupported(`the command '${line}'`);
    const counted = machine.host.mib.TcpExt[counter[1]!] ?? 0;
    if (counted !== Number(counter[2])) throw new Error(`TcpExt${counter[1]} is ${counted}, not ${counter[2]}`);
  }
}
