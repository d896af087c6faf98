/** Which files are engine sources, and the number that each of their functions bears in both builds. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isClosure, messageOf, parse, SourceError, topFunctions, walk } from './ast.mjs';

/**
 * Folders, relative to the repository: `kernel` is lowered and made debuggable, `others` are only lowered.
 * @typedef {{ root: string, kernel: string, others: string[] }} Folders
 *
 * @typedef {object} Source
 * @property {string} file       path relative to the repository, with slashes
 * @property {string} listing    path relative to the kernel folder, the name people see
 * @property {boolean} kernel
 * @property {string} text
 * @property {any[]} body        statements at the top
 * @property {any[]} comments
 * @property {{ statement: any, node: any, id: number }[]} functions
 * @property {import('./ast.mjs').Message[]} errors
 */

/** Parsed files by path; builds of both modes in one process share them. Trees are never changed. */
const parsed = new Map();

/** @param {Folders} folders @returns {Source[]} sorted by path */
export function readSources(folders) {
  return arrange([folders.kernel, ...folders.others].flatMap((folder) => listFiles(folders, folder)));
}

/** Sorts the sources of a build and numbers their functions. @param {Source[]} sources */
export function arrange(sources) {
  sources.sort((a, b) => (a.file < b.file ? -1 : 1));
  numberFunctions(sources);
  checkNames(sources);
  return sources;
}

function listFiles({ root, kernel }, folder) {
  const base = path.join(root, folder);
  const names = readdirSync(base, { recursive: true }).map(String).filter(isSource);
  return names.map((name) => {
    const file = path.join(folder, name).replaceAll('\\', '/');
    const listing = path.relative(kernel, file).replaceAll('\\', '/');
    return makeSource({ file, listing, kernel: folder === kernel, text: readFileSync(path.join(base, name), 'utf8') });
  });
}

/** @returns {Source} */
export const makeSource = ({ file, listing, kernel, text }) => ({
  file,
  listing,
  kernel,
  text,
  ...parseSource(file, text),
  errors: [],
});

const isSource = (name) => /\.ts$/.test(name) && !/\.(test|d)\.ts$/.test(name);

/** A file that does not parse has no functions; its error shows when something imports it. */
function parseSource(file, text) {
  const known = parsed.get(file);
  if (known?.text === text) return { ...known.result, functions: functionsOf(known.result.body) };
  let result;
  try {
    result = parse(file, text);
  } catch (error) {
    return { body: [], comments: [], functions: [], broken: messageOf(file, text, error) };
  }
  parsed.set(file, { text, result });
  return { ...result, functions: functionsOf(result.body) };
}

const functionsOf = (body) => topFunctions(body).map(({ statement, node }) => ({ statement, node, id: -1 }));

/**
 * `function*` come first, by path and name, so that frames keep their numbers when plain functions come and go;
 * then the kernel's plain functions.
 */
function numberFunctions(sources) {
  const all = sources.flatMap((source) => source.functions.map((entry) => ({ source, entry })));
  const resumable = all.filter(({ entry }) => entry.node.generator);
  const plain = all.filter(({ source, entry }) => source.kernel && !entry.node.generator);
  [...resumable.sort(byPathAndName), ...plain.sort(byPathAndName)].forEach(({ entry }, id) => {
    entry.id = id;
  });
}

function byPathAndName(a, b) {
  if (a.source.file !== b.source.file) return a.source.file < b.source.file ? -1 : 1;
  return a.entry.node.id.name < b.entry.node.id.name ? -1 : 1;
}

/**
 * Functions of engine sources by the name that they have in a file: its own and imported ones.
 * @param {Source} source  @param {Map<string, Source>} byFile  @returns {Map<string, Source['functions'][number]>}
 */
export function functionsByName({ file, body, functions }, byFile) {
  const names = new Map(functions.map((entry) => [entry.node.id.name, entry]));
  for (const { type, source, specifiers } of body) {
    if (type !== 'ImportDeclaration') continue;
    const target = byFile.get(path.posix.join(path.posix.dirname(file), source.value));
    for (const { imported, local } of specifiers) {
      const found = target?.functions.find(({ node }) => node.id.name === imported?.name);
      if (found) names.set(local.name, found);
    }
  }
  return names;
}

/** Does the comment that ends where a declaration begins say that Linux has no such function? */
export function isHelper({ comments, text }, statement) {
  const doc = comments.findLast(({ end }) => end <= statement.start);
  return doc !== undefined && text.slice(doc.end, statement.start).trim() === '' && /@helper\b/.test(doc.value);
}

/** Breakpoints find kernel functions by name alone; helpers have none. @param {Source[]} sources */
function checkNames(sources) {
  const seen = new Map();
  for (const source of sources.filter(({ kernel }) => kernel)) {
    for (const { node, statement } of source.functions) {
      if (isHelper(source, statement)) continue;
      const first = seen.get(node.id.name);
      if (first === undefined) seen.set(node.id.name, source.file);
      else
        source.errors.push(
          messageOf(source.file, source.text, new SourceError(sameName(node.id.name, first), node.id.start)),
        );
    }
  }
}

const sameName = (name, first) =>
  `the kernel has two functions ${name}; the other is in ${first}. Breakpoints go by name: rename one, or mark it @helper`;

/** A `function*` anywhere but at the top of a file has no frame. @param {Source} source */
export function checkGenerators(source) {
  const top = new Set(source.functions.map(({ node }) => node));
  for (const statement of source.body) {
    walk(statement, (node) => {
      if (!isClosure(node) || !node.generator || top.has(node)) return;
      throw new SourceError(
        'a `function*` must be declared with a name at the top of its file: it becomes a frame',
        node.start,
      );
    });
  }
}

/** From this many keys on V8 gives every object of a literal a hidden class of its own, and all code that meets them crawls. */
const MAX_KEYS = 127;

/** Records are made in functions, many of a kind. @param {Source} source */
export function checkRecords(source) {
  for (const { node } of source.functions) {
    walk(node.body, (part) => {
      if (part.type !== 'ObjectExpression' || part.properties.length <= MAX_KEYS) return;
      const text = `${part.properties.length} keys in one record; with more than ${MAX_KEYS} each object has its own hidden class. Group some`;
      throw new SourceError(text, part.start);
    });
  }
}
