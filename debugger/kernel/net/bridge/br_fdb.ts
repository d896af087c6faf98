/** The forwarding database: which addresses are behind which port (net/bridge/br_fdb.c). */
import type { Resumable } from '../../../machine/frames.ts';
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { ETH_ALEN } from '../../include/linux/if_ether.ts';
import { jiffies, msecs_to_jiffies } from '../../kernel/time/jiffies.ts';
import { mod_delayed_work } from '../../kernel/workqueue/delayed.ts';
import type { net_bridge, net_bridge_fdb_entry, net_bridge_port } from './br_private.ts';

/** @helper Whether the address stands at `at`. */
export function etherAddrEqual(bytes: Uint8Array, at: number, addr: readonly number[]): boolean {
  for (let i = 0; i < ETH_ALEN; i++) if (bytes[at + i] !== addr[i]) return false;
  return true;
}

/** The entry of the address at `at`; null: nobody has been heard from there. */
export function br_fdb_find_rcu(cpu: Cpu, br: net_bridge, bytes: Uint8Array, at: number): net_bridge_fdb_entry | null {
  spend(cpu, cpu.costs.br_fdb_find);
  for (const fdb of br.fdb_list) if (etherAddrEqual(bytes, at, fdb.addr)) return fdb;
  return null;
}

export function fdb_create(br: net_bridge, source: net_bridge_port | null, addr: number[], is_local: boolean, now: number): net_bridge_fdb_entry {
  const fdb: net_bridge_fdb_entry = { addr, dst: source, is_local, updated: now, used: now };
  br.fdb_list.push(fdb);
  return fdb;
}

export function fdb_delete(br: net_bridge, fdb: net_bridge_fdb_entry): void {
  br.fdb_list.splice(br.fdb_list.indexOf(fdb), 1);
}

/** A frame came from the address at `at` by the port `source`: it is there, or has moved there. The bridge's own addresses stay. */
export function br_fdb_update(cpu: Cpu, br: net_bridge, source: net_bridge_port, bytes: Uint8Array, at: number): void {
  const now = jiffies(cpu);
  const fdb = br_fdb_find_rcu(cpu, br, bytes, at);
  if (fdb === null) {
    fdb_create(br, source, Array.from(bytes.subarray(at, at + ETH_ALEN)), false, now);
    return;
  }
  if (fdb.is_local) return;
  fdb.updated = now;
  fdb.dst = source;
}

/** Throws out what has not been heard from for the ageing time; comes again when the next will be due. */
export function* br_fdb_cleanup(cpu: Cpu, br: net_bridge): Resumable<void> {
  const now = jiffies(cpu);
  let work_delay = br.ageing_time;
  for (const fdb of br.fdb_list.slice()) {
    if (fdb.is_local) continue;
    const this_timer = fdb.updated + br.ageing_time;
    if (this_timer > now) work_delay = Math.min(work_delay, this_timer - now);
    else fdb_delete(br, fdb);
  }
  mod_delayed_work(cpu, 'system_percpu_wq', br.gc_work, Math.max(work_delay, msecs_to_jiffies(10)));
  yield;
}
