/** Links, NICs and veth pairs to their specs. */
import type {
  AddressSpec,
  BridgeSpec,
  CutSpec,
  LinkSpec,
  LossSpec,
  NicSpec,
  QdiscSpec,
  SysfsSpec,
  VethEndSpec,
  VethSpec,
} from '../scenario.ts';
import { longOffloadName } from '../schema/offloads.ts';
import { type Entry, entriesOf, valueIn } from '../tree.ts';
import { macOf, nameOf, numberIn, numbersIn, propertyOf, referencePath, spanOf } from './slots.ts';

/** What a link is when the text does not say. The manual's words in the schema must agree. */
export const DEFAULT_RATE = 1_000_000_000;
export const DEFAULT_DELAY = 1_000;
/** A PHY reports a lost link of 1000BASE-T after 750 ms (IEEE 802.3 clause 40), unless it has Fast Link Down. */
export const DEFAULT_FAST_LINK_DOWN = 750_000_000;
export const DEFAULT_AUTONEGOTIATION = 2_000_000_000;

export function compileLink(entry: Entry): LinkSpec {
  return {
    name: nameOf(entry),
    rate: propertyOf(entry, 'rate') ?? DEFAULT_RATE,
    delay: propertyOf(entry, 'delay') ?? DEFAULT_DELAY,
    losses: entriesOf(entry, 'loss').map(compileLoss),
    cuts: entriesOf(entry, 'cut')
      .map(compileCut)
      .sort((a, b) => a.from - b.from),
    fastLinkDown: propertyOf(entry, 'fast-link-down') ?? DEFAULT_FAST_LINK_DOWN,
    autonegotiation: propertyOf(entry, 'autonegotiation') ?? DEFAULT_AUTONEGOTIATION,
    span: spanOf(entry),
  };
}

function compileCut(entry: Entry): CutSpec {
  return { from: numberIn(entry, 'from') ?? 0, until: numberIn(entry, 'until'), span: spanOf(entry) };
}

function compileLoss(entry: Entry): LossSpec {
  const [host, nic] = referencePath(entry, 'from');
  return {
    from: host !== undefined && nic !== undefined ? { host, nic } : null,
    frames: numbersIn(entry, 'frames'),
    probability: numberIn(entry, 'probability') ?? 0,
    match: valueIn(entry, 'match', 'expression')?.expression ?? null,
    span: spanOf(entry),
  };
}

export function compileNic(entry: Entry): NicSpec {
  const coalesce = entriesOf(entry, 'coalesce')[0];
  const irq = entriesOf(entry, 'irq')[0];
  const qdisc = entriesOf(entry, 'qdisc')[0];
  const link = entriesOf(entry, 'link')[0];
  return {
    name: nameOf(entry),
    link: (link && referencePath(link, 'link')[0]) ?? '',
    driver: 'igb',
    mac: compileMac(entry),
    addresses: compileAddresses(entry),
    mtu: propertyOf(entry, 'mtu'),
    rxRing: propertyOf(entry, 'rx-ring'),
    txRing: propertyOf(entry, 'tx-ring'),
    queues: propertyOf(entry, 'queues'),
    txqueuelen: propertyOf(entry, 'txqueuelen'),
    tsoLastFlags: propertyOf(entry, 'tso-last-flags'),
    irqCpus: irq ? numbersIn(irq, 'cpus') : [],
    coalesce: {
      rxUsecs: coalesce ? propertyOf(coalesce, 'rx-usecs') : null,
      txUsecs: coalesce ? propertyOf(coalesce, 'tx-usecs') : null,
    },
    offloads: compileOffloads(entry),
    qdisc: qdisc ? compileQdisc(qdisc) : null,
    sysfs: compileSysfs(entry),
    span: spanOf(entry),
  };
}

export function compileBridge(entry: Entry): BridgeSpec {
  return {
    name: nameOf(entry),
    ports: entriesOf(entry, 'port').flatMap((each) => referencePath(each, 'port').at(-1) ?? []),
    ageingTime: propertyOf(entry, 'ageing-time'),
    mac: compileMac(entry),
    addresses: compileAddresses(entry),
    mtu: propertyOf(entry, 'mtu'),
    span: spanOf(entry),
  };
}

function compileSysfs(entry: Entry): SysfsSpec {
  const threaded = entriesOf(entry, 'threaded')[0];
  return {
    rps_cpus: cpusOf(entry, 'rps_cpus'),
    rps_flow_cnt: propertyOf(entry, 'rps_flow_cnt') ?? 0,
    xps_cpus: entriesOf(entry, 'xps_cpus').map((each) => ({
      queue: numberIn(each, 'queue') ?? 0,
      cpus: numbersIn(each, 'cpus'),
    })),
    gro_flush_timeout: propertyOf(entry, 'gro_flush_timeout') ?? 0,
    napi_defer_hard_irqs: propertyOf(entry, 'napi_defer_hard_irqs') ?? 0,
    threaded: threaded !== undefined && valueIn(threaded, 'state', 'choice')?.text === 'on',
  };
}

/** The CPUs of a property like `rps_cpus 0 1`. */
function cpusOf(entry: Entry, keyword: string): number[] {
  return entriesOf(entry, keyword).flatMap((each) => numbersIn(each, 'cpus'));
}

function compileMac(entry: Entry): NicSpec['mac'] {
  const mac = entriesOf(entry, 'mac')[0];
  return mac ? macOf(mac, 'mac') : null;
}

function compileAddresses(entry: Entry): AddressSpec[] {
  return entriesOf(entry, 'address').flatMap((each) => {
    const network = valueIn(each, 'network', 'network');
    return network ? [{ address: network.address, prefix: network.prefix, span: spanOf(each) }] : [];
  });
}

function compileOffloads(entry: Entry): Record<string, boolean> {
  const result: Record<string, boolean> = {};
  for (const setting of entriesOf(entry, 'offloads')[0]?.body?.settings ?? []) {
    const value = setting.values[0];
    result[longOffloadName(setting.key.text)] = value?.kind === 'name' && value.name === 'on';
  }
  return result;
}

function compileQdisc(entry: Entry): QdiscSpec {
  const options: Record<string, number> = {};
  for (const each of entry.body?.entries ?? []) {
    const value = numberIn(each, 'value');
    if (value !== null) options[each.schema.keyword] = value;
  }
  return { kind: valueIn(entry, 'kind', 'choice')?.text ?? 'fq_codel', options, span: spanOf(entry) };
}

export function compileVeth(entry: Entry): VethSpec | null {
  const [first, second] = entriesOf(entry, 'end').map(compileEnd);
  return first && second ? { name: nameOf(entry), ends: [first, second], span: spanOf(entry) } : null;
}

function compileEnd(entry: Entry): VethEndSpec {
  return {
    host: valueIn(entry, 'name', 'declaration')?.host?.text ?? '',
    name: nameOf(entry),
    mac: compileMac(entry),
    addresses: compileAddresses(entry),
    mtu: propertyOf(entry, 'mtu'),
    rpsCpus: cpusOf(entry, 'rps_cpus'),
    offloads: compileOffloads(entry),
    span: spanOf(entry),
  };
}
