/** Languages a starter can be in. */
export type Language = 'python' | 'node';

const IMAGE: Record<Language, string> = {
  python: 'konstellation/python:0.1.0',
  node: 'konstellation/node:0.1.0',
};

const SRC: Record<Language, string> = {
  python: 'src/greeter.py',
  node: 'src/greeter.ts',
};

function manifest(language: Language, name: string): string {
  return `version: ${name}-v1
description: Greets whoever calls.
entrypoint:
  proto: public_input.proto
  image: konstellation/entrypoint:0.1.0
nodes:
  - name: greeter
    image: ${IMAGE[language]}
    src: ${SRC[language]}
workflows:
  - name: greeting
    entrypoint: Greet
    sequential:
      - greeter
`;
}

const PROTO = `syntax = "proto3";

package greeter;

message GreetRequest {
  // Who calls. example: "Ada"
  string name = 1;
}

message GreetResponse {
  string greeting = 1;
}

service Greeter {
  rpc Greet(GreetRequest) returns (GreetResponse);
}
`;

const PYTHON = `import json


def init(ctx):
    """Runs once, before the first call: load models here."""
    with open(ctx.path("models/greetings.json"), encoding="utf-8") as file:
        ctx.set("greetings", json.load(file))


def handler(ctx, data):
    """Runs for each call: a dict in, a dict out, with the names of the proto."""
    greeting = ctx.get("greetings")["default"]
    ctx.logger.info("greeting %s", data["name"])
    return {"greeting": greeting.format(name=data["name"] or "stranger")}
`;

const TYPESCRIPT = `import { readFile } from 'node:fs/promises';
import type { Context } from '@konstellation/runner-node';

interface State {
  greeting: string;
}

/** Runs once, before the first call: load models here. */
export async function init(ctx: Context<State>) {
  const text = await readFile(ctx.path('models/greetings.json'), 'utf8');
  ctx.set('greeting', JSON.parse(text).default);
}

/** Runs for each call: an object in, an object out, with the names of the proto. */
export function handler(ctx: Context<State>, data: { name: string }) {
  ctx.logger.info('greeting', { name: data.name });
  const name = data.name || 'stranger';
  return { greeting: ctx.get('greeting').replace('{name}', name) };
}
`;

function documentation(name: string): string {
  return `# ${name}

Greets whoever calls. \`Greet\` takes a name and gives a greeting.
`;
}

function readme(name: string): string {
  return `# ${name}

    krt test .                      run the workflows here and see the answers
    krt validate .                  say all that is wrong
    krt pack .                      make ${name}-v1.krt; the same files give the same bytes
    krt push ${name}-v1.krt -r RUNTIME --start

A version never changes: before you push again, write another \`version\` in krt.yml.
What goes into the package is everything here but what .krtignore names.
`;
}

/** A package that runs, by path. */
export function starterFiles(
  language: Language,
  name: string,
): Record<string, string> {
  return {
    'krt.yml': manifest(language, name),
    'public_input.proto': PROTO,
    [SRC[language]]: language === 'python' ? PYTHON : TYPESCRIPT,
    'models/greetings.json': '{ "default": "Hello {name}" }\n',
    'docs/README.md': documentation(name),
    '.krtignore':
      '# What stays here, in the way of .gitignore\n/README.md\n*.log\n',
    'README.md': readme(name),
  };
}
