/**
 * Every code a problem can have, with what it says. Codes are stable: programs and documents refer to them.
 * @public
 */
export const PROBLEM_CODES = {
  // gzip
  'archive-gzip': 'the file is no gzip archive, or it is damaged',
  'archive-truncated': 'the archive ends before its end mark',
  'archive-trailing-data':
    'data, or another gzip member, follows the end of the archive',

  // tar
  'archive-checksum': 'the header of an entry is damaged, or it is no tar',
  'archive-header':
    'the header of an entry is one that programs read differently',
  'archive-number': 'a number in the header of an entry cannot be read',
  'archive-size': 'an entry has two sizes',
  'archive-pax': 'an extended (PAX) header is malformed or not supported',
  'archive-long-name': 'the long name (GNU) of an entry is ambiguous',
  'archive-entry-type':
    'an entry is neither a regular file nor a folder: a link, device, FIFO, sparse file …',
  'archive-folder-content': 'a folder has content',

  // names of entries
  'archive-name-encoding': 'the name of an entry is not UTF-8',
  'archive-path-control': 'a name has a control character',
  'archive-path-backslash': 'a name has a backslash',
  'archive-path-absolute': 'a path is absolute or begins with a drive letter',
  'archive-path-outside': 'a path leads out of the package',
  'archive-path-length': 'a path is longer than the limit',
  'archive-path-depth': 'a path is deeper than the limit',
  'archive-name-collision':
    'two names are equal after Unicode NFC and case folding',
  'archive-duplicate-file': 'a file stands twice in the archive',
  'archive-file-and-folder': 'a name is both a file and a folder',
  'archive-wrapped': 'the package lies in one top folder',

  // limits
  'archive-packed-size': 'the package is larger than the limit',
  'archive-unpacked-size': 'the unpacked files are larger than the limit',
  'archive-entries': 'there are more entries than the limit',
  'archive-ratio': 'the package unpacks to too many times its size',
  'manifest-size': 'krt.yml is larger than the limit',
  'proto-size': 'the .proto files are larger than what is read of them',

  // files of the package
  'manifest-missing': 'there is no krt.yml in the root',
  'manifest-twice': 'there are both krt.yml and krt.yaml',
  'not-utf8': 'krt.yml or a .proto file is not UTF-8',
  'src-missing': 'the source of a node is not in the archive',
  'proto-missing': 'the proto of the entrypoint is not in the archive',
  'readme-missing': 'warning: there is no docs/README.md',
  'requirements-unpinned':
    'warning: a requirements.txt does not say which versions it wants',
  'pickled-model': 'warning: a model is a pickle',

  // YAML
  'yaml-empty': 'krt.yml is empty',
  'yaml-syntax': 'krt.yml is no YAML',
  'yaml-length': 'krt.yml has more words and marks than are read',
  'yaml-documents': 'krt.yml has more than one document',
  'yaml-depth': 'krt.yml is nested too deep',
  'yaml-alias': 'krt.yml has an alias',
  'yaml-tag': 'krt.yml has an unknown tag',
  'yaml-key': 'a key is not a plain word',
  'yaml-duplicate-key': 'a key stands twice in one map',

  // formats
  'format-v1-fields': 'a v2 manifest has fields of krtVersion v1',
  'format-v2-fields': 'a v1 manifest has fields of krtVersion v2',
  'format-unknown': 'krtVersion is unknown',
  'format-unsupported': 'the package is of the successor product’s format',

  // manifest
  required: 'a field is absent or empty',
  'wrong-type': 'a value is of another type than its field',
  'unknown-field': 'a field is not known',
  'name-length': 'a name is too long',
  'name-pattern': 'a name has characters it must not have',
  'name-reserved': 'a node has the name of a part of the engine',
  'duplicate-name': 'a name, key or rpc is used twice',
  'key-pattern': 'a configuration key has characters it must not have',
  'key-reserved': 'a configuration key begins with KRT_',
  'image-reference': 'an image reference is malformed',
  'image-latest': 'warning: an image has no fixed tag',
  'proto-name': 'the proto does not end with .proto',
  'unknown-node': 'a workflow names a node that is not in `nodes`',
  'node-unused': 'warning: no workflow uses a node',
  'subscription-pattern': 'a subscription is malformed',
  'unknown-subscription':
    'a node subscribes to one that is not in its workflow',
  'subscription-self': 'a node subscribes to itself',
  'subscription-cycle': 'warning: messages can go in a circle',
  'node-unreachable': 'no message of the entrypoint gets to a node',
  'unknown-exitpoint': 'the exitpoint is no node of its workflow',
  'exitpoint-unreachable': 'no message of the entrypoint gets to the exitpoint',
  'entrypoint-src-ignored':
    'warning: the package brings its own entrypoint code',

  // proto
  'proto-syntax': 'a proto cannot be parsed',
  'proto-unsupported': 'a proto is of a kind that cannot be served',
  'proto-import': 'an imported proto is neither built in nor in the archive',
  'proto-unresolved': 'a type of the proto is not declared',
  'proto-service': 'the proto does not hold exactly one service',
  'rpc-unknown': 'a workflow names an rpc that the proto does not have',
  'rpc-stream': 'an rpc of a workflow streams',

  // all of it
  'more-problems': 'there are more problems than are listed',
} as const;

/** @public */
export type KrtProblemCode = keyof typeof PROBLEM_CODES;
