/** The costs of a world: the one table (server/language/schema/costs.ts) with what a scenario overrides. */
import { COST_FIGURES, type CostName } from '../../server/language/schema/costs.ts';

export type { CostName };
export type Costs = Record<CostName, number>;

/**
 * The table's figures with the scenario's overrides (the checker has refused other names). The copy has its fields at fixed places; a record
 * filled name by name is a hash table, at each of its reads.
 */
export function createCosts(overrides: Readonly<Record<string, number>>): Costs {
  const costs = {} as Costs;
  for (const name of Object.keys(COST_FIGURES) as CostName[]) costs[name] = overrides[name] ?? COST_FIGURES[name][0];
  return { ...costs };
}

/** ns for `bytes` at a cost per KiB, rounded down. */
export function perKib(costPerKib: number, bytes: number): number {
  return Math.floor((costPerKib * bytes) / 1024);
}
