/** What may stand at a place, as the parser itself found it there: the raw material of completion. */
import type { Dimension, Expression } from '../expression.ts';
import type { EntrySchema, EntryTable, ExpressionScope, Part, SettingTable } from '../schema/shapes.ts';
import type { NameNode } from '../tree.ts';

/** The call whose argument is being written. */
export interface ArgumentPlace {
  readonly callee: string;
  readonly index: number;
}

interface ExpectedBase {
  /** Offset from which on the text before the caret is replaced. */
  readonly from: number;
}

export type Expected =
  /** `present` are the keywords that the block has already. */
  | (ExpectedBase & {
      readonly kind: 'entries';
      readonly entries: EntryTable;
      readonly present: ReadonlySet<EntrySchema>;
    })
  | (ExpectedBase & { readonly kind: 'word'; readonly text: string; readonly doc: string })
  | (ExpectedBase & { readonly kind: 'mark'; readonly text: string })
  | (ExpectedBase & { readonly kind: 'part'; readonly part: Part; readonly path: readonly NameNode[] })
  | (ExpectedBase & { readonly kind: 'unit'; readonly dimension: Dimension | null })
  | (ExpectedBase & { readonly kind: 'settings'; readonly table: SettingTable })
  | (ExpectedBase & { readonly kind: 'switch' })
  | (ExpectedBase & { readonly kind: 'setting value'; readonly table: SettingTable; readonly key: string })
  | (ExpectedBase & {
      readonly kind: 'expression';
      readonly scope: ExpressionScope;
      readonly argument: ArgumentPlace | null;
    })
  | (ExpectedBase & { readonly kind: 'operator' })
  | (ExpectedBase & { readonly kind: 'member'; readonly object: Expression; readonly scope: ExpressionScope })
  | (ExpectedBase & { readonly kind: 'statement' })
  | (ExpectedBase & { readonly kind: 'name'; readonly example: string });
