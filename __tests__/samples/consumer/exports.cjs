'use strict';

/** What `require` gives: the type of each export. */
function exportsOf(specifier) {
  return Object.fromEntries(Object.entries(require(specifier)).map(([name, value]) => [name, typeof value]));
}

const specifiers = process.argv.slice(2);
console.log(JSON.stringify(specifiers.map(exportsOf)));
