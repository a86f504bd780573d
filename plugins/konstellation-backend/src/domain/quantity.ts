/** Suffixes of Kubernetes quantities (`resource.Quantity`), as factors. */
const FACTORS: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

const QUANTITY = /^([+-]?\d+(?:\.\d+)?)([numkMGTP]|[KMGTP]i)?$/;

/** @returns the number a quantity such as `500m` or `256Mi` stands for; undefined where it is none */
export function parseQuantity(text: string): number | undefined {
  const match = QUANTITY.exec(text.trim());
  if (!match) return undefined;
  const factor = FACTORS[match[2] ?? ''];
  return factor === undefined ? undefined : Number(match[1]) * factor;
}

/** Writes a number in the way of another quantity: `1500m`, `256Mi`, `3`. Bytes are rounded up to whole Mi. */
export function formatQuantity(value: number, like: string): string {
  const suffix = QUANTITY.exec(like.trim())?.[2] ?? '';
  if (suffix.endsWith('i')) {
    const unit = ['Pi', 'Ti', 'Gi'].find(
      name => value > 0 && Number.isInteger(value / (FACTORS[name] ?? 1)),
    );
    if (unit) return `${value / (FACTORS[unit] ?? 1)}${unit}`;
    const mebibytes = Math.ceil(value / 2 ** 20);
    return mebibytes === 0 ? '0' : `${mebibytes}Mi`;
  }
  return Number.isInteger(value)
    ? String(value)
    : `${Math.round(value * 1_000)}m`;
}
