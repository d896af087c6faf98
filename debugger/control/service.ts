/** Requests that are answered at any time, or only while the run stands still: one row each. */
import type { BreakpointTable } from './breakpoints/table.ts';
import { listingLines, statementLines } from './breakpoints/lines.ts';
import type { Parameters, RequestName, Result } from './protocol.ts';
import type { Recording } from './recording.ts';

export interface ServiceContext {
  readonly breakpoints: BreakpointTable;
  readonly recording: Recording;
}

/** Requests that steer the thread itself are not served here. */
type Steering = 'move' | 'launch' | 'go' | 'pause' | 'quit';
export type ServedName = Exclude<RequestName, Steering>;

export const SERVICES: {
  readonly [N in ServedName]: (context: ServiceContext, parameters: Parameters<N>) => Result<N>;
} = {
  threads: ({ recording }) => recording.desk.threads(),
  stack: ({ recording }, parameters) => recording.desk.stack(parameters),
  scopes: ({ recording }, parameters) => recording.desk.scopes(parameters),
  variables: ({ recording }, parameters) => recording.desk.variables(parameters),
  evaluate: ({ recording }, parameters) => recording.desk.evaluate(parameters),
  completions: ({ recording }, parameters) => recording.desk.completions(parameters),
  fieldPlace: ({ recording }, parameters) => recording.desk.fieldPlace(parameters),
  chart: ({ recording }, parameters) => recording.desk.chart(parameters),
  memory: ({ recording }, parameters) => recording.desk.memory(parameters),
  stepTargets: ({ recording }, parameters) => recording.desk.stepTargets(parameters),
  stepInto: ({ recording }, parameters) => recording.desk.stepInto(parameters),
  restartFrame: ({ recording }, parameters) => recording.desk.restartFrame(parameters),
  packetEvent: ({ recording }) => recording.desk.packetEvent(),
  functionBreakpoints: ({ breakpoints, recording }, { requests }) =>
    breakpoints.setFunctions(requests, recording.hosts),
  listingBreakpoints: ({ breakpoints }, { file, requests }) => breakpoints.setListing(file, requests),
  scenarioBreakpoints: ({ breakpoints, recording }, { requests }) =>
    breakpoints.setScenario(recording.scenario, requests),
  fieldBreakpoints: ({ breakpoints }, { requests }) => breakpoints.setFields(requests),
  filters: ({ breakpoints }, { requests }) => breakpoints.setFilters(requests),
  breakpointLines: ({ recording }, { file, from, to }) =>
    file === ''
      ? statementLines(recording.scenario).filter((line) => line >= from && line <= to)
      : listingLines(file, from, to),
};

export const isServed = (name: RequestName): name is ServedName => name in SERVICES;

export function serve(context: ServiceContext, name: ServedName, parameters: unknown): unknown {
  return SERVICES[name](context, parameters as never);
}
