/** @jest-environment node */
import { nodePlatform } from './node';
import { packKrt } from './packKrt';
import { readKrt } from './readKrt';
import { unpinnedRequirements } from './requirements';

const bytes = (text: string) => new TextEncoder().encode(text);

async function warningsOf(files: Record<string, string | Uint8Array>) {
  const krt = await packKrt(
    Object.entries(files).map(([path, content]) => ({
      path,
      content: typeof content === 'string' ? bytes(content) : content,
    })),
  );
  async function* source() {
    yield krt;
  }
  const { problems } = await readKrt(source(), { platform: nodePlatform });
  return problems.filter(({ severity }) => severity === 'warning');
}

describe('warnings', () => {
  it.each([
    ['numpy', ['numpy']],
    ['numpy>=1.0', ['numpy>=1.0']],
    ['numpy==1.*', ['numpy==1.*']],
    ['numpy==1.26.4', []],
    ['numpy == 1.26.4 ; python_version > "3.7"', []],
    ['numpy[extra]==1.26.4 --hash=sha256:00', []],
    ['numpy==1.26.4 \\\n  --hash=sha256:00', []],
    ['thing @ https://example.com/thing-1.0.whl', []],
    ['# numpy\n\n-r other.txt\n--only-binary :all:', []],
    ['a==1,<2', ['a==1,<2']],
  ])('know which requirements are open: %j', (text, open) => {
    expect(unpinnedRequirements(text)).toEqual(open);
  });

  it('name open requirements and pickles by their files', async () => {
    const warnings = await warningsOf({
      'requirements.txt': 'numpy==1.26.4\n',
      'src/etl/requirements.txt': 'a\nb\nc\nd\n',
      'models/price.pkl': 'anything',
      'models/price.bin': new Uint8Array([0x80, 0x04, 0x95]),
      'models/weights.bin': new Uint8Array([1, 2, 3]),
      'models/price.json': '{}',
    });
    expect(warnings).toMatchObject([
      {
        code: 'requirements-unpinned',
        file: 'src/etl/requirements.txt',
        message: expect.stringContaining('a, b, c and 1 more'),
      },
      { code: 'pickled-model', file: 'models/price.bin' },
      {
        code: 'pickled-model',
        file: 'models/price.pkl',
        message: expect.stringContaining('runs code from it'),
      },
    ]);
  });
});
