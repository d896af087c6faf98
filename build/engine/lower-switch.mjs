/**
 * A switch with a yield inside becomes a chain of tests in source order, each before the body it guards:
 * the value tested lies in `$s`, which no yield comes between.
 */
import { jump, newLabel } from './lower-jumps.mjs';

export function lowerSwitch(lowering, node, flow, lowerStatement) {
  const { text } = lowering;
  const end = newLabel(lowering);
  const cases = node.cases.map((part) => ({ part, test: newLabel(lowering), body: newLabel(lowering) }));
  const fallback = cases.find(({ part }) => !part.test)?.body ?? end;
  text.update(node.start, node.discriminant.start, '$s = (');
  let at = node.discriminant.end;
  let before = '); ';
  cases.forEach((current, i) => {
    const miss = cases[i + 1]?.test ?? fallback;
    at = openCase(text, { ...current, at, before, miss });
    for (const statement of current.part.consequent) {
      lowerStatement(lowering, statement, { ...flow, breakTo: end, label: undefined });
    }
    at = current.part.consequent.at(-1)?.end ?? at;
    before = cases[i + 1] ? ` ${jump(cases[i + 1].body)} ` : '';
  });
  text.update(at, node.end, `${before} case ${end}: `);
}

/** Writes the test of a case; answers where its body begins. */
function openCase(text, { part, test, body, at, before, miss }) {
  const start = part.consequent[0]?.start ?? part.end;
  if (!part.test) {
    text.update(at, start, `${before}case ${test}: ${jump(miss)} case ${body}: `);
  } else {
    text.update(at, part.test.start, `${before}case ${test}: if ($s !== (`);
    text.update(part.test.end, start, `)) ${jump(miss)} case ${body}: `);
  }
  return start;
}
