/** `--watch FIELD`: each change of a field as a line, with its time and who made it. */
import { nowOf } from '../inspect/look.ts';
import { beginEvent } from '../control/context.ts';
import { fieldOfExpression, fieldPlace } from '../control/desk/field_place.ts';
import { parse } from '../control/expressions/evaluate.ts';
import { EvaluationError } from '../control/expressions/found.ts';
import { globals } from '../control/expressions/globals.ts';
import { changeText } from '../control/fields/change.ts';
import { FieldWatch, type WatchedField } from '../control/fields/field_watch.ts';
import { parsePlace } from '../control/fields/place.ts';
import { unattended } from '../control/probe.ts';
import { clock } from '../inspect/format/time.ts';
import type { World } from '../machine/types.ts';
import type { RunEnd, RunLimit } from '../world/run.ts';
import { run } from '../world/engine.ts';
import { CliError, usageError } from './usage.ts';

/** Runs in the debug build, which knows the functions. Throws a CliError where an expression never led to a field. */
export function runWatched(
  world: World,
  limit: RunLimit,
  texts: readonly string[],
  out: (text: string) => void,
): RunEnd {
  const watched = new WatchedTexts(world, texts, out);
  unattended(null);
  const end = run(world, limit, (_, next) => {
    beginEvent(next);
    watched.look();
    return false;
  });
  watched.end();
  return end;
}

/** An expression is asked until it leads to a field; from then on that very field is watched. */
class WatchedTexts {
  readonly #world: World;
  readonly #watch: FieldWatch;
  /** With why it led nowhere yet. */
  readonly #pending = new Map<string, string>();
  #fields: readonly WatchedField[] = [];

  constructor(world: World, texts: readonly string[], out: (text: string) => void) {
    this.#world = world;
    this.#watch = new FieldWatch(world, (change) =>
      out(`${clock(nowOf(world)).padStart(12)}  ${changeText(world, change)}`),
    );
    for (const text of texts) this.#add(text);
  }

  /** Before each event. */
  look(): void {
    for (const text of this.#pending.keys()) this.#seek(text);
    this.#watch.watch(this.#fields);
  }

  end(): void {
    for (const [text, why] of this.#pending) throw new CliError(`netpath: --watch ${text}: ${why}`, 1);
  }

  #add(text: string): void {
    try {
      parse(text);
    } catch (error) {
      throw usageError(`netpath run: --watch ${text}: ${(error as Error).message}`);
    }
    this.#pending.set(text, '');
  }

  #seek(text: string): void {
    try {
      const { id, text: why } = fieldPlace(this.#world, fieldOfExpression(text, globals(this.#world, { cpu: null })));
      if (id === null) this.#pending.set(text, why);
      else this.#found(text, id);
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      this.#pending.set(text, error.message);
    }
  }

  #found(text: string, id: string): void {
    this.#pending.delete(text);
    this.#fields = [...this.#fields, { place: parsePlace(id)!, armed: [] }];
  }
}
