/** Where restarting a frame leads: back to where its call, or its line of the scenario, began. The past is no other for it. */
import { taskKey } from '../context.ts';
import { EvaluationError } from '../expressions/found.ts';
import { programOf } from '../expressions/members.ts';
import type { ScenarioFrame, StackFrame } from '../stack/frame.ts';
import type { Move } from '../waiter.ts';

/** A frame beyond a crossing leads to the moment that it shows. */
export function beginningOfFrame(frame: StackFrame): Move {
  switch (frame.kind) {
    case 'kernel':
      if (frame.call === null) throw new EvaluationError(`${frame.name} is yet to begin`);
      return { kind: 'entry', call: frame.call };
    case 'scenario':
      return beginningOfLine(frame);
    case 'past':
      return { kind: 'goto', moment: frame.moment };
    case 'label':
      throw new EvaluationError(
        'this line only says where one context ends and another begins: restart a frame above or below it',
      );
  }
}

function beginningOfLine({ task, name }: ScenarioFrame): Move {
  if (!programOf(task)?.line) throw new EvaluationError(`${name} is yet to begin its first line`);
  return { kind: 'line start', task: taskKey(task) };
}
