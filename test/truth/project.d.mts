export interface Projection { functions: Map<string, number>; edges: Map<string, number>; sequences: Map<string, string[]> }
export interface Comparison {
  coverage: number; recall: number; precision: number; order: number;
  functionsMissing: string[]; edgesMissing: string[]; edgesInvented: string[];
}
export function project(trace: unknown, counted: Set<string>, place: (thread: { host: string; cpu: number }) => number): Projection;
export function compare(fixture: unknown, model: Projection): Comparison;
