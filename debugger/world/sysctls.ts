/** A host's kernel parameters: the modelled kernel's defaults, then the scenario's; and the knobs that the packet's way reads. */
import { SYSCTL_DEFAULTS } from '../../server/language/schema/sysctl_defaults.ts';

/** Every known sysctl with its value(s). */
export function sysctlValues(set: Readonly<Record<string, readonly (number | string)[]>>): Record<string, (number | string)[]> {
  const values: Record<string, (number | string)[]> = {};
  for (const [name, byDefault] of Object.entries(SYSCTL_DEFAULTS)) values[name] = [...byDefault];
  for (const [name, given] of Object.entries(set)) values[name] = [...given];
  return values;
}

/**
 * The same as plain fields, under the names of the kernel's variables: the last part of the name, and that with `sysctl_` before it;
 * `_0`, `_1` ... where there are several values; words are no knobs, and IPv6's have names of their own. inet_init() and inet6_init() then put in what the kernel keeps in other units.
 */
export function knobsOf(sysctl: Readonly<Record<string, readonly (number | string)[]>>): Record<string, number> {
  const knobs: Record<string, number> = {};
  for (const [name, values] of Object.entries(sysctl)) {
    if (name.startsWith('net.ipv6.') || name.includes('.conf.') || name.includes('.neigh.') || typeof values[0] !== 'number') continue;
    addKnob(knobs, name.slice(name.lastIndexOf('.') + 1), values as number[]);
  }
  return { ...knobs };
}

function addKnob(knobs: Record<string, number>, short: string, values: readonly number[]): void {
  for (const prefix of ['', 'sysctl_']) {
    knobs[prefix + short] = values[0]!;
    if (values.length > 1) for (const [i, value] of values.entries()) knobs[`${prefix}${short}_${i}`] = value;
  }
}
