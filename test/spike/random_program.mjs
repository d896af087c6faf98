/** Random `function*` programs out of every statement that the lowering knows; the same for the same seed. */

/** Names are few, so that blocks hide each other's. */
const NAMES = ['a', 'b', 'c', 'fn', 'label'];

export function randomProgram(seed, name) {
  const writer = { state: seed * 2654435761 + 12345, lines: [], loops: [], labels: 0, depth: 0 };
  writer.names = ['n'];
  writer.lines.push(`export function* ${name}(cpu: any, n: number): any {`);
  writeBlock(writer, 3);
  writer.lines.push(`return ${expression(writer)};`, '}');
  return writer.lines.join('\n');
}

function pick(writer, count) {
  writer.state = (Math.imul(writer.state ^ (writer.state >>> 15), 2246822519) + 3266489917) | 0;
  return (((writer.state >>> 8) % count) + count) % count;
}

const oneOf = (writer, list) => list[pick(writer, list.length)];

function expression(writer) {
  const name = () => oneOf(writer, writer.names);
  const forms = [
    () => String(pick(writer, 9)),
    name,
    () => `${name()} + ${name()}`,
    () => `(${name()} * 3) % 7`,
    () => `[${name()}, 2].map((x) => x + ${name()}).length`,
    () => `plain(cpu, ${name()}) + plain(cpu, plain(cpu, 1))`,
    () => `take({ ${name()}, z: 1 })`,
  ];
  return oneOf(writer, forms)();
}

/** Declarations come first in a block and name only what is outside. */
function writeBlock(writer, depth) {
  const outer = writer.names;
  const declared = NAMES.filter(() => pick(writer, 4) === 0);
  writer.names = outer.filter((name) => !declared.includes(name));
  const lines = declared.map((name) => declaration(writer, name));
  writer.names = outer.length > writer.names.length ? writer.names : outer;
  writer.lines.push(...lines);
  writer.names = [...new Set([...outer, ...declared])];
  for (let i = 1 + pick(writer, 4); i > 0; i--) writeStatement(writer, depth);
  writer.names = outer;
}

/** `names` may be empty of what the block hides; `n` is always there. */
function declaration(writer, name) {
  const kind = pick(writer, 4);
  if (kind === 0) return `let ${name}: number = yield* sub(cpu, ${expression(writer)});`;
  if (kind === 1) return `let ${name} = ${expression(writer)}, ${name}$ = 1; ${name} += ${name}$;`;
  return `let ${name} = ${expression(writer)};`;
}

const assignable = (writer) => oneOf(writer, writer.names);

const leaves = [
  (writer) => `cpu.log.push(${expression(writer)});`,
  (writer) => `${assignable(writer)} = ${expression(writer)};`,
  (writer) => `${assignable(writer)} += ${expression(writer)};`,
  () => 'yield;',
  (writer) => `yield* sub(cpu, ${expression(writer)});`,
  (writer) => `${assignable(writer)} = yield* sub(cpu, ${expression(writer)});`,
  (writer) => `cpu.kept = yield* sub(cpu, ${expression(writer)});`,
  (writer) => `cpu.log.push(cpu.kept);${pick(writer, 6) === 0 ? ` if (n > 4) return ${expression(writer)};` : ''}`,
  (writer) => (pick(writer, 5) === 0 ? `return yield* sub(cpu, ${expression(writer)});` : 'cpu.log.push(-1);'),
  writeJump,
];

/** A jump that the loops around allow; always behind a condition, so that code after it lives. */
function writeJump(writer) {
  if (writer.loops.length === 0) return 'cpu.log.push(-2);';
  const target = oneOf(writer, writer.loops);
  const word = target.kind === 'switch' ? 'break' : oneOf(writer, ['break', 'continue']);
  const inner = writer.loops.at(-1);
  const bare =
    target === inner || (word === 'continue' && target === writer.loops.findLast(({ kind }) => kind === 'loop'));
  if (!bare && !target.label) return 'cpu.log.push(-3);';
  const label = target.label && pick(writer, 2) === 0 ? ` ${target.label}` : bare ? '' : ` ${target.label}`;
  return `if (${expression(writer)} > ${pick(writer, 6)}) ${word}${label};`;
}

function writeStatement(writer, depth) {
  if (depth === 0 || pick(writer, 3) === 0) writer.lines.push(oneOf(writer, leaves)(writer));
  else oneOf(writer, compounds)(writer, depth - 1);
}

const compounds = [
  (writer, depth) => {
    writer.lines.push(`if (${expression(writer)} % 2) {`);
    writeBlock(writer, depth);
    if (pick(writer, 2)) {
      writer.lines.push(pick(writer, 2) ? '} else {' : `} else if (${expression(writer)} > 2) {`);
      writeBlock(writer, depth);
    }
    writer.lines.push('}');
  },
  (writer) =>
    writer.lines.push(`if (${expression(writer)} > 2) yield; else ${assignable(writer)} = ${expression(writer)};`),
  (writer, depth) => writeLoop(writer, depth, `while (${expression(writer)} < ${pick(writer, 9)}) {`, '}'),
  (writer, depth) => writeLoop(writer, depth, 'do {', `} while (${expression(writer)} > 3);`),
  (writer, depth) =>
    writeLoop(writer, depth, `for (let i = 0, m = ${pick(writer, 5)}; i < m; i++) { cpu.log.push(i);`, '}'),
  (writer, depth) => writeLoop(writer, depth, `for (;;) { if (--cpu.rounds < 0) break;`, '}'),
  (writer, depth) => writeLoop(writer, depth, `for (const v of [1, ${expression(writer)}, 3]) { cpu.log.push(v);`, '}'),
  (writer, depth) => writeLoop(writer, depth, `for (const k in { p: 1, q: 2 }) { cpu.log.push(k.length);`, '}', false),
  writeSwitch,
];

/** Every round burns fuel, so that every program ends. */
function writeLoop(writer, depth, head, tail, mayWait = true) {
  const label = pick(writer, 3) === 0 ? `l${writer.labels++}` : '';
  writer.lines.push(`${label ? `${label}: ` : ''}${head}`, 'if (--cpu.fuel < 0) return -1;');
  writer.loops.push({ kind: 'loop', label });
  if (mayWait) writeBlock(writer, depth);
  else writer.lines.push(writeJump(writer));
  writer.loops.pop();
  writer.lines.push(tail);
}

function writeSwitch(writer, depth) {
  const cases = [0, 1, 2].filter(() => pick(writer, 3) > 0).map((value) => `case ${value}:`);
  if (pick(writer, 3) > 0) cases.splice(pick(writer, cases.length + 1), 0, 'default:');
  writer.lines.push(`switch (${expression(writer)} % 4) {`);
  writer.loops.push({ kind: 'switch', label: '' });
  for (const part of cases) {
    writer.lines.push(part);
    if (pick(writer, 4) === 0) continue;
    writer.lines.push('{');
    writeBlock(writer, depth);
    writer.lines.push('}');
    if (pick(writer, 2)) writer.lines.push('break;');
  }
  writer.loops.pop();
  writer.lines.push('}');
}

/** What the programs call. */
export const prelude = `
export function* sub(cpu: any, x: number): any {
  cpu.log.push('sub', x);
  let t = x;
  while (t > 6) { yield; t -= 3; if (--cpu.fuel < 0) return 0; }
  return t + 1;
}
export function plain(cpu: any, x: number): number { cpu.log.push('plain'); return x + 1; }
export function take(o: any): number { return o.z + Object.keys(o).length; }
`;
