import type { LogLine } from '@konstellation/backstage-plugin-konstellation-common';
import { appendLines, filterLines, MAXIMUM_LINES, noLines } from './logLines';

function line(message: string, level: LogLine['level'] = 'info'): LogLine {
  return { at: '', node: 'etl', pod: 'p', container: 'c', level, message };
}

describe('appendLines', () => {
  it('keeps the newest lines within its bound and counts the others', () => {
    const many = Array.from({ length: MAXIMUM_LINES }, (_, index) =>
      line(String(index)),
    );
    const buffer = appendLines(appendLines(noLines, many), [line('newest')]);
    expect(buffer.lines).toHaveLength(MAXIMUM_LINES);
    expect(buffer.lines[0].message).toBe('1');
    expect(buffer.lines[MAXIMUM_LINES - 1].message).toBe('newest');
    expect(buffer.dropped).toBe(1);
  });
});

describe('filterLines', () => {
  it('keeps a level and those above it, the words, and markers', () => {
    const lines = [
      line('Loaded model', 'debug'),
      line('Model is slow', 'warn'),
      line('KeyError', 'error'),
      { ...line('gap'), marker: true },
    ];
    const messages = (level: LogLine['level'], search = '') =>
      filterLines(lines, { level, search }).map(each => each.message);
    expect(messages('warn')).toEqual(['Model is slow', 'KeyError', 'gap']);
    expect(messages('debug', 'MODEL')).toEqual([
      'Loaded model',
      'Model is slow',
      'gap',
    ]);
  });
});
