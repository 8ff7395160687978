"""The script for fish: one `complete` a word, each with the place where it may stand.

fish asks every condition at each TAB, and each only once, so there are few: one a verb for its
options, one for each of its arguments.
"""

from collections.abc import Iterator

from milvusconn_cli.completion.model import (
    ASKED_FOR,
    SECRET_FORMS,
    URI_FORMS,
    Command,
    Kind,
    Option,
    Program,
    Value,
    filled,
)

_SCRIPT = r"""# fish @MARK@
# To be put where fish looks for it: `milvusconn completion install fish`.

# The words before the cursor that are no options: the verb, and what was given to it. After
# `--config` the registry file, if one is named.
function __milvusconn_read_line
    set -l tokens (commandline -opc)
    set -e tokens[1]
    set -l words
    set -l config
    set -l option
    set -l ended
    for token in $tokens
        if test -n "$option"
            test $option = --config; and set config $token
            set option
        else if test -n "$ended"; or not string match -q -- '-?*' $token
            set -a words $token
        else if test "$token" = --
            set ended 1
        else if string match -q -- '--*=*' $token
            string match -q -- '--config=*' $token; and set config (string replace -- --config= '' $token)
        else if string match -q -- '--*' $token
            __milvusconn_takes_value "$words[1]" $token; and set option $token
        else
            set -l letters (string split '' -- (string sub -s 2 -- $token))
            for i in (seq (count $letters))
                if __milvusconn_takes_value "$words[1]" -$letters[$i]
                    test $i -eq (count $letters); and set option -$letters[$i]
                    break
                end
            end
        end
    end
    printf '%s\n' $words
    test -n "$config"; and printf '%s\n' --config $config
    return 0
end

# Whether option $2 of verb $1 takes a value.
function __milvusconn_takes_value
    switch $argv[1]
@VALUES@
    end
    return 1
end

# Whether the verb is $1, and where $2 is given, that many words were given to it.
function __milvusconn_at
    set -l words (__milvusconn_read_line)
    set -l config (contains -i -- --config $words); and set words $words[1..(math $config - 1)]
    test "$words[1]" = "$argv[1]"; or return 1
    test (count $argv) -lt 2; or test (math (count $words) - 1) -eq $argv[2]
end

function __milvusconn_without_verb
    set -l words (__milvusconn_read_line)
    test -z "$words[1]"; or test "$words[1]" = --config
end

# What the program knows: aliases, tags, causes.
function __milvusconn_ask
    set -l words (__milvusconn_read_line)
    set -l config (contains -i -- --config $words)
    set -l option
    if test -n "$config"
        set option --config $words[(math $config + 1)]
        set words $words[1..(math $config - 1)]
    end
    set -l program (commandline -opc)[1]
    string match -q -- '*/*' $program; or set program milvusconn
    set program (string replace -r -- '^~/' $HOME/ $program)
    $program __complete $argv[1] $option -- $words[2..] </dev/null 2>/dev/null
end

# The value that is being typed, without its quotes, and without the option where it is glued to it.
function __milvusconn_typed
    commandline -ct | string unescape | string replace -r -- '^--[^=]*=' ''
end

# The files that go on from what is typed after $1, with $1 before them.
function __milvusconn_files
    set -l typed (__milvusconn_typed | string replace -- $argv[1] '')
    set -l home
    if string match -q -- '~/*' $typed
        set home $HOME/
        set typed $HOME/(string sub -s 3 -- $typed)
    end
    for file in $typed*
        test -d $file; and set file $file/
        test -n "$home"; and set file '~/'(string sub -s (math (string length -- $home) + 1) -- $file)
        printf '%s%s\n' $argv[1] $file
    end
end

function __milvusconn_secret
    switch (__milvusconn_typed)
        case 'env:*'
            printf 'env:%s\n' (set -nx)
        case 'file:*'
            __milvusconn_files file:
        case '*'
@SECRETS@
    end
end

function __milvusconn_uri
    switch (__milvusconn_typed)
        case 'unix:*'
            __milvusconn_files unix:
        case '*://*'
        case '*'
@URIS@
            for file in (__milvusconn_files '')
                string match -qr -- '/$|\.db$' $file; and printf '%s\n' $file
            end
    end
end

complete -c milvusconn -e
complete -c milvusconn -f
@COMPLETES@
"""


def script(program: Program) -> str:
    """The whole file."""
    return filled(
        _SCRIPT,
        values="\n".join(line for command in program.commands for line in _values(command)),
        secrets=_printed(SECRET_FORMS),
        uris=_printed(URI_FORMS),
        completes="\n".join(_completes(program)),
    )


def _values(command: Command) -> Iterator[str]:
    names = [name for option in command.options if option.value for name in option.names]
    if names:
        yield f"        case {command.name}"
        yield f"            contains -- $argv[2] {' '.join(names)}; and return 0"


def _completes(program: Program) -> Iterator[str]:
    for option in program.options:
        yield _line("__milvusconn_without_verb", _option(option))
    for command in program.commands:
        told = f"-a {command.name} -d {_quoted(command.told)}"
        yield _line("__milvusconn_without_verb", told)
    for command in program.commands:
        yield ""
        for option in command.options:
            yield _line(f"__milvusconn_at {command.name}", _option(option))
        for place, argument in enumerate(command.arguments):
            offered = _offered(argument.value)
            if offered:
                where = "" if argument.many else f" {place}"
                yield _line(f"__milvusconn_at {command.name}{where}", offered)


def _line(condition: str, rest: str) -> str:
    return f"complete -c milvusconn -n {_quoted(condition)} {rest}"


def _option(option: Option) -> str:
    names = [f"-s {name[1:]}" for name in option.short] + [f"-l {name[2:]}" for name in option.long]
    value = ""
    if option.value:
        value = f" -r {_offered(option.value)}".rstrip()
        if option.value.kind is not Kind.FILE:
            value = value.replace(" -r", " -x", 1)
    return f"{' '.join(names)}{value} -d {_quoted(option.told)}"


def _offered(value: Value) -> str:
    if value.kind is Kind.FIXED:
        return f"-a {_quoted(' '.join(value.words))}"
    if value.kind in ASKED_FOR:
        return f"-a {_quoted(f'(__milvusconn_ask {value.kind.value})')}"
    return {
        Kind.FILE: "-F",
        Kind.SECRET: "-a '(__milvusconn_secret)'",
        Kind.URI: "-a '(__milvusconn_uri)'",
    }.get(value.kind, "")


def _printed(forms: tuple[tuple[str, str], ...]) -> str:
    return "\n".join(
        f"            printf '%s\\t%s\\n' {_quoted(form)} {_quoted(told)}" for form, told in forms
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
