/** `netfilter` blocks to base chains. */
import type { NfChainSpec, NfRuleSpec } from '../scenario.ts';
import { NAT_HOOKS, REJECT_CODES, TCP_RESET } from '../schema/netfilter.ts';
import { type Entry, entriesOf, valueIn } from '../tree.ts';
import { numberIn, spanOf } from './slots.ts';

/** Blocks of the same family, type and hook are one chain, in the order of the text. */
export function compileNetfilter(blocks: readonly Entry[]): NfChainSpec[] {
  const chains = new Map<string, NfChainSpec & { rules: NfRuleSpec[] }>();
  for (const block of blocks) for (const chain of entriesOf(block, 'chain')) addTo(chains, block, chain);
  return [...chains.values()];
}

function addTo(chains: Map<string, NfChainSpec & { rules: NfRuleSpec[] }>, block: Entry, entry: Entry): void {
  const family = wordIn(block, 'family', 'inet') as NfChainSpec['family'];
  const type = chainType(entry);
  const hook = wordIn(entry, 'hook', 'input') as NfChainSpec['hook'];
  const key = `${family} ${type} ${hook}`;
  const chain = chains.get(key) ?? { family, type, hook, rules: [] };
  chains.set(key, chain);
  chain.rules.push(...(entry.body?.entries ?? []).map(compileRule));
}

function wordIn(entry: Entry, slot: string, byDefault: string): string {
  return valueIn(entry, slot, 'choice')?.text ?? byDefault;
}

function compileRule(rule: Entry): NfRuleSpec {
  return {
    match: valueIn(rule, 'match', 'expression')?.expression ?? null,
    quota: numberIn(rule, 'quota'),
    verdict: rule.schema.keyword as NfRuleSpec['verdict'],
    to: NAT_HOOKS.has(rule.schema.keyword) ? target(rule) : null,
    icmpCode: rule.schema.keyword === 'reject' ? rejectCode(rule) : null,
    span: spanOf(rule),
  };
}

function rejectCode(rule: Entry): number {
  if (rule.values.some((each) => each.kind === 'word' && each.text === 'reset')) return TCP_RESET;
  return REJECT_CODES.get(wordIn(rule, 'icmp', 'port-unreachable'))!.code;
}

function target(rule: Entry): NfRuleSpec['to'] {
  const port = numberIn(rule, 'port');
  return {
    address: (valueIn(rule, 'to', 'address')?.address as number | undefined) ?? null,
    port,
    lastPort: numberIn(rule, 'lastPort') ?? port,
  };
}

/** Of a `chain`: filter unless it says otherwise. */
export function chainType(chain: Entry): NfChainSpec['type'] {
  const word = chain.values.find((each) => each.kind === 'word');
  return word?.kind === 'word' ? (word.text as NfChainSpec['type']) : 'filter';
}
