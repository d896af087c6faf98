/**
 * Counters of the recorded kernel against ours. The recording has them as differences over the whole script (`A Tcp.InSegs`); ours
 * are what `nstat` says at the end of the run, since a world begins at zero. A counter that did not move is not in either list.
 */

/** `stable`: equal in two recordings, to be met exactly. `varying`: both recordings' values, never judged. */
export interface RecordedCounters { stable: Record<string, number>; varying: Record<string, number[]> }

/** `total`: the stable counters and those that we move and the kernel does not. `differing`: `name: kernel's, ours`. */
export interface CounterFigures { equal: number; total: number; differing: string[]; excused: string[] }

/** Values of /proc/net/snmp that are settings or states, not counts of events. */
const SETTINGS = new Set(['IpForwarding', 'IpDefaultTTL', 'TcpRtoAlgorithm', 'TcpRtoMin', 'TcpRtoMax', 'TcpMaxConn', 'TcpCurrEstab']);

/** What `nstat` printed as counter -> value, the recording's `Tcp.InSegs` spelt `TcpInSegs`. */
export function countersOf(nstat: string): Map<string, number> {
  const rows = nstat.split('\n').map((line) => /^(\w+)\s+(-?\d+)\s+0\.0$/.exec(line)).filter((row) => row !== null);
  return new Map(rows.filter(([, name]) => !SETTINGS.has(name!)).map(([, name, value]) => [name!, Number(value)]));
}

/** `host A` of the recording -> the host of ours, then `ours.get('a')`; several recorded hosts on one of ours are added up. */
export function compareCounters(recorded: RecordedCounters, hosts: Record<string, string>, ours: Map<string, Map<string, number>>, artefacts: Record<string, string>): CounterFigures {
  const expected = new Map<string, number>();
  const varying = new Set(Object.keys(recorded.varying).map((key) => ourName(key, hosts)));
  for (const [key, value] of Object.entries(recorded.stable)) expected.set(ourName(key, hosts), (expected.get(ourName(key, hosts)) ?? 0) + value);
  const moved = [...ours].flatMap(([host, counters]) => [...counters.keys()].map((name) => `${host} ${name}`));
  const judged = [...new Set([...expected.keys(), ...moved])].filter((name) => !varying.has(name));
  const differing = judged.map((name) => ({ name, kernel: expected.get(name) ?? 0, model: countOf(name, ours) })).filter(({ kernel, model }) => kernel !== model);
  const text = differing.map(({ name, kernel, model }) => ({ name, text: `${name}: ${kernel}, ${model}` }));
  const excused = text.filter(({ name }) => name in artefacts);
  return {
    equal: judged.length - differing.length + excused.length,
    total: judged.length,
    differing: text.filter(({ name }) => !(name in artefacts)).map((each) => each.text),
    excused: excused.map((each) => `${each.text} (${artefacts[each.name]})`),
  };
}

const ourName = (key: string, hosts: Record<string, string>): string => {
  const [host, counter] = key.split(' ');
  return `${hosts[host!] ?? host!.toLowerCase()} ${counter!.replace('.', '')}`;
};

function countOf(name: string, ours: Map<string, Map<string, number>>): number {
  const [host, counter] = name.split(' ');
  return ours.get(host!)?.get(counter!) ?? 0;
}
