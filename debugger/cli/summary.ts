/** The end of what `run` prints: the report, then where each CPU's time went. */
import type { Scenario } from '../../server/language/scenario.ts';
import { reportOf } from '../control/report.ts';
import { duration } from '../inspect/format/time.ts';
import { nicOf } from '../inspect/nicOf.ts';
import { columns } from '../inspect/views/table.ts';
import type { World } from '../machine/types.ts';
import type { RunEnd } from '../world/run.ts';

export function summary(world: World, scenario: Scenario, how: RunEnd): { text: string; exitCode: 0 | 1 } {
  const { lines, exitCode } = reportOf(world, scenario, how);
  return { text: [...lines.map((line) => line.text), ...nicLines(world), cpuTable(world)].join('\n'), exitCode };
}

function nicLines(world: World): string[] {
  const nics = world.hosts.flatMap((host) =>
    host.devices.map((dev) => ({ name: `${host.name}.${dev.name}`, nic: nicOf(dev) })),
  );
  return nics.flatMap(({ name, nic }) =>
    nic === null
      ? []
      : [`${name}: ${nic.GPRC} frames received, ${nic.GPTC} sent${nic.MPC > 0 ? `, ${nic.MPC} missed` : ''}`],
  );
}

function cpuTable(world: World): string {
  const rows = world.hosts
    .flatMap((host) => host.cpus)
    .map((cpu) => [
      `${cpu.host.name} cpu${cpu.id}`,
      ...[cpu.spent.us, cpu.spent.sy, cpu.spent.hi, cpu.spent.si].map(duration),
    ]);
  return columns([['', 'us', 'sy', 'hi', 'si'], ...rows]);
}
