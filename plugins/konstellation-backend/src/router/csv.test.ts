import { toCsvLine } from './csv';

describe('toCsvLine', () => {
  it('quotes as RFC 4180 has it', () => {
    expect(toCsvLine(['a', 'b,c', 'say "no"', 'two\nlines', ''])).toBe(
      'a,"b,c","say ""no""","two\nlines",\r\n',
    );
  });

  it('lets nothing run in a spreadsheet', () => {
    expect(toCsvLine(['=1+1', '+1', '-1', '@a', '\tx'])).toBe(
      "'=1+1,'+1,'-1,'@a,'\tx\r\n",
    );
  });
});
