import { Document } from './document.js';
import { lockIdElement } from './lock-id.js';
import { headerValue, Session } from './session.js';
import { Unanswered } from './wopi-client.js';
import { inWords, size } from './words.js';

const BELIEFS = { holds: 'Holds ', lost: 'Believes it holds ' };
const READ_AT_ONCE_UP_TO = 1024 ** 2;

// fetch() refuses to send some other characters, and the host to take them.
const PRINTABLE_ASCII = /^[\t\x20-\x7e]*$/;

/** One user's editor: its buttons send the requests, and it says in plain words what came of them. */
export class Editor {
  name;
  #hint;
  #client;
  #lockTtlMs;
  #holderOf;
  #sessions = new Map();
  #file;
  #said;
  #believed;
  #requests = 0;
  #parts;

  /** @param host - `lockTtlMs()`, and `holderOf(lockId)`: who set the chosen file's lock, or `null` */
  constructor({ name, hint, client, host }) {
    this.name = name;
    this.#hint = hint;
    this.#client = client;
    this.#lockTtlMs = host.lockTtlMs;
    this.#holderOf = host.holderOf;
    this.#parts = this.#build();
  }

  get element() {
    return this.#parts.root;
  }

  /** Opens another file, as a client does: with its document, if that is not large. */
  open(file) {
    this.#file = file;
    const isNew = !this.#sessions.has(file.id);
    if (isNew) {
      this.#sessions.set(file.id, new Session(this.name.toLowerCase(), this.#hint));
    }
    this.update(file);
    void this.#offerEditor(file.id);
    if (isNew && file.size <= READ_AT_ONCE_UP_TO) {
      void this.#get({ quietly: true });
    }
  }

  update(file) {
    this.#file = file;
    this.#session.see(file.lock?.lockId ?? null);
    this.#render();
  }

  /** Whether the editor believes to hold this lock of the open file. */
  holds(lockId) {
    return this.#session?.held === lockId;
  }

  set disabled(disabled) {
    for (const fieldset of this.#parts.controls) {
      fieldset.disabled = disabled;
    }
  }

  get #session() {
    return this.#sessions.get(this.#file?.id);
  }

  #lock() {
    const lock = headerValue(this.#session.newLock);
    return this.#send('Lock', { lock }, (fileId) => this.#client.lock(fileId, lock), takeLock);
  }

  #swap() {
    const [oldLock, lock] = [headerValue(this.#session.oldLock), headerValue(this.#session.newLock)];
    return this.#send('Swap', { lock, oldLock }, (id) => this.#client.unlockAndRelock(id, oldLock, lock), takeLock);
  }

  #refresh() {
    const lock = this.#own();
    const refreshed = (session) => session.refreshed();
    return this.#send('Refresh', { lock }, (fileId) => this.#client.refreshLock(fileId, lock), refreshed);
  }

  #unlock() {
    const lock = this.#own();
    const released = (session) => session.released();
    return this.#send('Unlock', { lock }, (fileId) => this.#client.unlock(fileId, lock), released);
  }

  #getLock() {
    return this.#send('Get lock', {}, (fileId) => this.#client.getLock(fileId));
  }

  #get({ quietly = false } = {}) {
    const got = (session, sent, { bytes, version }) => {
      session.document = new Document(bytes, version);
      session.text = session.document.text ?? '';
    };
    return this.#send('Get', {}, (fileId) => this.#client.getFile(fileId), got, { quietly });
  }

  #save() {
    const { document, text, held } = this.#session;
    if (document === null) {
      this.#say(this.#session, 'failed', `${this.name} has no document yet: Get it first.`);
      return;
    }
    const bytes = document.bytesWith(text);
    const sent = { lock: held ?? undefined, size: bytes.length };
    const saved = (session, _, { version }) => {
      session.document = new Document(bytes, version);
    };
    return this.#send('Save', sent, (fileId) => this.#client.putFile(fileId, held, bytes), saved);
  }

  /** The lock ID that Refresh and Unlock send: its own; without one, what it would take, to be told which it is. */
  #own() {
    return this.#session.held ?? headerValue(this.#session.newLock);
  }

  async #send(action, sent, request, succeed = () => {}, { quietly = false } = {}) {
    const [session, file] = [this.#session, this.#file];
    if (![sent.lock, sent.oldLock].every((lock = '') => PRINTABLE_ASCII.test(lock))) {
      this.#say(session, 'failed', `${this.name}’s ${action} was not sent: a lock ID is printable ASCII characters.`);
      return;
    }
    this.#underWay(1);
    try {
      const answer = await request(file.id);
      const holder = answer.lock === null ? null : this.#holderOf(answer.lock);
      if (answer.status === 200) {
        succeed(session, sent, answer);
      }
      if (answer.lock !== null) {
        session.learned(answer.lock.trim());
      }
      const message = inWords({ name: this.name, action, answer, sent, lockTtlMs: this.#lockTtlMs(), holder });
      if (!quietly || message.tone !== 'done') {
        session.message = message;
      }
    } catch (error) {
      if (!(error instanceof Unanswered)) {
        throw error;
      }
      this.#say(session, 'failed', `${this.name}’s ${action} failed: ${error.message}`);
    } finally {
      this.#render();
      this.#underWay(-1);
    }
  }

  #underWay(change) {
    this.#requests += change;
    this.#parts.root.setAttribute('aria-busy', String(this.#requests > 0));
  }

  #say(session, tone, text) {
    session.message = { tone, parts: [text] };
    this.#render();
  }

  async #offerEditor(fileId) {
    this.#parts.open.hidden = true;
    try {
      const { editor } = await this.#client.access(fileId);
      if (editor !== null && fileId === this.#file.id) {
        this.#parts.open.href = editor;
        this.#parts.open.hidden = false;
      }
    } catch {
      // The request for the document tells of it.
    }
  }

  #build() {
    const root = document.querySelector('#editor-template').content.cloneNode(true).firstElementChild;
    const part = (selector) => root.querySelector(selector);
    const parts = {
      root,
      belief: part('.belief'),
      open: part('.open'),
      controls: root.querySelectorAll('.controls'),
      newLock: part('[name=newLock]'),
      oldLock: part('[name=oldLock]'),
      message: part('.message'),
      text: part('.text'),
      textarea: part('textarea'),
      binary: part('.binary'),
      version: part('.version'),
    };
    root.dataset.user = this.name;
    root.setAttribute('aria-label', `${this.name}’s editor`);
    part('h3').textContent = this.name;
    part('.avatar').textContent = this.name[0];
    parts.open.setAttribute('aria-label', `Open in editor as ${this.name}`);
    parts.newLock.addEventListener('input', () => (this.#session.newLock = parts.newLock.value));
    parts.oldLock.addEventListener('input', () => (this.#session.oldLock = parts.oldLock.value));
    parts.textarea.addEventListener('input', () => (this.#session.text = parts.textarea.value));
    for (const [selector, type, act] of [
      ['form.lock', 'submit', () => this.#lock()],
      ['form.swap', 'submit', () => this.#swap()],
      ['.refresh', 'click', () => this.#refresh()],
      ['.unlock', 'click', () => this.#unlock()],
      ['.get-lock', 'click', () => this.#getLock()],
      ['.get', 'click', () => this.#get()],
      ['.save', 'click', () => this.#save()],
    ]) {
      part(selector).addEventListener(type, (event) => {
        event.preventDefault();
        if (this.#session !== undefined) {
          void act();
        }
      });
    }
    return parts;
  }

  #render() {
    const [parts, session] = [this.#parts, this.#session];
    const { document: got, message } = session;
    this.#renderBelief(session);
    setValue(parts.newLock, session.newLock);
    setValue(parts.oldLock, session.oldLock);
    setValue(parts.textarea, session.text);
    parts.text.hidden = got !== null && got.text === null;
    parts.binary.hidden = got?.text !== null;
    parts.binary.textContent = got === null ? '' : `A binary file of ${size(got.bytes.length)}: Save sends it back.`;
    const isOld = got !== null && got.version !== null && got.version !== this.#file.version;
    parts.version.textContent = isOld ? 'The host has a newer version.' : '';
    if (this.#said !== message) {
      this.#said = message;
      parts.message.dataset.tone = message.tone;
      parts.message.replaceChildren(...message.parts);
    }
  }

  #renderBelief({ held, lost }) {
    const { belief } = this.#parts;
    const [state, words] = held === null ? ['none', ''] : lost ? ['lost', this.#whyLost()] : ['holds', ''];
    const shown = JSON.stringify([held, words]);
    if (this.#believed !== shown) {
      this.#believed = shown; // what is folded open stays so, as long as it is the same
      belief.dataset.state = state;
      belief.replaceChildren(...(held === null ? ['Holds no lock'] : [BELIEFS[state], lockIdElement(held), words]));
    }
  }

  #whyLost() {
    return this.#file.lock === null ? ', but the file is free' : ', but lost it';
  }
}

function takeLock(session, sent) {
  session.took(sent.lock);
}

function setValue(field, value) {
  if (field.value !== value) {
    field.value = value;
  }
}
