const DIGITS = 2;

/** A table of text cells: the first column to the left, all others to the right. */
export function table(head, rows) {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
  const line = (cells) =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  ');
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

/** Min, median and max as three cells. */
export function spreadCells({ min, median, max }, digits = DIGITS) {
  return [min, median, max].map((value) => value.toFixed(digits));
}

export function atLeast(goal, got, digits = DIGITS) {
  return verdict(goal, got, digits, Number(got.toFixed(digits)) >= goal);
}

export function atMost(goal, got, digits = DIGITS) {
  return verdict(goal, got, digits, Number(got.toFixed(digits)) <= goal);
}

function verdict(goal, got, digits, met) {
  return `goal ${goal.toFixed(digits)}, got ${got.toFixed(digits)}: ${met ? 'met' : 'MISSED'}`;
}
