/**
 * An ID as printable ASCII, which every database and driver keeps byte for byte, different for different IDs: an ID of
 * letters, digits and most marks is left as it is, so that people can read the table.
 */
export function escaped(id: string): string {
  // Looked for first, since to find nothing takes less time than to replace nothing.
  return ODD.test(id) ? id.replace(ALL_ODD, (unit) => `%${unit.charCodeAt(0).toString(16).padStart(4, '0')}`) : id;
}

export function unescaped(text: string): string {
  return text.includes('%')
    ? text.replace(/%(....)/g, (_, unit: string) => String.fromCharCode(Number.parseInt(unit, 16)))
    : text;
}

// The percent sign begins an escape, and the backslash has a meaning in PostgreSQL's bytea.
const ODD = /[^ -$&-[\]-~]/;
const ALL_ODD = new RegExp(ODD, 'g');

/**
 * The name of a table as SQL reads it, with its schema if it has one, each part in double quotes.
 *
 * @throws TypeError when it is no such name, or a part has more than `longest` bytes.
 */
export function quotedTable(table: unknown, store: string, longest = Infinity): string {
  const part = String.raw`([^".\0\p{Cs}]+|"(?:[^"\0\p{Cs}]|"")+")`;
  const parts = typeof table === 'string' ? new RegExp(`^(?:${part}\\.)?${part}$`, 'u').exec(table) : null;
  if (parts === null) {
    throw new TypeError(
      `The option \`table\` of ${store} must be the name of a table, as in 'wopi_locks' or 'app.locks', with at most one ` +
        `dot outside of double quotes, but it is ${typeof table === 'string' ? JSON.stringify(table) : `of type ${typeof table}`}.`,
    );
  }
  const names = parts
    .slice(1)
    .filter((name) => name !== undefined)
    .map((name) => (name.startsWith('"') ? name : `"${name}"`));
  // A longer one would be cut, and two names could become one.
  const tooLong = names.find((name) => Buffer.byteLength(name.slice(1, -1).replaceAll('""', '"')) > longest);
  if (tooLong !== undefined) {
    throw new TypeError(`The option \`table\` of ${store} has a name of more than ${longest} bytes: ${tooLong}.`);
  }
  return names.join('.');
}
