/** Whether a text is a web origin as the `Origin` header spells it, or `*` for any. */
export function isOrigin(text: string): boolean {
  if (text === '*') {
    return true;
  }
  try {
    const url = new URL(text);
    return /^https?:$/.test(url.protocol) && url.origin === text;
  } catch {
    return false;
  }
}
