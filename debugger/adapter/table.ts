/**
 * The one table of what this adapter can do: each request with its handler and the capabilities that promise it. What is not here
 * is neither offered nor answered; a test holds the table against the running adapter.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { PACKET_FILTERS } from '../control/breakpoints/packet_filters.ts';
import * as breakpoints from './handlers/breakpoints.ts';
import * as lifecycle from './handlers/lifecycle.ts';
import * as movement from './handlers/movement.ts';
import * as sources from './handlers/sources.ts';
import * as stack from './handlers/stack.ts';
import { chart } from './handlers/chart.ts';
import * as values from './handlers/values.ts';
import type { Body, Session } from './session.ts';

export type Handler = (session: Session, given: unknown) => Body | Promise<Body>;

interface Row {
  readonly handler: Handler;
  readonly capabilities?: Partial<DebugProtocol.Capabilities>;
  /** Only looks: who asked may change their mind. */
  readonly looks?: true;
}

const filters: DebugProtocol.ExceptionBreakpointsFilter[] = PACKET_FILTERS.map(
  ({ filter, label, description, conditionDescription }) => ({
    filter,
    label,
    description,
    conditionDescription,
    supportsCondition: true,
    default: false,
  }),
);

export const REQUESTS: Readonly<Record<string, Row>> = {
  initialize: { handler: lifecycle.initialize },
  launch: { handler: lifecycle.launch },
  attach: { handler: lifecycle.attach },
  configurationDone: { handler: lifecycle.configurationDone, capabilities: { supportsConfigurationDoneRequest: true } },
  restart: { handler: lifecycle.restart, capabilities: { supportsRestartRequest: true } },
  terminate: { handler: lifecycle.terminate, capabilities: { supportsTerminateRequest: true } },
  cancel: { handler: lifecycle.cancel, capabilities: { supportsCancelRequest: true } },
  disconnect: { handler: lifecycle.disconnect, capabilities: { supportTerminateDebuggee: true } },
  setBreakpoints: {
    handler: breakpoints.setBreakpoints,
    capabilities: {
      supportsConditionalBreakpoints: true,
      supportsHitConditionalBreakpoints: true,
      supportsLogPoints: true,
    },
  },
  setFunctionBreakpoints: {
    handler: breakpoints.setFunctionBreakpoints,
    capabilities: { supportsFunctionBreakpoints: true },
  },
  dataBreakpointInfo: {
    handler: breakpoints.dataBreakpointInfo,
    looks: true,
    capabilities: { supportsDataBreakpoints: true },
  },
  setDataBreakpoints: { handler: breakpoints.setDataBreakpoints },
  setExceptionBreakpoints: {
    handler: breakpoints.setExceptionBreakpoints,
    capabilities: { exceptionBreakpointFilters: filters, supportsExceptionFilterOptions: true },
  },
  breakpointLocations: {
    handler: breakpoints.breakpointLocations,
    looks: true,
    capabilities: { supportsBreakpointLocationsRequest: true },
  },
  continue: { handler: movement.continueRun },
  next: { handler: movement.next, capabilities: { supportsSteppingGranularity: true } },
  stepIn: { handler: movement.stepIn },
  stepInTargets: {
    handler: movement.stepInTargets,
    looks: true,
    capabilities: { supportsStepInTargetsRequest: true },
  },
  stepOut: { handler: movement.stepOut },
  stepBack: { handler: movement.stepBack, capabilities: { supportsStepBack: true } },
  restartFrame: { handler: movement.restartFrame, capabilities: { supportsRestartFrame: true } },
  reverseContinue: { handler: movement.reverseContinue },
  pause: { handler: movement.pause },
  threads: { handler: stack.threads },
  stackTrace: { handler: stack.stackTrace, looks: true, capabilities: { supportsDelayedStackTraceLoading: true } },
  scopes: { handler: stack.scopes, looks: true },
  variables: {
    handler: values.variables,
    looks: true,
    capabilities: { supportsValueFormattingOptions: true },
  },
  evaluate: {
    handler: values.evaluate,
    looks: true,
    capabilities: { supportsEvaluateForHovers: true, supportsClipboardContext: true },
  },
  completions: {
    handler: values.completions,
    looks: true,
    capabilities: { supportsCompletionsRequest: true, completionTriggerCharacters: ['.', '>', '$'] },
  },
  /** Of ours: the run over time, for the Timeline view. */
  chart: { handler: chart, looks: true },
  readMemory: { handler: values.readMemory, looks: true, capabilities: { supportsReadMemoryRequest: true } },
  exceptionInfo: { handler: values.exceptionInfo, looks: true, capabilities: { supportsExceptionInfoRequest: true } },
  source: { handler: sources.source, looks: true },
  loadedSources: { handler: sources.loadedSources, looks: true, capabilities: { supportsLoadedSourcesRequest: true } },
};

export function capabilities(): DebugProtocol.Capabilities {
  return Object.assign(
    {},
    ...Object.values(REQUESTS).map((row) => row.capabilities ?? {}),
  ) as DebugProtocol.Capabilities;
}
