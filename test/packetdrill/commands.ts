/** What scripts let a shell do: sysctls, offloads, the device's MTU, counters that must have a value. */
import { addressValue } from '../../server/language/parser/literals.ts';
import { NETIF_F_GSO, NETIF_F_TSO } from '../../debugger/kernel/include/linux/netdevice.ts';
import { RTAX_NAMES } from '../../debugger/kernel/include/linux/rtnetlink.ts';
import { PAGE_SIZE } from '../../debugger/kernel/include/net/sock.ts';
import { fib_add_route } from '../../debugger/kernel/net/ipv4/fib_frontend.ts';
import type { rtax } from '../../debugger/kernel/net/ipv4/metrics.ts';
import { __inet_lookup_listener } from '../../debugger/kernel/net/ipv4/inet_hashtables.ts';
import { Unsupported } from './calls.ts';
import { LOCAL, type Machine, PORT } from './machine.ts';

/** Parts of a command that change nothing which a script could see here, or that are read for their sysctls alone. */
const WITHOUT_EFFECT = /defaults\.sh|sysctl|net[./]ipv4[./]|^\s*$|^#|^\\$|^nstat\s*-n|^nstat\s*>|^(?:\/bin\/)?rm\b|^cat\b/;

/** sysctls that a command sets, whichever way. */
function sysctlsOf(text: string): Map<string, (number | string)[]> {
  const found = new Map<string, (number | string)[]>();
  for (const [, path, quoted, plain] of text.matchAll(/(?:\/proc\/sys\/)?(net[./]ipv4[./][\w./]+)=(?:"([^"]*)"|([^\s\\]+))/g))
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
    if (WITHOUT_EFFECT.test(line)) continue;
    const known = COMMANDS.find(([pattern]) => pattern.test(line));
    if (known === undefined) throw new Unsupported(`the command '${line}'`);
    known[1](machine, known[0].exec(line)!);
  }
}

/** What a line is and does. */
const COMMANDS: readonly (readonly [RegExp, (machine: Machine, found: RegExpExecArray) => void])[] = [
  [/^grep " 0A " \/proc\/net\/tcp \/proc\/net\/tcp6 \| grep ":1F90"$/, listenerStands],
  [/^echo 3 > \/sys\/module\/tcp_cubic\/parameters\/hystart_detect$/, () => undefined],
  [/^ethtool -K tun0 .*\b(?:tso|gso) off/, ({ dev }) => void (dev.features &= ~(NETIF_F_TSO | NETIF_F_GSO))],
  [/^ip link set dev tun0 mtu (\d+)/, ({ dev }, [, mtu]) => void (dev.mtu = Number(mtu))],
  [/^tc qdisc (?:add|replace) dev tun0 root (\w+)(?: limit (\d+))?/, (machine, [, kind, limit]) => machine.qdisc(kind!, limit === undefined ? {} : { limit: Number(limit) })],
  [/^\/bin\/dd bs=1 count=(\d+) if=\/dev\/zero of=(\S+) status=none$/, makeFile],
  [/^ip route change ([\d.]+) via ([\d.]+) dev tun0 (.*)$/, changeRoute],
  [/^ip tcp_metrics flush/, ({ host }) => void (host.tfo.tcp_metrics.length = 0)],
  [/^tc qdisc del/, () => undefined],
  [/^nstat \| grep TcpExt(\w+) > \/dev\/null$/, counterIsThere],
  [/^nstat \| grep TcpExt(\w+) \| grep -q " (\d+) "$/, counterIs],
];

/** `mtu lock 640 initcwnd 11` */
function rtaxes(text: string): rtax[] {
  return [...text.matchAll(/(\w+) (lock )?(\d+)/g)].map(([, name, lock, value]) => {
    const type = RTAX_NAMES[name!];
    if (type === undefined) throw new Unsupported(`'${name}' of a route`);
    return { type, value: Number(value), lock: lock !== undefined };
  });
}

function changeRoute({ host, dev }: Machine, [, to, via, words]: RegExpExecArray): void {
  const at = host.fib.findIndex((each) => each.dst === addressValue(to!) && each.prefixlen === 32);
  if (at < 0) throw new Error(`there is no route to ${to}`);
  host.fib.splice(at, 1);
  fib_add_route(host, addressValue(to!)!, 32, addressValue(via!)!, dev, rtaxes(words!));
}

/** A file of zeroes, less than a page. */
function makeFile({ host }: Machine, [, size, name]: RegExpExecArray): void {
  host.tmpfs.push({ d_name: name!, d_inode: { i_size: Number(size), i_pages: [new Uint8Array(PAGE_SIZE)] } });
}

/** nstat tells only of what has been counted. */
function counterIsThere({ host }: Machine, [, name]: RegExpExecArray): void {
  if ((host.mib.TcpExt[name!] ?? 0) === 0) throw new Error(`TcpExt${name} is 0`);
}

function counterIs({ host }: Machine, [, name, expected]: RegExpExecArray): void {
  const counted = host.mib.TcpExt[name!] ?? 0;
  if (counted !== Number(expected)) throw new Error(`TcpExt${name} is ${counted}, not ${expected}`);
}

function listenerStands({ host }: Machine): void {
  if (__inet_lookup_listener(host.cpus[0]!, 0, 0, LOCAL, PORT, 0) === null) throw new Error('the listener is gone');
}
