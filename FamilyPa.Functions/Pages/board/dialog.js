// The browser's own modal dialogs: they hold the focus while open and give it back.

import { byId, part } from '../shared/dom.js';

/** Opens a dialog; each of its buttons marked data-close, Escape, and a press beside it close it. */
export function open(id) {
  const dialog = byId(id);
  if (!dialog.dataset.wired) {
    dialog.dataset.wired = 'yes';
    for (const button of dialog.querySelectorAll('[data-close]')) button.addEventListener('click', () => dialog.close());
    let pressed;
    dialog.addEventListener('pointerdown', event => { pressed = event.target; });
    dialog.addEventListener('click', event => { if (event.target === dialog && pressed === dialog) dialog.close(); });
  }
  dialog.returnValue = '';
  dialog.showModal();
  return dialog;
}

/** Asks whether something that cannot be undone is really meant. */
export function confirm(heading, text, yes) {
  byId('confirm-heading').textContent = heading;
  byId('confirm-text').textContent = text;
  const dialog = byId('confirm-dialog');
  part(dialog, 'yes').textContent = yes;
  open('confirm-dialog');
  return new Promise(resolve => dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true }));
}
