/** The TextMate grammar, made of the schema: colours before the language server has spoken, and where it never does. */
import { CONSTANTS } from '../language/schema/constants.ts';
import { TOP, walkSchema, wordsOf } from '../language/schema/schema.ts';
import { STATEMENTS } from '../language/schema/statements.ts';
import { SYSCALLS } from '../language/schema/syscalls.ts';
import { UNITS } from '../language/schema/units.ts';

type Rule = Readonly<Record<string, unknown>>;

const GENERATED = 'Generated from the schema by build/generate-syntaxes.mjs. Do not edit.';

const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&');

/** Longest first, so that no word hides a longer one that it begins. */
function anyOf(words: Iterable<string>): string {
  return [...new Set(words)]
    .sort((left, right) => right.length - left.length || (left < right ? -1 : 1))
    .map(escaped)
    .join('|');
}

interface Words {
  readonly blocks: readonly string[];
  readonly properties: readonly string[];
  readonly clauses: readonly string[];
  readonly choices: readonly string[];
}

function schemaWords(): Words {
  const blocks: string[] = [];
  const properties: string[] = [];
  const clauses: string[] = [];
  const choices: string[] = [];
  walkSchema((entry) => {
    (entry.body ? blocks : properties).push(entry.keyword);
    clauses.push(...wordsOf(entry.parts));
    for (const part of entry.parts) if (part.kind === 'choice') choices.push(...part.choices.map((each) => each.text));
  });
  return { blocks, properties, clauses, choices };
}

/** The grammar as the value of a .tmLanguage.json file. */
export function grammar(): Rule {
  const words = schemaWords();
  return {
    $schema: 'https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json',
    information_for_contributors: [GENERATED],
    name: 'NetPath',
    scopeName: 'source.netpath',
    patterns: [
      'comments',
      'strings',
      'declarations',
      'settings',
      'keys',
      'control',
      'literals',
      'words',
      'operators',
    ].map((each) => ({ include: `#${each}` })),
    repository: {
      comments: { patterns: commentRules() },
      strings: { patterns: [stringRule('"', 'double'), stringRule("'", 'single')] },
      declarations: { patterns: declarationRules() },
      settings: { patterns: [settingRule()] },
      keys: { patterns: keyRules(words) },
      control: { patterns: controlRules() },
      literals: { patterns: literalRules() },
      words: { patterns: wordRules(words) },
      operators: {
        patterns: [{ name: 'keyword.operator.netpath', match: '->|\\|\\||&&|[=!<>]=|<<|>>|[<>=|^&+*/%!~?:-]' }],
      },
    },
  };
}

function commentRules(): Rule[] {
  return [
    { name: 'comment.line.double-slash.netpath', match: '//.*$' },
    { name: 'comment.block.netpath', begin: '/\\*', end: '\\*/' },
  ];
}

function stringRule(quote: string, name: string): Rule {
  return {
    name: `string.quoted.${name}.netpath`,
    begin: quote,
    end: `${quote}|$`,
    patterns: [{ name: 'constant.character.escape.netpath', match: '\\\\(x[0-9a-fA-F]{2}|.)' }],
  };
}

/** `host server`: keyword and name, where a name is declared. */
function declarationRules(): Rule[] {
  const declaring = [...TOP.values()].filter((each) => each.parts[0]?.kind === 'declares').map((each) => each.keyword);
  const inner: string[] = [];
  walkSchema((entry) => {
    if (entry.parts[0]?.kind === 'declares' && !TOP.has(entry.keyword)) inner.push(entry.keyword);
  });
  const rule = (keywords: string[], name: string): Rule => ({
    match: `(?:^|(?<=[{;]))\\s*(${anyOf(keywords)})\\s+([A-Za-z_]\\w*(?:\\.\\w+)?)`,
    captures: { 1: { name: 'keyword.control.netpath' }, 2: { name } },
  });
  return [rule(declaring, 'entity.name.type.netpath'), rule(inner, 'entity.name.function.netpath')];
}

/** `net.ipv4.tcp_rmem = `. */
function settingRule(): Rule {
  return {
    match: '(?:^|(?<=[{;]))\\s*([A-Za-z_][\\w.-]*[.-][\\w.-]*)\\s*(=)(?!=)',
    captures: { 1: { name: 'variable.other.property.netpath' }, 2: { name: 'keyword.operator.netpath' } },
  };
}

function keyRules({ blocks, properties }: Words): Rule[] {
  const rule = (keywords: readonly string[], name: string): Rule => ({
    match: `(?:^|(?<=[{;]))\\s*(${anyOf(keywords)})(?![\\w-])(?!\\s*[=.(])`,
    captures: { 1: { name } },
  });
  return [rule(blocks, 'keyword.control.netpath'), rule(properties, 'support.type.property-name.netpath')];
}

function controlRules(): Rule[] {
  return [
    { name: 'keyword.control.netpath', match: `\\b(${anyOf([...STATEMENTS.keys(), 'else', 'in'])})\\b(?!\\s*=[^=])` },
    { name: 'support.function.netpath', match: `\\b(${anyOf(SYSCALLS.keys())})\\b(?=\\s*\\()` },
    { name: 'support.constant.netpath', match: `\\b(${anyOf(CONSTANTS.keys())})\\b` },
    { name: 'constant.language.netpath', match: '\\b(true|false|null|NULL|errno|localhost)\\b' },
  ];
}

function literalRules(): Rule[] {
  const units = anyOf(UNITS.map((each) => each.text).filter((each) => each !== '%'));
  return [
    { name: 'constant.numeric.mac.netpath', match: '\\b[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}\\b' },
    {
      name: 'constant.numeric.address.netpath',
      match:
        '(?<![\\w:.])(?:(?:[0-9a-fA-F]{1,4}:){1,7}:|::)(?:[0-9a-fA-F]{1,4}:){0,6}(?:[0-9a-fA-F]{1,4}|\\d+\\.\\d+\\.\\d+\\.\\d+)?(?:/\\d+)?(?![\\w:])|(?<![\\w:.])(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}(?:/\\d+)?(?![\\w:])',
    },
    { name: 'constant.numeric.address.netpath', match: '\\b\\d+\\.\\d+\\.\\d+\\.\\d+(?:/\\d+|:\\d+)?' },
    { name: 'constant.numeric.hex.netpath', match: '\\b0x[0-9a-fA-F_]+\\b' },
    {
      match: `\\b(\\d[\\d_]*(?:\\.\\d+)?)(?:(${units})\\b|(%)(?!\\w))?`,
      captures: {
        1: { name: 'constant.numeric.netpath' },
        2: { name: 'keyword.other.unit.netpath' },
        3: { name: 'keyword.other.unit.netpath' },
      },
    },
  ];
}

function wordRules({ clauses, choices }: Words): Rule[] {
  return [
    {
      name: 'keyword.other.netpath',
      match: `(?<![\\w.-])(${anyOf([...clauses, 'finishes', 'before'])})(?![\\w.-])(?!\\s*[=(])`,
    },
    {
      name: 'variable.other.enummember.netpath',
      match: `(?<![\\w.-])(${anyOf([...choices, 'on', 'off'])})(?![\\w.-])(?!\\s*[=(])`,
    },
  ];
}
