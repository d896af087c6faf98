/** Random scenarios by seed: two hosts, a wire that may lose frames, a TCP transfer and UDP beside it. */
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
  const text = `link wire { rate ${pick(dice, ['10Mbps', '100Mbps', '1Gbps', '10Gbps'])}; delay ${between(dice, 0, 2000)}us${loss} }
host server {
  cpus ${between(dice, 1, 2)}
  nic eth0 { link wire; address 10.0.0.1/24${nicOptions(dice)} }
  process app {
    listener = socket(AF_INET, SOCK_STREAM)
    ${pick(dice, ['', 'setsockopt(listener, SOL_SOCKET, SO_RCVBUF, 8KiB)', 'setsockopt(listener, SOL_SOCKET, SO_RCVBUF, 64KiB)'])}
    bind(listener, 0.0.0.0:7)
    listen(listener, 8)
    fd = accept4(listener)
    loop {
      data = recv(fd, ${pick(dice, ['500B', '4KiB', '64KiB'])})
      if data.length == 0 { break }
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
host client {
  cpus ${between(dice, 1, 2)}
  nic eth0 { link wire; address 10.0.0.2/24${nicOptions(dice)} }
  process app at ${between(dice, 1, 3)}ms {
    fd = socket(AF_INET, SOCK_STREAM)
    ${pick(dice, ['', 'setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, 1)', 'setsockopt(fd, SOL_SOCKET, SO_SNDBUF, 16KiB)'])}
    connect(fd, 10.0.0.1:7)
    send(fd, ${bytes}B)
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

function nicOptions(dice: Dice): string {
  const ring = pick(dice, ['', '; rx-ring 64', '; tx-ring 80']);
  const coalesce = pick(dice, ['', '; coalesce { rx-usecs 0; tx-usecs 0 }', '; coalesce { rx-usecs 100 }']);
  const offloads = pick(dice, ['', '; offloads { tcp-segmentation-offload = off; generic-segmentation-offload = off; generic-receive-offload = off }', '; offloads { tx-checksumming = off; rx-checksumming = off }']);
  return `${ring}${coalesce}${offloads}${pick(dice, ['', '', '; mtu 900'])}`;
}
