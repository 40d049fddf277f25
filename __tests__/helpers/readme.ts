import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from './package';

export const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

export interface CodeBlock {
  readonly language: string;
  readonly code: string;
  /** The heading that it stands under. */
  readonly heading: string;
}

export function codeBlocks(): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let heading = '';
  for (const [, title, language, code] of README.matchAll(/^#+ (.+)$|^ *```(\w+)\n([\s\S]*?)^ *```$/gm)) {
    if (title !== undefined) {
      heading = title;
    } else {
      blocks.push({ language: language!, code: code!, heading });
    }
  }
  return blocks;
}

/** The first column of the table under a heading, without its backticks. */
export function firstColumn(heading: string): string[] {
  const section = README.split(/^##+ /m).find((text) => text.startsWith(`${heading}\n`))!;
  return [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, cell]) => cell!).filter((cell) => cell !== 'code');
}
