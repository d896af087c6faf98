/** Byte queue limits: how many bytes a transmit queue needs so that the device never runs dry, and no more (lib/dynamic_queue_limits.c). */
import type { Cpu } from '../../machine/types.ts';
import type { dql } from '../include/linux/netdevice.ts';
import { HZ, jiffies } from '../kernel/time/jiffies.ts';

const DQL_MAX_LIMIT = 0x3fffffff;
const UINT_MAX = 0xffffffff;

/** @helper A queue that has seen nothing yet: a limit of 0, so that the first packet stops it. */
export function createDql(): dql {
  return {
    num_queued: 0, adj_limit: 0, last_obj_cnt: 0, limit: 0, num_completed: 0, prev_ovlimit: 0, prev_num_queued: 0, prev_last_obj_cnt: 0,
    lowest_slack: UINT_MAX, slack_start_time: 0, max_limit: DQL_MAX_LIMIT, min_limit: 0, slack_hold_time: HZ,
  };
}

/** @helper `count` bytes were given to the device. */
export function dql_queued(dql: dql, count: number): void {
  dql.last_obj_cnt = count;
  dql.num_queued += count;
}

/** @helper Bytes that may still be queued; negative when there are too many. */
export function dql_avail(dql: dql): number {
  return dql.adj_limit - dql.num_queued;
}

/** All but the limits that were set, and adj_limit, which the next completion finds anew. */
export function dql_reset(cpu: Cpu, dql: dql): void {
  dql.limit = 0;
  dql.num_queued = 0;
  dql.num_completed = 0;
  dql.last_obj_cnt = 0;
  dql.prev_num_queued = 0;
  dql.prev_last_obj_cnt = 0;
  dql.prev_ovlimit = 0;
  dql.lowest_slack = UINT_MAX;
  dql.slack_start_time = jiffies(cpu);
}

/** @helper What of the difference is above zero. */
function POSDIFF(a: number, b: number): number {
  return a > b ? a - b : 0;
}

/**
 * The device has sent `count` bytes. The limit grows when the queue ran dry while it was the limit that held packets back, and
 * shrinks by the least slack seen in a second when it never did.
 */
export function dql_completed(cpu: Cpu, dql: dql, count: number): void {
  const completed = dql.num_completed + count;
  let limit = dql.limit;
  let ovlimit = POSDIFF(dql.num_queued - dql.num_completed, limit);
  const inprogress = dql.num_queued - completed;
  const prev_inprogress = dql.prev_num_queued - dql.num_completed;
  const all_prev_completed = completed >= dql.prev_num_queued;
  if ((ovlimit > 0 && inprogress === 0) || (dql.prev_ovlimit > 0 && all_prev_completed)) {
    limit += POSDIFF(completed, dql.prev_num_queued) + dql.prev_ovlimit;
    dql.slack_start_time = jiffies(cpu);
    dql.lowest_slack = UINT_MAX;
  } else if (inprogress > 0 && prev_inprogress > 0 && !all_prev_completed) {
    limit = with_less_slack(cpu, dql, limit, completed);
  }
  limit = Math.min(Math.max(limit, dql.min_limit), dql.max_limit);
  if (limit !== dql.limit) {
    dql.limit = limit;
    ovlimit = 0;
  }
  dql.adj_limit = limit + completed;
  dql.prev_ovlimit = ovlimit;
  dql.prev_last_obj_cnt = dql.last_obj_cnt;
  dql.num_completed = completed;
  dql.prev_num_queued = dql.num_queued;
}

/** @helper The queue was busy all the time: was there more in it than needed? */
function with_less_slack(cpu: Cpu, dql: dql, limit: number, completed: number): number {
  const unneeded = POSDIFF(limit + dql.prev_ovlimit, 2 * (completed - dql.num_completed));
  const last_objs = dql.prev_ovlimit > 0 ? POSDIFF(dql.prev_last_obj_cnt, dql.prev_ovlimit) : 0;
  const slack = Math.max(unneeded, last_objs);
  if (slack < dql.lowest_slack) dql.lowest_slack = slack;
  if (jiffies(cpu) <= dql.slack_start_time + dql.slack_hold_time) return limit;
  const less = POSDIFF(limit, dql.lowest_slack);
  dql.slack_start_time = jiffies(cpu);
  dql.lowest_slack = UINT_MAX;
  return less;
}
