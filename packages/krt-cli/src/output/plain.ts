/** All but tab and newline: what would move the cursor or change colours. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Text of a package or a node for a terminal: it cannot write over what was shown before. */
export function plain(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(CONTROLS, '\ufffd');
}

/** The same for a cell of a table. */
export function oneLine(text: string): string {
  return plain(text).replace(/\s+/g, ' ').trim();
}
