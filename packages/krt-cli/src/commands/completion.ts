import { Argument, type Command, type Option } from 'commander';
import { outputOf } from './context';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** A command as shells complete it. */
interface Completed {
  name: string;
  description: string;
  options: readonly Option[];
  /** What an argument may be, where it is not a file or a name. */
  choices: readonly string[];
}

function commandsOf(program: Command): Completed[] {
  return program.commands.map(command => ({
    name: command.name(),
    description: command.description(),
    options: [...command.options, ...program.options],
    choices: command.registeredArguments.flatMap(
      ({ argChoices = [] }) => argChoices,
    ),
  }));
}

function flags(options: readonly Option[]): string[] {
  return options.flatMap(({ short, long }) => [
    ...(long ? [long] : []),
    ...(short ? [short] : []),
  ]);
}

/** Text in single quotes, for every shell. */
function quoted(text: string): string {
  return `'${text.replace(/'/g, '’')}'`;
}

function bash(commands: readonly Completed[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const cases = commands
    .map(
      ({ name, options, choices }) =>
        `    ${name}) words=${quoted(flags(options).join(' '))}${
          choices.length > 0 ? ` choices=${quoted(choices.join(' '))}` : ''
        } ;;`,
    )
    .join('\n');
  return `# bash completion for krt; in ~/.bashrc: source <(krt completion bash)
_krt() {
  local current="\${COMP_WORDS[COMP_CWORD]}" command="\${COMP_WORDS[1]}" words='' choices=''
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoted(names)} -- "$current"))
    return
  fi
  case "$command" in
${cases}
  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    *)
      if [ -n "$choices" ]; then COMPREPLY=($(compgen -W "$choices" -- "$current"))
      else COMPREPLY=($(compgen -f -- "$current")); fi ;;
  esac
}
complete -o filenames -F _krt krt`;
}

function zsh(commands: readonly Completed[]): string {
  const described = commands
    .map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`)
    .join('\n');
  const cases = commands
    .map(({ name, options, choices }) => {
      const specs = options
        .map(option => {
          const takes =
            option.required || option.optional ? ':value:_files' : '';
          const description = option.description.replace(/[[\]:]/g, ' ');
          return quoted(
            `${option.long ?? option.short}[${description}]${takes}`,
          );
        })
        .join(' ');
      const rest =
        choices.length > 0
          ? `'*:choice:(${choices.join(' ')})'`
          : `'*:file:_files'`;
      return `    ${name}) _arguments ${specs} ${rest} ;;`;
    })
    .join('\n');
  return `#compdef krt
# zsh completion for krt; in ~/.zshrc: source <(krt completion zsh)
_krt() {
  local -a commands
  commands=(
${described}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command="$words[2]"
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases}
  esac
}
compdef _krt krt`;
}

function fish(commands: readonly Completed[]): string {
  const lines = commands.flatMap(({ name, description, options, choices }) => [
    `complete -c krt -n __fish_use_subcommand -f -a ${name} -d ${quoted(
      description,
    )}`,
    ...(choices.length > 0
      ? [
          `complete -c krt -n '__fish_seen_subcommand_from ${name}' -f -a ${quoted(
            choices.join(' '),
          )}`,
        ]
      : []),
    ...options.map(
      ({ long, short, description: what, required, optional }) =>
        `complete -c krt -n '__fish_seen_subcommand_from ${name}'${
          long ? ` -l ${long.slice(2)}` : ''
        }${short ? ` -s ${short.slice(1)}` : ''}${
          required || optional ? ' -r' : ''
        } -d ${quoted(what)}`,
    ),
  ]);
  return [
    '# fish completion for krt; write it to ~/.config/fish/completions/krt.fish',
    ...lines,
  ].join('\n');
}

const SCRIPTS: Record<Shell, (commands: readonly Completed[]) => string> = {
  bash,
  zsh,
  fish,
};

export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a script that completes commands and options')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .action((shell: Shell, _options, command: Command) => {
      const script = SCRIPTS[shell](commandsOf(program));
      outputOf(command).result({ shell, script }, () => script);
    });
}
