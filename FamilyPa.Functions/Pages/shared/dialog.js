// Native modal dialogs, which trap the focus and return it. An element exists only while its dialog is open.

import { part, stamp } from './dom.js';

/** Opens a new dialog. Buttons marked data-close, Escape, and a click on the backdrop close it. */
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

/** Asks for confirmation of an action that cannot be undone. */
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
