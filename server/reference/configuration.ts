/** The editor's language configuration: comments, brackets, what Enter does. */

export function languageConfiguration(): Readonly<Record<string, unknown>> {
  return {
    comments: { lineComment: '//', blockComment: ['/*', '*/'] },
    brackets: [
      ['{', '}'],
      ['[', ']'],
      ['(', ')'],
    ],
    autoClosingPairs: [
      { open: '{', close: '}' },
      { open: '[', close: ']' },
      { open: '(', close: ')' },
      { open: '"', close: '"', notIn: ['string', 'comment'] },
      { open: "'", close: "'", notIn: ['string', 'comment'] },
      { open: '/*', close: ' */', notIn: ['string'] },
    ],
    surroundingPairs: [
      ['{', '}'],
      ['[', ']'],
      ['(', ')'],
      ['"', '"'],
      ["'", "'"],
    ],
    // Addresses, units and names with hyphens are one word to double-click on.
    wordPattern: { pattern: '0x[0-9a-fA-F]+|\\d+(?:\\.\\d+)*(?:[A-Za-z%]+)?|[A-Za-z_]\\w*(?:-[A-Za-z_]\\w*)*' },
    indentationRules: {
      increaseIndentPattern: { pattern: '^((?!//).)*\\{[^}"\']*$' },
      decreaseIndentPattern: { pattern: '^\\s*\\}' },
    },
    onEnterRules: [
      {
        beforeText: { pattern: '^\\s*//.*$' },
        afterText: { pattern: '^\\s*\\S' },
        action: { indent: 'none', appendText: '// ' },
      },
      { beforeText: { pattern: '\\{\\s*$' }, afterText: { pattern: '^\\s*\\}' }, action: { indent: 'indentOutdent' } },
      { beforeText: { pattern: '\\{\\s*$' }, action: { indent: 'indent' } },
    ],
    folding: {
      markers: { start: { pattern: '^\\s*//\\s*#?region\\b' }, end: { pattern: '^\\s*//\\s*#?endregion\\b' } },
    },
  };
}
