/** How long an edit and a completion take, in milliseconds of CPU. */
import { complete } from '../../server/features/completion.ts';
import { analyse } from '../../server/language/analyse.ts';

/** A scenario of about so many lines: pairs of hosts with a link, a NIC and a process each. */
export function generatedScenario(lines: number): string {
  const pairs = Math.max(1, Math.round(lines / PAIR_LINES));
  return Array.from({ length: pairs }, (_, index) => pair(index)).join('\n');
}

const PAIR_LINES = 34;

function pair(index: number): string {
  const subnet = `10.${(index >> 8) & 255}.${index & 255}`;
  return `// pair ${index}
link wire${index} { rate 10Gbps; delay 50us }

host server${index} {
  cpus 4
  nic eth0 {
    link wire${index}
    address ${subnet}.1/24
    rx-ring 256
    coalesce { rx-usecs 3 }
  }
  sysctl { net.core.netdev_budget = 300 }
  process echo on cpu 0 {
    fd = socket(AF_INET, SOCK_DGRAM)
    bind(fd, 0.0.0.0:7)
    loop {
      data = recvfrom(fd, 2KiB)
      if data.length == 0 { break }
      sendto(fd, data, data.from)
    }
  }
}

host client${index} {
  nic eth0 { link wire${index}; address ${subnet}.2/24 }
  process app at 1ms {
    fd = socket(AF_INET, SOCK_DGRAM)
    connect(fd, server${index}:7)
    send(fd, "hello")
    reply = recv(fd, 2KiB)
  }
}

expect { client${index}.app.reply.length == 5 }
`;
}

/** Median CPU ms of `work`, after a warm-up; user and system time of the whole process, collector threads included. */
function medianCpu(runs: number, work: (run: number) => void): number {
  for (let run = 0; run < runs; run++) work(run);
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage();
    work(run);
    const spent = process.cpuUsage(before);
    times.push((spent.user + spent.system) / 1000);
  }
  return times.sort((left, right) => left - right)[times.length >> 1]!;
}

/**
 * `language.edit.10000` and the like: ms of CPU from the changed text to diagnostics, a word being written and taken back
 * in the middle as the editor sends it; `open`: the same for a text that is new; `completion`.
 */
export function benchLanguage(): Record<string, number> {
  const result: Record<string, number> = {};
  for (const lines of [500, 10_000]) {
    const text = generatedScenario(lines);
    const analysis = analyse(text, 'bench.netpath');
    const places = [
      text.lastIndexOf('rate') + 5,
      text.lastIndexOf('recvfrom'),
      text.lastIndexOf('link wire') + 5,
      text.lastIndexOf('.app') + 1,
    ];
    result[`language.open.${lines}`] = medianCpu(40, (run) => analyse(`${text}// ${run}\n`, 'bench.netpath'));
    const middle = text.indexOf('  process', text.length / 2);
    let edited = analyse(text, 'bench.netpath');
    result[`language.edit.${lines}`] = medianCpu(40, (run) => {
      const word = 'cpus 2\n'.slice(0, run % 8);
      edited = analyse(`${text.slice(0, middle)}${word}${text.slice(middle)}`, 'bench.netpath', edited);
    });
    result[`language.completion.${lines}`] = medianCpu(40, (run) => complete(analysis, places[run % places.length]!));
  }
  return result;
}
