/** A host's kernel parameters: the modelled kernel's defaults, then the scenario's. */
import { SYSCTLS } from '../../server/language/schema/sysctls.ts';

/** Every known sysctl with its value(s). */
export function sysctlValues(set: Readonly<Record<string, readonly number[]>>): Record<string, number[]> {
  const values: Record<string, number[]> = {};
  for (const [name, schema] of SYSCTLS) {
    const byDefault = schema.byDefault;
    if (byDefault !== null) values[name] = byDefault.split(/\s+/).map(Number);
  }
  for (const [name, given] of Object.entries(set)) values[name] = [...given];
  return values;
}

/** The same as plain fields for the packet's way: last part of the name, with _0, _1 ... where there are several values. */
export function knobsOf(sysctl: Readonly<Record<string, readonly number[]>>): Record<string, number> {
  const knobs: Record<string, number> = {};
  for (const [name, values] of Object.entries(sysctl)) {
    const short = name.slice(name.lastIndexOf('.') + 1);
    knobs[short] = values[0]!;
    if (values.length > 1) values.forEach((value, i) => (knobs[`${short}_${i}`] = value));
  }
  return knobs;
}
