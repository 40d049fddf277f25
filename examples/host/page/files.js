import { countdown } from './clock.js';
import { element, setText } from './dom.js';
import { lockIdElement } from './lock-id.js';
import { size } from './words.js';

/** The list of files: one is chosen, and each shows its lock, who set it, and how long it is held. */
export class FileList {
  #list = document.querySelector('#file-list');
  #nothing = document.querySelector('#no-files');
  #rows = new Map();
  #clock;
  #onChoose;

  constructor({ clock, onChoose }) {
    this.#clock = clock;
    this.#onChoose = onChoose;
    setInterval(() => this.#tick(), 200);
  }

  /** Rows are kept as long as their files are, so that focus and what is folded open stay as they were. */
  show(files, lockTtlMs) {
    const ids = new Set(files.map(({ id }) => id));
    for (const [id, row] of this.#rows) {
      if (!ids.has(id)) {
        row.item.remove();
        this.#rows.delete(id);
      }
    }
    for (const [index, file] of files.entries()) {
      const row = this.#rows.get(file.id) ?? this.#add(file.id);
      if (this.#list.children[index] !== row.item) {
        this.#list.insertBefore(row.item, this.#list.children[index] ?? null);
      }
      row.show(file, lockTtlMs);
    }
    this.#nothing.hidden = files.length > 0;
    this.#tick();
  }

  choose(fileId) {
    this.#rows.get(fileId).radio.checked = true;
  }

  #add(fileId) {
    const row = new FileRow(fileId, () => this.#onChoose(fileId));
    this.#rows.set(fileId, row);
    return row;
  }

  #tick() {
    const now = this.#clock.now();
    for (const row of this.#rows.values()) {
      row.tick(now);
    }
  }
}

class FileRow {
  radio = element('input', { type: 'radio', name: 'file' });
  item = element('li', { class: 'file' });
  #name = element('span', { class: 'file-name' });
  #size = element('span', { class: 'quiet' });
  #lock = element('div', { class: 'file-lock' });
  #left = element('span', { class: 'left' });
  #bar = element('progress', { 'aria-hidden': 'true' });
  #shown = '';
  #expiresAt = null;

  constructor(fileId, onChoose) {
    this.#lock.id = `lock-of-${fileId}`;
    this.radio.setAttribute('aria-describedby', this.#lock.id);
    this.radio.addEventListener('change', onChoose);
    this.item.append(element('label', {}, this.radio, this.#name, this.#size), this.#lock);
  }

  show({ name, size: bytes, lock }, lockTtlMs) {
    setText(this.#name, name);
    setText(this.#size, size(bytes));
    this.#expiresAt = lock?.expiresAt ?? null;
    this.#bar.max = lockTtlMs;
    const shown = JSON.stringify([lock?.lockId, lock?.user]);
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#lock.replaceChildren(...this.#describe(lock));
    }
  }

  tick(now) {
    if (this.#expiresAt !== null) {
      setText(this.#left, countdown(this.#expiresAt - now));
      this.#bar.value = Math.max(0, this.#expiresAt - now);
    }
  }

  #describe(lock) {
    if (lock === null) {
      return [element('span', { class: 'free' }, 'Free')];
    }
    const who = element('span', { class: 'who', 'data-user': lock.user ?? '' }, lock.user ?? 'Another process');
    const time =
      lock.expiresAt === null
        ? [element('span', { class: 'quiet' }, 'until it lapses')]
        : [this.#left, element('span', { class: 'hidden' }, ' left')];
    const line = element('p', { class: 'holder' }, who, ' ', ...time);
    return [lockIdElement(lock.lockId), line, ...(lock.expiresAt === null ? [] : [this.#bar])];
  }
}
