/**
 * The debugger's thread from its start to its end: launch, breakpoints, run, stops, and again. It blocks where there is nothing to
 * do and never returns to the event loop of its thread.
 */
import { nowOf } from '../inspect/look.ts';
import { BreakpointTable } from './breakpoints/table.ts';
import type { Listings } from './desk/function_tables.ts';
import type { Engines } from './engine.ts';
import { EvaluationError } from './expressions/found.ts';
import type { Mailbox } from './mailbox.ts';
import { type Plan, RUN_ON } from './plan.ts';
import { START } from './moment.ts';
import { Progress } from './progress.ts';
import type { LaunchParameters, OutputLine, RequestMessage } from './protocol.ts';
import { openRecording, type Recording } from './recording.ts';
import { scenarioOf } from './scenario_of.ts';
import { reportOf } from './report.ts';
import { isServed, serve } from './service.ts';
import { runSession } from './session.ts';
import { type Stop, told } from './stop.ts';
import { threadOf } from './threads.ts';
import type { Move, Reached, Waiter, Wish } from './waiter.ts';

export class ThreadLoop implements Waiter {
  readonly #mail: Mailbox;
  readonly #engines: Engines;
  readonly #listings: Listings;
  readonly #breakpoints: BreakpointTable;
  readonly #progress = new Progress();
  #recording: Recording | null = null;
  /** A launch that came while another run was under way. */
  #nextLaunch: RequestMessage | null = null;

  constructor(mail: Mailbox, engines: Engines, listings: Listings) {
    this.#mail = mail;
    this.#engines = engines;
    this.#listings = listings;
    this.#breakpoints = new BreakpointTable((text) => this.#say({ text, category: 'console', line: 0 }));
  }

  /** Returns when told to quit. */
  run(): void {
    for (;;) {
      const letter = this.#nextLaunch ?? this.#mail.wait();
      this.#nextLaunch = null;
      if (letter.name === 'quit') {
        this.#answer(letter, null);
        return;
      }
      if (letter.name !== 'launch') this.#serve(letter);
      else if (this.#launch(letter) === 'quit') return;
    }
  }

  wait(stop: Stop): Move {
    const { desk } = this.#recording!;
    desk.open(stop);
    this.#tell(stop);
    try {
      return this.#serveUntilMove();
    } finally {
      desk.close();
      this.#progress.begin();
    }
  }

  poll(reached: Reached | null): Wish {
    if (this.#progress.isDue()) this.#report(reached);
    for (let letter = this.#mail.take(); letter !== undefined; letter = this.#mail.take()) {
      const wish = this.#wishOf(letter);
      if (wish !== 'none') return wish;
    }
    return 'none';
  }

  #wishOf(letter: RequestMessage): Wish {
    if (letter.name === 'launch') {
      if (!this.#isSound(letter)) return 'none';
      this.#nextLaunch = letter;
      return 'restart';
    }
    if (letter.name === 'pause' || letter.name === 'quit') {
      this.#answer(letter, null);
      return letter.name;
    }
    this.#serve(letter);
    return 'none';
  }

  /** A text that is no scenario leaves the run where it is. */
  #isSound(letter: RequestMessage): boolean {
    try {
      scenarioOf(letter.parameters as LaunchParameters);
      return true;
    } catch (error) {
      this.#mail.post({ id: letter.id, error: (error as Error).message });
      return false;
    }
  }

  #serveUntilMove(): Move {
    for (;;) {
      const letter = this.#mail.wait();
      if (letter.name === 'move') {
        this.#answer(letter, null);
        return (letter.parameters as { move: Move }).move;
      }
      const wish = this.#wishOf(letter);
      if (wish === 'quit' || wish === 'restart') return { kind: wish };
      const wanted = this.#recording!.desk.takeWantedMove();
      if (wanted !== null) return wanted;
    }
  }

  #launch(letter: RequestMessage): 'quit' | 'done' {
    const launch = letter.parameters as LaunchParameters;
    try {
      this.#recording = openRecording(this.#engines, this.#breakpoints, launch, this.#listings);
      this.#breakpoints.restart(this.#recording.scenario, this.#recording.hosts);
    } catch (error) {
      this.#mail.post({ id: letter.id, error: (error as Error).message });
      return 'done';
    }
    this.#answer(letter, null);
    return this.#configure() === 'go'
      ? this.#play(this.#recording, launch)
      : this.#nextLaunch === null
        ? 'quit'
        : 'done';
  }

  /** Breakpoints come in; then `go`. */
  #configure(): 'go' | 'left' {
    for (;;) {
      const letter = this.#mail.wait();
      if (letter.name === 'go') {
        this.#answer(letter, null);
        return 'go';
      }
      const wish = this.#wishOf(letter);
      if (wish === 'quit' || wish === 'restart') return 'left';
    }
  }

  #play(recording: Recording, launch: LaunchParameters): 'quit' | 'done' {
    try {
      return this.#playThrough(recording, launch);
    } catch (error) {
      this.#mail.post({ event: 'failed', body: { message: failureText(error) } });
      return 'done';
    }
  }

  #playThrough(recording: Recording, launch: LaunchParameters): 'quit' | 'done' {
    this.#breakpoints.muted = launch.noDebug;
    this.#progress.begin();
    const end = runSession(
      recording.drive(this, (text) => this.#say({ text, category: 'console', line: 0 })),
      firstPlan(launch),
    );
    if (end.how === 'quit') return 'quit';
    if (end.how === 'restart') return 'done';
    const report = reportOf(end.world!, recording.scenario, end.how);
    for (const line of report.lines) this.#say(line);
    this.#mail.post({ event: 'ended', body: { exitCode: report.exitCode } });
    return 'done';
  }

  #serve(letter: RequestMessage): void {
    try {
      if (this.#recording === null || !isServed(letter.name))
        throw new EvaluationError(`${letter.name} cannot be asked for now`);
      this.#answer(
        letter,
        serve({ breakpoints: this.#breakpoints, recording: this.#recording }, letter.name, letter.parameters),
      );
    } catch (error) {
      this.#mail.post({ id: letter.id, error: failureText(error) });
    }
  }

  #answer(letter: RequestMessage, result: unknown): void {
    this.#mail.post({ id: letter.id, result });
  }

  #say(body: OutputLine): void {
    this.#mail.post({ event: 'output', body });
  }

  #report(reached: Reached | null): void {
    const body = reached === null ? null : { now: reached.now, event: reached.event };
    this.#mail.post({ event: 'progress', body });
  }

  #tell({ reason, description, hitBreakpoints, moment, world, packetEvent }: Stop): void {
    const now = nowOf(world);
    this.#mail.post({
      event: 'stopped',
      body: {
        reason,
        description,
        hitBreakpoints,
        moment,
        now,
        packetEvent: packetEvent === null ? null : told(packetEvent),
        thread: threadOf(world),
      },
    });
  }
}

function firstPlan({ stopOnEntry, noDebug }: LaunchParameters): Plan {
  return stopOnEntry && !noDebug
    ? { ...RUN_ON, arrival: { moment: START, reason: 'entry', description: 'Before the first event' } }
    : RUN_ON;
}

/** What is no EvaluationError is a defect of ours: its place helps whoever reports it. */
function failureText(error: unknown): string {
  if (error instanceof EvaluationError) return error.message;
  const { message, stack } = error as Error;
  return `${message} (a defect of NetPath${
    stack === undefined
      ? ''
      : `: ${stack
          .split('\n')
          .slice(1, 4)
          .map((each) => each.trim())
          .join('; ')}`
  })`;
}
