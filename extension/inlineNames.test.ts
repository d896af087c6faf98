import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listingNames, type NameInLine, scenarioNames } from './inlineNames.ts';

const listing = `
export function other(cpu: Cpu): void {
  before(cpu.id);
}

/** Main IP receive routine; skb.len is checked. */
export function ip_rcv(cpu: Cpu, skb: sk_buff, dev: net_device): number {
  const net: Host = dev.net;
  skb = ip_rcv_core(cpu, skb, net);
  if (skb === null) return NET_RX_DROP;
  const options = { len: skb.len as number };
  return NF_HOOK(cpu, options, NF_INET_PRE_ROUTING);
}
`.split('\n');

const told = (lines: readonly string[], names: NameInLine[]): string[] =>
  names.map((name) => `${name.line}:${name.expression}:${lines[name.line]!.slice(name.start, name.end)}`);

test('a kernel function: parameters in its head, values up to the stopped line', () => {
  assert.deepEqual(told(listing, listingNames(listing, 8)), [
    ...['6:skb:skb', '6:dev:dev'],
    ...['7:net:net', '7:dev.net:dev.net'],
    ...['8:skb:skb', '8:net:net'],
  ]);
});

test('no keys, types, constants, keywords or calls, and not the CPU', () => {
  const names = listingNames(listing, 11).filter(({ line }) => line >= 9);
  assert.deepEqual(told(listing, names), [
    ...['9:skb:skb', '10:options:options', '10:skb.len:skb.len', '11:options:options'],
  ]);
});

test('what the stopped line declares has no value yet', () => {
  const names = listingNames(listing, 10).filter(({ line }) => line === 10);
  assert.deepEqual(told(listing, names), ['10:skb.len:skb.len']);
});

test('outside a function there is nothing', () => {
  assert.deepEqual(listingNames(listing, 0), []);
  assert.deepEqual(scenarioNames(listing, 3), []);
});

const scenario = `
host server {
  sysctl { net.core.somaxconn = 300 }
  process echo on cpu 0 {
    fd = socket(AF_INET, SOCK_DGRAM) // fd of the service
    bind(fd, 0.0.0.0:7)
    each event in epoll_wait(ep) {
      data = recv(event.fd, 4KiB)
    }
  }
}
`.split('\n');

test('a process: its variables wherever they stand, nothing else', () => {
  assert.deepEqual(told(scenario, scenarioNames(scenario, 7)), [
    ...['4:fd:fd', '5:fd:fd', '6:event:event', '7:data:data', '7:event.fd:event.fd'],
  ]);
});
