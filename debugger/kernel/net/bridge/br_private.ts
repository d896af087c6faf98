/** A bridge, its ports and what it has learnt (net/bridge/br_private.h, include/uapi/linux/if_bridge.h). */
import type { delayed_work } from '../../include/linux/workqueue.ts';
import type { net_device } from '../../include/linux/netdevice.ts';

/** net_bridge_port.state: without spanning tree a port forwards as soon as it is up. */
export const BR_STATE_DISABLED = 0;
export const BR_STATE_FORWARDING = 3;

/** net_device.priv of a bridge. */
export interface net_bridge {
  dev: net_device;
  port_list: net_bridge_port[];
  /** By address; the kernel has a hash table. */
  fdb_list: net_bridge_fdb_entry[];
  /** jiffies: how long an address is believed in after its last frame. */
  ageing_time: number;
  gc_work: delayed_work;
}

/** net_device.rx_handler_data of a device that belongs to a bridge. */
export interface net_bridge_port { br: net_bridge; dev: net_device; port_no: number; state: number }

/** Where frames for an address go: `dst` null is the bridge itself. */
export interface net_bridge_fdb_entry {
  addr: number[];
  dst: net_bridge_port | null;
  is_local: boolean;
  /** jiffies of its last frame, as source and as destination. */
  updated: number;
  used: number;
}
