/** Ports of bridges: devices of the same host, each in one bridge, none a bridge itself. */
import { removeFix } from '../diagnostic.ts';
import type { HostModel } from '../topology.ts';
import { entriesOf, valueIn } from '../tree.ts';
import type { Reporter } from './reporter.ts';

export function checkBridges(reporter: Reporter): void {
  for (const host of reporter.topology.hosts.values()) checkHost(reporter, host);
}

function checkHost({ report }: Reporter, host: HostModel): void {
  const taken = new Set<string>();
  for (const bridge of entriesOf(host.entry, 'bridge')) {
    for (const entry of entriesOf(bridge, 'port')) {
      const port = valueIn(entry, 'port', 'reference');
      if (port === null) continue;
      const name = port.path.at(-1)!.text;
      const device = host.devices.find((each) => each.name.text === name);
      const fixes = [removeFix(entry.range)];
      if (port.path.length > 1 && port.path[0]!.text !== host.name)
        report('NP1311', port.range, `A port is a device of ${host.name} itself.`, { fixes });
      else if (name === 'lo' || device?.kind === 'bridge')
        report('NP1311', port.range, `\`${name}\` cannot be a port: a bridge joins NICs and ends of veth pairs.`, {
          fixes,
        });
      else if (taken.has(name)) report('NP1311', port.range, `\`${name}\` is a port already.`, { fixes });
      taken.add(name);
    }
  }
}
