import { element } from './dom.js';
import { lockIdElement } from './lock-id.js';

const MOST = 200;

/** Each exchange as it was on the wire, newest first. */
export class WireLog {
  #rows = document.querySelector('#wire-rows');
  #nothing = document.querySelector('#wire-nothing');

  add({ at, user, fileName, method, path, operation, request, status, response }) {
    this.#rows.prepend(
      element(
        'tr',
        { role: 'row', 'data-status': `${Math.floor(status / 100)}xx` },
        cell('time', 'Time', time(at)),
        cell('user', 'Who', element('span', { class: 'who', 'data-user': user ?? '' }, user ?? 'unknown')),
        cell(
          'request',
          'Request',
          element('b', {}, operation ?? 'Other'),
          element('span', { class: 'quiet' }, ` ${fileName ?? ''}`),
          element('code', { class: 'quiet', title: `${method} ${path}` }, `${method} ${elided(path)}`),
        ),
        cell('override', 'Override', headerElement(request['X-WOPI-Override'])),
        cell('sent', 'X-WOPI-Lock', headerElement(request['X-WOPI-Lock'])),
        cell('old', 'X-WOPI-OldLock', headerElement(request['X-WOPI-OldLock'])),
        cell('status', 'Status', element('span', { class: 'status-code' }, String(status))),
        cell('answered', 'Lock answered', headerElement(response['X-WOPI-Lock'])),
      ),
    );
    while (this.#rows.children.length > MOST) {
      this.#rows.lastElementChild.remove();
    }
    this.#nothing.hidden = true;
  }
}

function cell(name, label, ...children) {
  return element('td', { role: 'cell', class: `wire-${name}`, 'data-label': label }, ...children);
}

/** A header that was sent with nothing in it is another thing than one that was not sent. */
function headerElement(value) {
  if (value === undefined) {
    return element('span', { class: 'absent', role: 'img', 'aria-label': 'not sent' }, '–');
  }
  return value.trim() === '' ? element('span', { class: 'empty' }, 'empty') : lockIdElement(value);
}

/** `/wopi/files/0123…/contents`: the file's name stands before it. */
function elided(path) {
  return path.replace(/[^/]{13,}/g, (segment) => `${segment.slice(0, 4)}…`);
}

/** `14:05:09.042` */
function time(at) {
  const date = new Date(at);
  const pad = (value, digits = 2) => String(value).padStart(digits, '0');
  const [hours, minutes, seconds] = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => pad(part));
  return `${hours}:${minutes}:${seconds}.${pad(date.getMilliseconds(), 3)}`;
}
