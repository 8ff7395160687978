"""The script for zsh: one function, which does its work when it is first called.

`_arguments` reads the line; what the program is asked for goes to `compadd` as it is, which
quotes it, since `_describe` would take a colon in a name for its own.
"""

from collections.abc import Iterator

from milvusconn_cli.completion.model import (
    ASKED_FOR,
    SECRET_FORMS,
    URI_FORMS,
    Argument,
    Command,
    Kind,
    Option,
    Program,
    Value,
    filled,
)

_SCRIPT = r"""#compdef milvusconn
# zsh @MARK@
# To be put into a directory that is on fpath: `milvusconn completion install zsh`.

# What the program knows: aliases, tags, causes. $1 is their kind.
_milvusconn_ask() {
    local program=milvusconn row word config=${(Q)opt_args[--config]:-}
    local -a rows names shown given expl
    local -i width=0
    [[ $_milvusconn_program == */* ]] && program=${_milvusconn_program/#\~\//$HOME/}
    # The words that are there already, but for the one that is being typed.
    given=("${(@Q)line}")
    given=("${(@)given:#${(Q)PREFIX}${(Q)SUFFIX}}")
    rows=("${(@f)$($program __complete $1 ${config:+--config} $config -- "${(@)given}" 2>/dev/null </dev/null)}")
    names=("${(@)rows%%$'\t'*}")
    for word in "${(@)names}"; do
        (( $#word > width )) && width=$#word
    done
    for row in "${(@)rows}"; do
        word=${row%%$'\t'*}
        [[ $row == *$'\t'* ]] && word="${(r:width:)word}  -- ${row#*$'\t'}"
        shown+=("$word")
    done
    [[ -n $rows[1] ]] || return 1
    _wanted -V $1 expl ${1%s} compadd -ld shown -a names
}

# The forms of a secret, and what a variable or a file adds to them.
_milvusconn_secret() {
    local -a forms=(
@SECRETS@
    )
    if compset -P 'env:'; then
        _parameters -g '*export*'
    elif compset -P 'file:'; then
        _files
    else
        _describe -t forms secret forms -S ''
    fi
}

# The schemes of a URI, and the files that are databases.
_milvusconn_uri() {
    local -a forms=(
@URIS@
    )
    if compset -P 'unix:'; then
        _files
    elif [[ $PREFIX != *://* ]]; then
        _alternative \
            'forms:scheme:{_describe scheme forms -S ""}' \
            'files:database:_files -g "*.db(-.,-/)"'
    fi
}

_milvusconn_commands() {
    local -a commands=(
@COMMANDS@
    )
    _describe -t commands command commands
}

_milvusconn() {
    local curcontext=$curcontext _milvusconn_program=${(Q)words[1]} state line ret=1
    typeset -A opt_args
    _arguments -C -S : \
@OPTIONS@
        '1: :_milvusconn_commands' \
        '*:: :->verb' && ret=0
    [[ $state == verb ]] || return ret
    curcontext="${curcontext%:*:*}:milvusconn-$words[1]:"
    case $words[1] in
@VERBS@
    esac
    return ret
}

if [[ $funcstack[1] == _milvusconn ]]; then
    _milvusconn "$@"
else
    compdef _milvusconn milvusconn
fi
"""


def script(program: Program) -> str:
    """The whole file."""
    return filled(
        _SCRIPT,
        secrets="\n".join(_described(form, told) for form, told in SECRET_FORMS),
        uris="\n".join(_described(form, told) for form, told in URI_FORMS),
        commands="\n".join(_described(one.name, one.told) for one in program.commands),
        options="\n".join(
            f"        {spec} \\" for option in program.options for spec in _option(option)
        ),
        verbs="\n".join(line for command in program.commands for line in _verb(command)),
    )


def _verb(command: Command) -> Iterator[str]:
    specs = [spec for option in command.options for spec in _option(option)]
    specs += [_argument(argument) for argument in command.arguments]
    yield f"        {command.name})"
    yield "            _arguments -s -S : \\"
    yield from (f"                {spec} \\" for spec in specs[:-1])
    yield f"                {specs[-1]} && ret=0"
    yield "            ;;"


def _option(option: Option) -> Iterator[str]:
    """The option's specification, one for each of its names."""
    before = "*" if option.repeatable else f"({' '.join(option.names)})"
    if "--help" in option.names or "--version" in option.names:
        before = "(- *)"
    for name in option.names:
        glued = "" if option.value is None else "=" if name.startswith("--") else "+"
        value = f":{_plain(option.value.name)}:{_action(option.value)}" if option.value else ""
        yield _quoted(f"{before}{name}{glued}[{_plain(option.told)}]{value}")


def _argument(argument: Argument) -> str:
    place = "*" if argument.many else ""
    return _quoted(f"{place}:{_plain(argument.value.name)}:{_action(argument.value)}")


def _action(value: Value) -> str:
    """What offers the values. A space before it keeps `_arguments` from adding words of its own."""
    if value.kind is Kind.FIXED:
        return f"({' '.join(value.words)})"
    if value.kind in ASKED_FOR:
        return f" _milvusconn_ask {value.kind.value}"
    return {
        Kind.FILE: "_files",
        Kind.SECRET: " _milvusconn_secret",
        Kind.URI: " _milvusconn_uri",
    }.get(value.kind, " ")


def _described(word: str, told: str) -> str:
    name = word.replace(":", "\\:")
    return f"        {_quoted(f'{name}:{told}')}"


def _plain(text: str) -> str:
    r"""Text without meaning to `_arguments`."""
    for mark in "\\:[]":
        text = text.replace(mark, f"\\{mark}")
    return text


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
