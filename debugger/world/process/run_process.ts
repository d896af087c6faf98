/** The interpreter of a scenario's process: what runs in user mode. Each statement is a frame, so that a line can be seen in the stack. */
import type { ProcessSpec, Statement } from '../../../server/language/scenario.ts';
import type { Resumable } from '../../machine/frames.ts';
import { lineTick } from 'netpath:probe';
import { spend } from '../../machine/spend.ts';
import type { Cpu } from '../../machine/types.ts';
import { do_exit } from '../../kernel/kernel/exit.ts';
import { evaluate } from './evaluate.ts';
import { nanosleep } from './calls.ts';
import { isTrue, typeOf } from './value.ts';
import type { Program } from './value.ts';

/** How a block ended. */
const NEXT = 0;
const BREAK = 1;
const CONTINUE = 2;
const EXIT = 3;

/** Statements without time passing after which a loop is called endless. */
const SPIN_LIMIT = 1_000_000;
/** Longest stretch of computing between two looks at the rest of the world, ns. */
const COMPUTE_SLICE = 10_000;

/** A process from its start to its end. */
export function* run_process(cpu: Cpu, program: Program, spec: ProcessSpec): Resumable<void> {
  if (spec.startAt > 0) yield* nanosleep(cpu, spec.startAt);
  program.started_at = cpu.now;
  yield* run_block(cpu, program, spec.body);
  program.finished_at = cpu.now;
  yield* do_exit(cpu, program.error === null ? 0 : 1);
}

function* run_block(cpu: Cpu, program: Program, body: readonly Statement[]): Resumable<number> {
  for (let i = 0; i < body.length; i++) {
    const how = yield* run_statement(cpu, program, body[i]!);
    if (how !== NEXT) return how;
  }
  return NEXT;
}

/** One statement; EXIT when the program was stopped by an error. */
function* run_statement(cpu: Cpu, program: Program, statement: Statement): Resumable<number> {
  program.line = statement.span.line;
  lineTick(statement.span.line);
  if (spinsForEver(cpu, program)) return EXIT;
  let how = NEXT;
  switch (statement.kind) {
    case 'assign': {
      const value = yield* evaluate(cpu, program, statement.value);
      program.variables[statement.name] = value;
      break;
    }
    case 'do':
      yield* evaluate(cpu, program, statement.value);
      break;
    case 'sleep': {
      const ns = yield* evaluate(cpu, program, statement.ns);
      if (typeof ns === 'number') yield* nanosleep(cpu, ns);
      else program.error = `sleep needs a time, not ${typeOf(ns)}`;
      break;
    }
    case 'compute': {
      const ns = yield* evaluate(cpu, program, statement.ns);
      if (typeof ns === 'number') yield* compute(cpu, ns);
      else program.error = `compute needs a time, not ${typeOf(ns)}`;
      break;
    }
    case 'if': {
      const test = yield* evaluate(cpu, program, statement.test);
      how = yield* run_block(cpu, program, isTrue(test) ? statement.then : statement.otherwise);
      break;
    }
    case 'loop':
      how = yield* run_loop(cpu, program, statement, -1);
      break;
    case 'repeat': {
      const count = yield* evaluate(cpu, program, statement.count);
      if (typeof count === 'number') how = yield* run_loop(cpu, program, statement, count);
      else program.error = `repeat needs a number, not ${typeOf(count)}`;
      break;
    }
    case 'each':
      how = yield* run_each(cpu, program, statement);
      break;
    case 'break':
      how = BREAK;
      break;
    case 'continue':
      how = CONTINUE;
      break;
    case 'exit':
      how = EXIT;
      break;
  }
  return program.error === null ? how : EXIT;
}

function* run_loop(cpu: Cpu, program: Program, statement: Statement & { kind: 'loop' | 'repeat' }, count: number): Resumable<number> {
  for (let i = 0; i !== count; i++) {
    const how = yield* run_block(cpu, program, statement.body);
    if (how === BREAK) break;
    if (how === EXIT) return EXIT;
    if (spinsForEver(cpu, program)) return EXIT;
  }
  return NEXT;
}

function* run_each(cpu: Cpu, program: Program, statement: Statement & { kind: 'each' }): Resumable<number> {
  const list = yield* evaluate(cpu, program, statement.of);
  if (typeof list !== 'object' || list === null || list.kind !== 'list') {
    // A negative number is the errno of a call that would have given a list: there is nothing to go through.
    if (program.error === null && !(typeof list === 'number' && list < 0)) program.error = `each needs a list, not ${typeOf(list)}`;
    return NEXT;
  }
  const items = list.items;
  for (let i = 0; i < items.length; i++) {
    program.variables[statement.name] = items[i]!;
    const how = yield* run_block(cpu, program, statement.body);
    if (how === BREAK) break;
    if (how === EXIT) return EXIT;
  }
  return NEXT;
}

/** User time, in slices, so that interrupts and other tasks get in. */
function* compute(cpu: Cpu, ns: number): Resumable<void> {
  let left = ns;
  while (left > 0) {
    const slice = Math.min(left, COMPUTE_SLICE);
    spend(cpu, slice);
    left -= slice;
    yield;
  }
}

/** A loop in which no time passes would never let anything else happen: the world stops and says where. */
function spinsForEver(cpu: Cpu, program: Program): boolean {
  if (cpu.now !== program.spin_clock) {
    program.spin_clock = cpu.now;
    program.spins = 0;
    return false;
  }
  program.spins++;
  if (program.spins < SPIN_LIMIT) return false;
  program.error = `loops for ever without time passing`;
  cpu.world.halt = { reason: `${program.host}.${program.name} loops for ever without time passing: let it wait (recv, sleep) or work (compute)`, host: program.host, line: program.line };
  return true;
}
