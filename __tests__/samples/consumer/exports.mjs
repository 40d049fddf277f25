import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** What `import { ... }` gives: the type of each export, if it is the very value that `require` gives. */
async function exportsOf(specifier) {
  const imported = await import(specifier);
  const same = Object.entries(require(specifier)).filter(([name, value]) => value === imported[name]);
  return Object.fromEntries(same.map(([name, value]) => [name, typeof value]));
}

const specifiers = process.argv.slice(2);
console.log(JSON.stringify(await Promise.all(specifiers.map(exportsOf))));
