import { screen, within } from '@testing-library/react';
import type { KrtProblem } from '@konstellation/backstage-plugin-konstellation-common';
import { FakeKonstellationApi } from '../../__testUtils__/FakeKonstellationApi';
import { renderElement } from '../../__testUtils__/renderPage';
import { ProblemList } from './ProblemList';

const problems: KrtProblem[] = [
  {
    path: 'nodes[1].src',
    line: 3,
    column: 10,
    code: 'file-missing',
    severity: 'error',
    message: 'src/modle.py is not in the package.',
    hint: 'Did you mean src/model.py?',
    file: 'krt.yml',
  },
  {
    path: 'version',
    line: 1,
    code: 'name-invalid',
    severity: 'error',
    message: 'Invalid resource name "V1".',
  },
  {
    path: '',
    code: 'docs-missing',
    severity: 'warning',
    message: 'There is no documentation.',
    file: 'docs/README.md',
  },
];

describe('ProblemList', () => {
  it('groups by file, in the order of lines, with hint and line', async () => {
    await renderElement(
      new FakeKonstellationApi(),
      <ProblemList
        problems={problems}
        manifest={'version: V1\nnodes:\n  - src: src/modle.py\n'}
      />,
    );

    const manifest = screen.getByRole('region', {
      name: 'Problems of krt.yml',
    });
    const [first, second] = within(manifest).getAllByRole('listitem');
    expect(first).toHaveTextContent('Error, line 1: Invalid resource name');
    expect(first).toHaveTextContent('version: V1');
    expect(second).toHaveTextContent('Error, line 3, column 10');
    expect(second).toHaveTextContent('- src: src/modle.py');
    expect(second).toHaveTextContent('Did you mean src/model.py?');

    expect(
      screen.getByRole('region', { name: 'Problems of docs/README.md' }),
    ).toHaveTextContent('Warning: There is no documentation.');
  });
});
