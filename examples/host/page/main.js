import { HostClock } from './clock.js';
import { Editor } from './editor.js';
import { followEvents } from './events.js';
import { FileList } from './files.js';
import { RacePanel } from './race-panel.js';
import { WireLog } from './wire-log.js';
import { WopiClient } from './wopi-client.js';

const USERS = [
  { name: 'Alex', hint: 'Press Lock to take the file.' },
  { name: 'Sam', hint: 'Then press Lock here as well, and see it refused.' },
];

let lockTtlMs = 0;
let files = [];
let chosen;
let racing = false;

const clients = USERS.map(({ name }) => [name, new WopiClient(name.toLowerCase())]);
const editors = USERS.map(({ name, hint }, index) => {
  const [, client] = clients[index];
  return new Editor({ name, hint, client, host: { lockTtlMs: () => lockTtlMs, holderOf } });
});

const clock = new HostClock();
const list = new FileList({ clock, onChoose: choose });
const wire = new WireLog();
const racePanel = new RacePanel({ clients, host: { chosenFile, holderOf, onRacing } });

racePanel.listen();
enableEditors();
document.querySelector('#editors').append(...editors.map(({ element }) => element));

const notice = document.querySelector('#notice');
const connection = document.querySelector('#connection');

followEvents({
  onFiles(state) {
    ({ lockTtlMs, files } = state);
    clock.set(state.now);
    list.show(files, lockTtlMs);
    const file = chosenFile();
    enableEditors();
    if (file !== undefined) {
      for (const editor of editors) {
        editor.update(file);
      }
    } else if (files.length > 0) {
      choose((files.find(({ name }) => /\.txt$/i.test(name)) ?? files[0]).id);
    }
  },
  onExchange(exchange) {
    wire.add(exchange);
  },
  onConnected() {
    connection.dataset.live = 'true';
    connection.textContent = 'Live';
    notice.textContent = '';
  },
  onLost() {
    connection.dataset.live = 'false';
    connection.textContent = 'Not connected';
    notice.textContent = 'The connection to the host is lost. What you see may be out of date; the page keeps trying.';
  },
});

addEventListener('error', ({ message }) => tellFault(message));
addEventListener('unhandledrejection', ({ reason }) => tellFault(reason));

function choose(fileId) {
  chosen = fileId;
  list.choose(fileId);
  enableEditors();
  for (const editor of editors) {
    editor.open(chosenFile());
  }
}

function chosenFile() {
  return files.find(({ id }) => id === chosen);
}

/** Who set the chosen file's lock, by the host's word or an editor's. */
function holderOf(lockId) {
  const lock = chosenFile()?.lock;
  return lock?.lockId === lockId ? lock.user : (editors.find((editor) => editor.holds(lockId))?.name ?? null);
}

function onRacing(now) {
  racing = now;
  enableEditors();
}

function enableEditors() {
  for (const editor of editors) {
    editor.disabled = racing || chosenFile() === undefined;
  }
}

function tellFault(fault) {
  notice.textContent = `This page has a fault: ${fault}`;
}
