// The document contains the markup. Scripts copy its templates and fill their parts, and set text as text, never as HTML.

export const byId = id => document.getElementById(id);

export const stamp = name => byId(`${name}-template`).content.firstElementChild.cloneNode(true);

export const part = (root, name) => root.querySelector(`[data-part="${name}"]`);

/** Sets a text, and hides the element when the text is empty. */
export function say(element, text) {
  element.textContent = text || '';
  element.hidden = !text;
}

export const useIcon = (root, name) => root.querySelector('use').setAttribute('href', `#i-${name}`);

/**
 * Makes the children of `parent` show `items` in their order. It does not touch children that are already correct, so that focus and scroll position stay.
 * @param leave removes a child without an item.
 */
export function reconcile(parent, items, { key, create, update, leave = child => child.remove() }) {
  const old = new Map();
  for (const child of parent.children)
    if (child.dataset.key) old.set(child.dataset.key, child);
  const wanted = new Set(items.map(key));
  for (const [name, child] of old)
    if (!wanted.has(name)) leave(child);
  const focused = document.activeElement;
  let place = parent.firstElementChild;
  for (const item of items) {
    while (place && !wanted.has(place.dataset.key)) place = place.nextElementSibling;
    let child = old.get(key(item));
    if (!child) {
      child = create(item);
      child.dataset.key = key(item);
    }
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
    update(child, item);
  }
  // Moving an element loses the focus.
  if (focused !== document.activeElement && parent.contains(focused)) focused.focus({ preventScroll: true });
}

/** Announces a text to screen readers. */
export function announce(text) {
  byId('announcer').textContent = text;
}
