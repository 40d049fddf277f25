import * as jest from '@jest/globals';

type Describe = (name: string, body: () => void) => void;

/**
 * Groups tests that need a program of the machine. Where it is missing they are skipped, with one loud line for each group,
 * unless in CI: there they run, and so fail, as what starts the program says how to install it.
 */
export function describeWith(isThere: boolean, howToInstall: string): Describe {
  if (isThere || process.env['CI']) {
    return jest.describe;
  }
  const skipped: Describe = jest.describe.skip;
  return (name, body) => {
    // Not console.warn: Jest drops what that says in a file of which every test is skipped.
    process.stderr.write(`\nSKIPPED: ${name}. ${howToInstall}\n\n`);
    skipped(name, body);
  };
}
