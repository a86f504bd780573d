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

function longs(options: readonly Option[]): Map<string, Option> {
  return new Map(options.map(option => [option.long ?? option.flags, option]));
}

/** A command of commands is completed as one, with all they take. */
function commandsOf(program: Command): Completed[] {
  return program.commands.map(command => ({
    name: command.name(),
    description: command.description(),
    options: [
      ...longs([
        ...command.options,
        ...command.commands.flatMap(inner => inner.options),
        ...program.options,
      ]).values(),
    ],
    choices: [
      ...command.commands.map(inner => inner.name()),
      ...command.registeredArguments.flatMap(
        ({ argChoices = [] }) => argChoices,
      ),
    ],
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

/** Values of options that take one of a few. */
function bashValues({ name, options }: Completed): string[] {
  return options.flatMap(option =>
    option.argChoices
      ? flags([option]).map(
          flag =>
            `    ${quoted(`${name} ${flag}`)}) values=${quoted(
              option.argChoices?.join(' ') ?? '',
            )} ;;`,
        )
      : [],
  );
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
  local current="\${COMP_WORDS[COMP_CWORD]}" command="\${COMP_WORDS[1]}" words='' choices='' values=''
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoted(names)} -- "$current"))
    return
  fi
  case "$command" in
${cases}
  esac
  case "$command \${COMP_WORDS[COMP_CWORD-1]}" in
${commands.flatMap(bashValues).join('\n')}
  esac
  if [ -n "$values" ]; then
    COMPREPLY=($(compgen -W "$values" -- "$current"))
    return
  fi
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    *)
      if [ -n "$choices" ]; then COMPREPLY=($(compgen -W "$choices" -- "$current"))
      else COMPREPLY=($(compgen -f -- "$current")); fi ;;
  esac
}
complete -o filenames -F _krt krt`;
}

function zshValue({ required, optional, argChoices }: Option): string {
  if (!required && !optional) return '';
  return argChoices ? `:value:(${argChoices.join(' ')})` : ':value:_files';
}

function zsh(commands: readonly Completed[]): string {
  const described = commands
    .map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`)
    .join('\n');
  const cases = commands
    .map(({ name, options, choices }) => {
      const specs = options
        .map(option => {
          const description = option.description.replace(/[[\]:]/g, ' ');
          return quoted(
            `${option.long ?? option.short}[${description}]${zshValue(option)}`,
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

function fishOption(name: string, option: Option): string {
  const { long, short, description, required, optional, argChoices } = option;
  return [
    `complete -c krt -n '__fish_seen_subcommand_from ${name}'`,
    ...(long ? [`-l ${long.slice(2)}`] : []),
    ...(short ? [`-s ${short.slice(1)}`] : []),
    ...(required || optional ? ['-r'] : []),
    ...(argChoices ? [`-f -a ${quoted(argChoices.join(' '))}`] : []),
    `-d ${quoted(description)}`,
  ].join(' ');
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
    ...options.map(option => fishOption(name, option)),
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
