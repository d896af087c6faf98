/** Turns declarations into assignments, for names that live elsewhere: in a frame, or at the top of their function. */
import { SourceError } from './ast.mjs';
import { patternNames } from './scopes.mjs';

/** Puts code in a reference's place; in `{ a }` the name stays the key. @param {import('magic-string').default} text */
export function replaceReference(text, { node, shorthand }, code) {
  const end = node.start + node.name.length;
  if (shorthand) text.appendLeft(end, `: ${code}`);
  else text.update(node.start, end, code);
}

/**
 * `const a: T = 1, b` becomes `A = 1, B = undefined`, where `nameOf` says what stands for a declaring identifier.
 * @param {import('magic-string').default} text
 * @param {(identifier: any) => string} nameOf
 * @param {boolean} assigns  false in the head of for-of and for-in, which assign themselves
 */
export function cutDeclaration(text, node, nameOf, assigns) {
  if (node.kind === 'var') throw new SourceError('no `var`: declare with let or const', node.start);
  let at = node.start;
  for (const { id, init } of node.declarations) {
    const separator = at === node.start ? '' : ', ';
    if (id.type === 'Identifier') {
      text.update(at, id.end, separator + nameOf(id));
      if (!init && assigns) text.appendLeft(id.end, ' = undefined');
    } else cutPattern(text, { at, separator, id, init: assigns ? init : null, nameOf });
    at = init ? init.end : id.end;
  }
}

/** `const { a, b }: T = x` becomes `({ a: A, b: B } = x)`. */
function cutPattern(text, { at, separator, id, init, nameOf }) {
  text.update(at, id.start, `${separator}${init ? '(' : ''}`);
  for (const name of patternNames(id)) {
    if (isShorthand(id, name)) text.appendLeft(name.end, `: ${nameOf(name)}`);
    else text.update(name.start, name.end, nameOf(name));
  }
  if (id.typeAnnotation) text.update(id.typeAnnotation.start, id.end, ' ');
  if (init) text.appendLeft(init.end, ')');
}

/** In `{ a }` and `{ a = 1 }` the identifier is the key as well. */
function isShorthand(pattern, name) {
  if (pattern.type === 'ArrayPattern') return pattern.elements.some((element) => element && isShorthand(element, name));
  if (pattern.type === 'AssignmentPattern') return isShorthand(pattern.left, name);
  if (pattern.type !== 'ObjectPattern') return false;
  return pattern.properties.some((property) =>
    property.shorthand
      ? patternNames(property.value).includes(name)
      : property.value && isShorthand(property.value, name),
  );
}
