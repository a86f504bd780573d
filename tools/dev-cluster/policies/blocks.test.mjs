import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBlock, parseBlock, subtract } from './blocks.mjs';

test('reads and writes blocks, from their first address on', () => {
  assert.equal(formatBlock(parseBlock('10.1.2.3/8')), '10.0.0.0/8');
  assert.equal(formatBlock(parseBlock('255.255.255.255')), '255.255.255.255');
  assert.equal(formatBlock(parseBlock('0.0.0.0/0')), '0.0.0.0/0');
});

test('takes nothing else for one', () => {
  for (const text of ['', '10.0.0', '10.0.0.256', '10.0.0.0/33', 'fd00::/8']) {
    assert.equal(parseBlock(text), undefined);
  }
});

test('nothing is left where the exception is all', () => {
  assert.deepEqual(subtract('10.0.0.0/24', ['10.0.0.0/16']), []);
});

test('an exception elsewhere changes nothing', () => {
  assert.deepEqual(subtract('10.0.0.0/24', ['10.0.1.0/24']), ['10.0.0.0/24']);
});

test('what is left are all addresses but those of the exceptions', () => {
  const left = subtract('10.0.0.0/24', ['10.0.0.8/29', '10.0.0.255/32']);
  const size = left
    .map(each => 2 ** (32 - parseBlock(each).length))
    .reduce((sum, each) => sum + each, 0);
  assert.equal(size, 256 - 8 - 1);
  assert.ok(left.includes('10.0.0.0/29'));
  assert.equal(subtract('0.0.0.0/0', ['169.254.169.254/32']).length, 32);
});
