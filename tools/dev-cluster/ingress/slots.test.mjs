import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Slots } from './slots.mjs';

const taken = places =>
  places
    .map(each => each ?? '-')
    .join('')
    .replace(/-+$/, '');

test('who stays keeps its place, who comes takes one that was free before', () => {
  const slots = new Slots();
  assert.equal(taken(slots.place('a', ['x', 'y'])), 'xy');
  assert.equal(taken(slots.place('a', ['y', 'z'])), '-yz');
  assert.equal(taken(slots.place('a', ['z', 'w'])), 'w-z');
});

test('there is always room for one more, so that few changes need more places', () => {
  const slots = new Slots();
  assert.equal(slots.place('a', []).length, 8);
  const many = Array.from({ length: 8 }, (_, index) => String(index));
  assert.equal(slots.place('a', many).length, 16);
  // Places are not taken away again.
  assert.equal(slots.place('a', []).length, 16);
});

test('backends do not share places', () => {
  const slots = new Slots();
  slots.place('a', ['x']);
  assert.equal(taken(slots.place('b', ['y'])), 'y');
});
