/** Rows of text in columns, left-aligned, as `ss` and `mpstat` print them. */
export function columns(rows: readonly (readonly string[])[], gap = 2): string {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]! + gap))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}
