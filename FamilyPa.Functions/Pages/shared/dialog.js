// The browser's own modal dialogs: they hold the focus while open and give it back. Each is there only as long as it is open.

import { part, stamp } from './dom.js';

/** Opens a new dialog; its buttons marked data-close, Escape, and a press beside it close it. */
export function open(name, fill) {
  const dialog = stamp(`${name}-dialog`);
  for (const button of dialog.querySelectorAll('[data-close]')) button.addEventListener('click', () => dialog.close());
  let pressed;
  dialog.addEventListener('pointerdown', event => { pressed = event.target; });
  dialog.addEventListener('click', event => { if (event.target === dialog && pressed === dialog) dialog.close(); });
  dialog.addEventListener('close', () => dialog.remove());
  fill(dialog);
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Asks whether something that cannot be undone is really meant. */
export function confirm(heading, text, yes) {
  return new Promise(resolve => {
    const dialog = open('confirm', dialog => {
      part(dialog, 'heading').textContent = heading;
      part(dialog, 'text').textContent = text;
      part(dialog, 'yes').textContent = yes;
    });
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'));
  });
}
