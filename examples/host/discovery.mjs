import createError from 'http-errors';
import { XMLParser } from 'fast-xml-parser';

const TEN_MINUTES = 10 * 60 * 1000;
const MAX_BYTES = 5_000_000;

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  isArray: (name) => ['net-zone', 'app', 'action'].includes(name),
});

/** What the editors on a server can open, from its discovery document: fetched when first asked for, and kept for a while. */
export class Discovery {
  #url;
  #patienceMs;
  #actions;
  #freshUntil = 0;

  constructor(url, { patienceMs = 5000 } = {}) {
    this.#url = url;
    this.#patienceMs = patienceMs;
  }

  /** The `urlsrc` of the action that edits such files, or else of that which shows them; `undefined` where there is none. */
  async urlsrcFor(extension) {
    const actions = (await this.#current()).filter(({ ext }) => ext?.toLowerCase() === extension.toLowerCase());
    const action = actions.find(({ name }) => name === 'edit') ?? actions.find(({ name }) => name === 'view');
    return action?.urlsrc;
  }

  #current() {
    if (Date.now() >= this.#freshUntil) {
      this.#freshUntil = Date.now() + TEN_MINUTES;
      this.#actions = this.#fetch().catch((error) => {
        this.#freshUntil = 0; // the next who asks tries again
        throw createError(
          502,
          `The editor does not answer at ${this.#url}: ${error.cause?.message || error.message}.`,
          { expose: true },
        );
      });
    }
    return this.#actions;
  }

  async #fetch() {
    const response = await fetch(this.#url, { signal: AbortSignal.timeout(this.#patienceMs) });
    if (!response.ok) throw new Error(`it says ${response.status}`);
    return actionsIn(await textOf(response));
  }
}

async function textOf(response) {
  const chunks = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error('what it says has no end');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function actionsIn(xml) {
  // A discovery document declares no entities. What a hostile one would make of them never gets to the parser.
  if (xml.includes('<!DOCTYPE')) throw new Error('what it says is no discovery document');
  const zones = parser.parse(xml)['wopi-discovery']?.['net-zone'];
  if (!zones) throw new Error('what it says is no discovery document');
  return zones.flatMap(({ app = [] }) => app.flatMap(({ action = [] }) => action));
}
