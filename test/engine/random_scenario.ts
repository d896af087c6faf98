/** Random scenarios by seed: two hosts, a wire that may lose frames and whose cable may be pulled, a TCP transfer, copied or spliced at either end, and UDP beside it; some with rules that track connections and rewrite packets, some with a bridge between the hosts. */
import { roll, seed_of } from '../../debugger/machine/random.ts';

export interface RandomScenario { text: string; bytes: number }

type Dice = { random: number };

const pick = <T>(dice: Dice, from: readonly T[]): T => from[roll(dice, from.length)]!;
const between = (dice: Dice, low: number, high: number): number => low + roll(dice, high - low + 1);

/** The scenario of `seed`; the TCP client sends `bytes` pattern bytes in one go. */
export function randomScenario(seed: number): RandomScenario {
  const dice = { random: seed_of(seed, 'random scenario') };
  const bytes = between(dice, 1, pick(dice, [100, 3000, 60_000, 200_000]));
  const loss = pick(dice, ['', '', '; loss 0.1%', '; loss 1%', '; loss 3%']);
  const rules = rulesOf(seed);
  const path = switchOf(seed);
  const text = `link wire { rate ${pick(dice, ['10Mbps', '100Mbps', '1Gbps', '10Gbps'])}; delay ${between(dice, 0, 2000)}us${loss}${cutsOf(seed)} }
host server {
  cpus ${between(dice, 1, 2)}
  nic eth0 { link ${path.link}; address 10.0.0.1/24${nicOptions(dice)} }${rules.server}
  process app {
    listener = socket(AF_INET, SOCK_STREAM)
    ${pick(dice, ['', 'setsockopt(listener, SOL_SOCKET, SO_RCVBUF, 8KiB)', 'setsockopt(listener, SOL_SOCKET, SO_RCVBUF, 64KiB)'])}
    bind(listener, 0.0.0.0:7)
    listen(listener, 8)
    fd = accept4(listener)
    ends = pipe2()
    at = 0
    wrong = 0
    loop {
      ${reading(pick(dice, ['recv', 'recv', 'splice']), pick(dice, ['500B', '4KiB', '64KiB']))}
      ${pick(dice, ['', 'compute 20us', 'sleep 300us'])}
    }
    close(fd)
    close(listener)
  }
  process sink {
    fd = socket(AF_INET, SOCK_DGRAM)
    bind(fd, 0.0.0.0:9)
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, 50ms)
    loop { got = recv(fd, 2KiB); if got < 0 { break } }
  }
}
${path.host}host client {
  cpus ${between(dice, 1, 2)}
  nic eth0 { link wire; address 10.0.0.2/24${nicOptions(dice)} }${rules.client}
  process app at ${between(dice, 1, 3)}ms {
    fd = socket(AF_INET, SOCK_STREAM)
    ${pick(dice, ['', 'setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, 1)', 'setsockopt(fd, SOL_SOCKET, SO_SNDBUF, 16KiB)'])}
    connect(fd, 10.0.0.1:${rules.port})
    ${pick(dice, [true, false]) ? `send(fd, ${bytes}B)` : fromFile(bytes, pick(dice, ['splice', 'sendfile']))}
    close(fd)
  }
  process noise at 2ms {
    fd = socket(AF_INET, SOCK_DGRAM)
    repeat ${between(dice, 0, 20)} { sendto(fd, ${between(dice, 1, 4000)}B, 10.0.0.1:${pick(dice, [9, 10])}); sleep ${between(dice, 1, 900)}us }
  }
}
`;
  return { text, bytes };
}

/** The next bytes of the stream in `data`: copied from the socket, or out of a pipe that has its pages, where the program itself looks whether they continue the stream. */
function reading(how: string, size: string): string {
  if (how === 'recv') return `data = recv(fd, ${size})\n      if data.length == 0 { break }`;
  return `n = splice(fd, NULL, ends[1], NULL, ${size})\n      if n == 0 { break }\n      data = read(ends[0], n)\n      if data[0] != 97 + at % 26 { wrong = wrong + 1 }\n      at = at + data.length`;
}

/** The pattern stands in a file, whose pages go out. */
function fromFile(bytes: number, how: string): string {
  const file = `write(open("/tmp/file", O_CREAT | O_WRONLY), ${bytes}B)\n    file = open("/tmp/file", O_RDONLY)\n    `;
  if (how === 'sendfile') return `${file}sendfile(fd, file, NULL, ${bytes}B)`;
  return `${file}ends = pipe2()\n    loop { n = splice(file, NULL, ends[1], NULL, 64KiB); if n == 0 { break }; splice(ends[0], NULL, fd, NULL, n) }`;
}

/** In a sixth of the scenarios a bridge stands between the hosts. */
function switchOf(seed: number): { link: string; host: string } {
  const dice = { random: seed_of(seed, 'bridge') };
  if (roll(dice, 6) !== 0) return { link: 'wire', host: '' };
  return { link: 'behind', host: `link behind { delay ${between(dice, 0, 500)}us }\nhost switch { cpus ${between(dice, 1, 2)}; nic a { link wire }; nic b { link behind }; bridge br0 { port a; port b } }\n` };
}

/** In a third of the scenarios either host may track connections and rewrite addresses and ports. Dice of its own, as for cuts. */
function rulesOf(seed: number): { server: string; client: string; port: number } {
  const dice = { random: seed_of(seed, 'netfilter') };
  if (roll(dice, 3) !== 0) return { server: '', client: '', port: 7 };
  const tracked = ['', 'chain input { accept when ct.established; count when ct.new }', 'chain input { drop when ct.invalid }', 'chain output { drop when ct.invalid }'];
  const sourceOfClient = ['', 'chain nat postrouting { masquerade }', 'chain nat postrouting { masquerade to :2000-2999 }', 'chain nat postrouting { snat to 10.0.0.2:5000-5100 }'];
  const sourceAtServer = ['', 'chain nat input { snat to 10.0.0.77 }'];
  const how = pick(dice, ['none', 'redirect', 'dnat']);
  const server = [pick(dice, tracked), pick(dice, sourceAtServer), how === 'redirect' ? 'chain nat prerouting { redirect to :7 when tcp.dport == 70; redirect to :9 when udp.dport == 10 }' : ''];
  const client = [pick(dice, tracked), pick(dice, sourceOfClient), how === 'dnat' ? 'chain nat output { dnat to 10.0.0.1:7 when tcp.dport == 70 }' : ''];
  const block = (chains: string[]): string => (chains.join('') === '' ? '' : `\n  netfilter { ${chains.filter(Boolean).join('; ')} }`);
  return { server: block(server), client: block(client), port: how === 'none' ? 7 : 70 };
}

/** Dice of its own: without cuts a seed's scenario stays what it was. */
function cutsOf(seed: number): string {
  const dice = { random: seed_of(seed, 'cuts') };
  if (roll(dice, 4) !== 0) return '';
  const from = between(dice, 1000, 60_000);
  const until = from + between(dice, 100, 40_000);
  const again = until + between(dice, 1, 900_000);
  const second = pick(dice, ['', `; cut from ${again}us until ${again + between(dice, 100, 40_000)}us`]);
  return `; cut from ${from}us until ${until}us${second}; fast-link-down ${between(dice, 0, 5)}ms; autonegotiation ${pick(dice, [1, 20, 300])}ms`;
}

function nicOptions(dice: Dice): string {
  const ring = pick(dice, ['', '; rx-ring 64', '; tx-ring 80']);
  const coalesce = pick(dice, ['', '; coalesce { rx-usecs 0; tx-usecs 0 }', '; coalesce { rx-usecs 100 }']);
  const offloads = pick(dice, ['', '; offloads { tcp-segmentation-offload = off; generic-segmentation-offload = off; generic-receive-offload = off }', '; offloads { tx-checksumming = off; rx-checksumming = off }']);
  return `${ring}${coalesce}${offloads}${pick(dice, ['', '', '; mtu 900'])}`;
}
