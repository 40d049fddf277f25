/** An element with its text and children. Data only ever becomes text or an attribute: never markup. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** Sets a text only if it differs, so that a screen reader, a selection and the layout are left in peace. */
export function setText(target, text) {
  if (target.textContent !== text) {
    target.textContent = text;
  }
}
