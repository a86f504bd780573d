import { Problem, readAddress, requestEstimate } from './estimate.js';

/** Estimates that stay on the page. */
const EARLIER = 5;

const form = document.querySelector('#house');
const button = form.querySelector('button');
const answer = document.querySelector('#answer');
const problem = document.querySelector('#problem');
const price = document.querySelector('aside');
const earlier = document.querySelector('#earlier');

/** An element with text and children; text is never read as HTML. */
function element(name, attributes = {}, ...children) {
  const created = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    created.setAttribute(key, value);
  }
  created.append(...children);
  return created;
}

function addChoices(place) {
  const { name, least, most, value } = place.dataset;
  place.classList.add('choices');
  for (let count = Number(least); count <= Number(most); count++) {
    const input = element('input', { type: 'radio', name, value: count });
    input.defaultChecked = count === Number(value);
    place.append(element('label', {}, input, element('span', {}, `${count}`)));
  }
}

function readHouse() {
  const fields = new FormData(form);
  const counts = ['lotsize', 'bedrooms', 'bathrms', 'stories', 'garagepl'];
  const flags = [...form.querySelectorAll('[type=checkbox]')];
  return {
    ...Object.fromEntries(counts.map(name => [name, Number(fields.get(name))])),
    ...Object.fromEntries(flags.map(({ name, checked }) => [name, checked])),
  };
}

/** An amount written like the price, with the sign of its currency. */
function written(amount, text) {
  return text.replace(/[\d,]+$/, amount.toLocaleString('en'));
}

/** Fields that are zero are left out of the answer. */
function rangeOf({ price = 0, low = 0, high = 0, text = '' }) {
  const share = ((price - low) / Math.max(high - low, 1)) * 100;
  const marker = element('i');
  marker.style.left = `${Math.min(Math.max(share, 0), 100)}%`;
  return [
    element('div', { class: 'bar', 'aria-hidden': 'true' }, marker),
    element(
      'p',
      { class: 'ends' },
      element('span', {}, written(low, text)),
      element('span', {}, written(high, text)),
    ),
    element(
      'p',
      { class: 'range' },
      'About four of five houses like it sold in this range.',
    ),
  ];
}

function showEstimate(estimate, version) {
  const by = element('p', { class: 'by' }, 'Answered by ');
  by.append(element('code', {}, version ?? 'an unknown version'));
  answer.replaceChildren(
    element('p', { class: 'price' }, estimate.text ?? ''),
    ...rangeOf(estimate),
    by,
    element('p', { class: 'range' }, estimate.model ?? ''),
  );
}

function remember(estimate, version) {
  const list = earlier.querySelector('ol');
  list.prepend(
    element(
      'li',
      {},
      element('span', {}, estimate.text ?? ''),
      element('code', {}, version ?? ''),
    ),
  );
  while (list.children.length > EARLIER) list.lastElementChild.remove();
  earlier.hidden = false;
}

function showProblem({ title, message }) {
  problem.replaceChildren(
    element(
      'div',
      { class: 'problem', role: 'alert' },
      element('strong', {}, title),
      message,
    ),
  );
}

let shown;
let asking = false;

/** What is shown belongs to the house asked for last; the one before moves down. */
function clear() {
  problem.replaceChildren();
  answer.replaceChildren();
  if (shown) remember(shown.estimate, shown.version);
  shown = undefined;
}

async function estimate() {
  if (asking) return;
  asking = true;
  button.setAttribute('aria-disabled', 'true');
  try {
    const result = await requestEstimate(
      readAddress(location.search),
      readHouse(),
    );
    clear();
    shown = result;
    showEstimate(result.estimate, result.version);
  } catch (error) {
    clear();
    showProblem(
      error instanceof Problem
        ? error
        : { title: 'This page failed', message: String(error) },
    );
  } finally {
    asking = false;
    button.setAttribute('aria-disabled', 'false');
    // On a phone the price lies below the form.
    price.scrollIntoView({ block: 'nearest' });
  }
}

document.querySelectorAll('[data-name]').forEach(addChoices);
try {
  document.querySelector('#address').textContent = readAddress(location.search);
} catch (error) {
  showProblem(error);
}
form.addEventListener('submit', event => {
  event.preventDefault();
  void estimate();
});
