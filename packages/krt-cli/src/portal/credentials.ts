import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** What a login left of one portal. */
export interface PortalCredentials {
  /** `guest` is asked anew, `oauth` is refreshed. */
  kind: 'oauth' | 'guest';
  accessToken: string;
  refreshToken?: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

export interface Credentials {
  /** URL of the portal commands go to. */
  selected?: string;
  portals: Record<string, PortalCredentials>;
}

/** Folder of what this tool remembers. */
export function stateFolder(): string {
  return join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'krt');
}

function file(): string {
  return join(stateFolder(), 'credentials.json');
}

function isCredentials(value: unknown): value is Credentials {
  return typeof value === 'object' && value !== null && 'portals' in value;
}

export async function readCredentials(): Promise<Credentials> {
  try {
    const stored: unknown = JSON.parse(await readFile(file(), 'utf8'));
    if (isCredentials(stored)) return stored;
  } catch {
    // None yet, or not to be read: one logs in again.
  }
  return { portals: {} };
}

/** Only this user may read them. */
export async function writeCredentials(
  credentials: Credentials,
): Promise<void> {
  await mkdir(dirname(file()), { recursive: true, mode: 0o700 });
  const part = `${file()}.${process.pid}`;
  await writeFile(part, JSON.stringify(credentials, undefined, 2), {
    mode: 0o600,
  });
  await chmod(part, 0o600);
  await rename(part, file());
}
