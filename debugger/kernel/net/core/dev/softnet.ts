/** Per-CPU data of the network core (net/core/dev.c net_dev_init). */
import type { Cpu } from '../../../../machine/types.ts';
import type { napi_struct, net_device, softnet_data } from '../../../include/linux/netdevice.ts';
import { NAPI_POLL_WEIGHT } from '../../../include/linux/netdevice.ts';

/** @helper A NAPI instance that is not scheduled; `poll` names a row of the table in napi_poll.ts. */
export function createNapi(name: string, dev: net_device | null, poll: string, data: unknown): napi_struct {
  return {
    name, napi_id: 0, dev, state: 0, weight: NAPI_POLL_WEIGHT, poll, data, gro_list: [], rx_list: [], rx_count: 0, list_owner: -1,
    defer_hard_irqs_count: 0, timer: null, scheduled_at: 0, thread: null,
  };
}

/** @helper What net_rx_action and net_tx_action of a CPU work on. */
export function createSoftnetData(cpu: Cpu): softnet_data {
  return {
    cpu, poll_list: [], in_net_rx_action: false, output_queue: [], completion_queue: [], input_pkt_queue: [], process_queue: [],
    backlog: createNapi('backlog', null, 'process_backlog', null), defer_list: [], defer_ipi_scheduled: false, processed: 0,
    time_squeeze: 0, dropped: 0, received_rps: 0, flow_limit: null, recursion: 0, rps_ipi_list: [], in_napi_threaded_poll: false, input_queue_head: 0, input_queue_tail: 0, xmit_more: false, xmit_rc: 0,
  };
}

/** @helper softnet_data of this CPU. */
export function this_cpu_softnet(cpu: Cpu): softnet_data {
  return cpu.host.softnet[cpu.id]!;
}
