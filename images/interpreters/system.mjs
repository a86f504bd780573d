// What every image has of an operating system: users, names, certificates. No shell, no tools.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/toolchain.mjs';
import { directory, file, symlink, tree } from '../oci/index.mjs';
import { librariesByName } from './libraries.mjs';

export const SYSTEM_FOLDER = 'images/system/etc';
export const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** The C library loads these when it looks names up, or when a thread ends. */
const LOADED_LATER = ['libnss_dns.so.2', 'libnss_files.so.2', 'libgcc_s.so.1'];
/** Parts of the C library that wheels and native addons are linked to, though it holds them itself since glibc 2.34. */
const C_LIBRARY = [
  'libanl.so.1',
  'libdl.so.2',
  'libm.so.6',
  'libpthread.so.0',
  'libresolv.so.2',
  'librt.so.1',
  'libutil.so.1',
];

/** @throws an Error that says what this machine lacks */
export function systemEntries() {
  if (!existsSync(CERTIFICATES)) {
    throw new Error(
      `This machine has no ${CERTIFICATES} (on Debian: ca-certificates)`,
    );
  }
  return [
    ...tree('/etc', join(root, SYSTEM_FOLDER)),
    file(CERTIFICATES, CERTIFICATES, 0o644),
    directory('/tmp', 0o1777),
    directory('/krt'),
    symlink('/bin', 'usr/bin'),
    symlink('/lib', 'usr/lib'),
    symlink('/lib64', 'usr/lib64'),
    ...librariesByName([...LOADED_LATER, ...C_LIBRARY]),
  ];
}
