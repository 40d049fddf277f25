import { element } from './dom.js';
import { lockIdInSentence } from './lock-id.js';
import { FileIsLocked, race } from './race.js';

const OUTCOMES = [
  ['Alex', 'Alex won'],
  ['Sam', 'Sam won'],
  ['both', 'Both won'],
  ['neither', 'Neither won'],
];

/** The Race button, and what came of it: a mark for each round, the counts, and a verdict in a sentence. */
export class RacePanel {
  #form = document.querySelector('#race-form');
  #verdict = document.querySelector('#race-verdict');
  #marks = document.querySelector('#race-rounds');
  #table = document.querySelector('#race-table');
  #clients;
  #host;
  #running = false;

  /**
   * @param clients - `[name, WopiClient]` of each of the two
   * @param host - `chosenFile()`, `holderOf(lockId)`, and `onRacing(racing)`
   */
  constructor({ clients, host }) {
    this.#clients = clients;
    this.#host = host;
  }

  listen() {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      const file = this.#host.chosenFile();
      if (file !== undefined && !this.#running) {
        void this.#run(file, this.#form.elements.rounds.valueAsNumber);
      }
    });
  }

  async #run(file, count) {
    const rounds = [];
    this.#running = true;
    this.#host.onRacing(true);
    this.#say('', `Racing for ${file.name} …`);
    this.#marks.replaceChildren();
    this.#table.hidden = true;
    try {
      for await (const round of race(this.#clients, file.id, count)) {
        rounds.push(round);
        this.#marks.append(mark(round));
        this.#count(rounds);
      }
      this.#say(...verdict(rounds));
    } catch (error) {
      this.#say(...this.#failure(error, rounds.length));
    } finally {
      this.#host.onRacing(false);
      this.#running = false;
    }
  }

  #count(rounds) {
    this.#table.hidden = false;
    const rows = OUTCOMES.map(([outcome, label]) => {
      const count = rounds.filter((round) => round.outcome === outcome).length;
      const share = element('meter', { max: rounds.length, value: count, 'aria-hidden': 'true' });
      return row(outcome, label, count, share);
    });
    const fair = rounds.filter(({ wrong }) => wrong === null).length;
    this.#table.tBodies[0].replaceChildren(...rows, row('told', 'Loser told the winner’s lock', fair, ''));
  }

  #failure(error, rounds) {
    if (error instanceof FileIsLocked && !error.lockId) {
      return ['failed', 'No race: its Lock was refused, without a word of which lock the file has.'];
    }
    if (error instanceof FileIsLocked) {
      const holder = this.#host.holderOf(error.lockId);
      const by = holder === null ? '' : ` (${holder})`;
      return ['refused', 'No race: the file is held under ', lockIdInSentence(error.lockId), `${by}. Unlock it first.`];
    }
    return ['failed', `The race ended after ${rounds} rounds: ${error.message}`];
  }

  #say(tone, ...parts) {
    this.#verdict.dataset.tone = tone;
    this.#verdict.replaceChildren(...parts);
  }
}

function verdict(rounds) {
  const wrong = rounds.filter((round) => round.wrong !== null);
  if (wrong.length === 0) {
    return [
      'done',
      `Right: exactly one won in each of ${rounds.length} rounds, and the other was told whose lock it is.`,
    ];
  }
  const [{ round, wrong: what }] = wrong;
  return ['wrong', `WRONG in ${wrong.length} of ${rounds.length} rounds. Round ${round}: ${what}.`];
}

function row(outcome, label, count, share) {
  return element(
    'tr',
    { 'data-outcome': outcome },
    element('th', { scope: 'row' }, label),
    element('td', {}, share, element('span', {}, String(count))),
  );
}

function mark({ round, outcome, wrong }) {
  const title = wrong === null ? `Round ${round}: ${outcome} won` : `Round ${round}: ${wrong}`;
  const text = wrong === null ? outcome[0] : '!';
  return element('li', { 'data-outcome': wrong === null ? outcome : 'wrong', title }, text);
}
