/** A World from a Scenario: machines, wires, devices, addresses, processes, traffic. */
import type { ProcessSpec, Scenario } from '../../server/language/scenario.ts';
import { createCosts } from '../machine/costs.ts';
import { createMemory } from '../machine/memory.ts';
import { start } from '../machine/frames.ts';
import type { Host, World } from '../machine/types.ts';
import { idt_setup } from '../kernel/arch/x86/kernel/irq.ts';
import type { task_struct } from '../kernel/include/linux/sched.ts';
import { copy_process } from '../kernel/kernel/fork.ts';
import { enqueue_task } from '../kernel/kernel/sched/fair.ts';
import { buildHost } from './build_host.ts';
import { buildDevices } from './build_devices.ts';
import { buildNetwork } from './build_network.ts';
import { buildTraffic } from './build_traffic.ts';
import { run_process } from './process/run_process.ts';
import { createProgram } from './process/value.ts';

/** Everything at rest at time 0; the first events are the processes' starts and the traffic's first frames. */
export function buildWorld(scenario: Scenario, seed: number): World {
  idt_setup();
  deepFreeze(scenario);
  const world = emptyWorld(scenario, seed);
  for (const spec of scenario.hosts) buildHost(world, spec.name, spec.cpus, spec.sysctls);
  buildDevices(world, scenario);
  buildNetwork(world, scenario);
  scenario.hosts.forEach((spec, i) => {
    for (const process of spec.processes) startProcess(world.hosts[i]!, process);
  });
  buildTraffic(world, scenario);
  return world;
}

function emptyWorld(scenario: Scenario, seed: number): World {
  return {
    event: 0, now: 0, seed, next_id: 1, hosts: [], wires: [], costs: createCosts(scenario.costs), running: null, context: null, log: [], log_dropped: 0,
    memory: createMemory(), longest_stretch: 0, skb_allocated: 0, skb_freed: 0, ended: false, halt: null,
  };
}

/** Puts a process on its CPU's run queue; unpinned ones are dealt out. */
export function startProcess(host: Host, spec: ProcessSpec): task_struct {
  const cpu = host.cpus[spec.cpu ?? host.tasks.length % host.cpus.length]!;
  const task = copy_process(cpu, spec.name, 'user', spec.cpu ?? -1);
  const program = createProgram(host.name, spec.name);
  task.program = program;
  start(task.context, run_process, cpu, program, spec);
  enqueue_task(cpu, task);
  cpu.need_resched = true;
  cpu.halted = false;
  return task;
}

/** The scenario is shared by all copies of a world: frozen values are neither copied nor hashed. */
function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const each of Object.values(value)) deepFreeze(each);
}

