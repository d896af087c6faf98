/** Where an expression's bare names are looked up: locals first, then what stands everywhere. */
import { nearest } from '../../../server/language/nearest.ts';
import { EvaluationError, type Found } from './found.ts';

export interface Names {
  readonly lookup: (name: string) => Found | undefined;
  readonly all: () => Iterable<string>;
}

/** The first that knows the name wins. */
export function chained(...scopes: readonly Names[]): Names {
  return {
    lookup: (name) => {
      for (const scope of scopes) {
        const found = scope.lookup(name);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    all: () => scopes.flatMap((scope) => [...scope.all()]),
  };
}

/** For a person who mistyped. */
export function unknownName(what: string, name: string, candidates: Iterable<string>): EvaluationError {
  const near = nearest(name, candidates);
  return new EvaluationError(near === null ? what : `${what}; did you mean ${near}?`);
}
