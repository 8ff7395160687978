"""The script for bash: for bash-completion 2, which loads it by its name, and for a bare bash.

bash cuts the line at COMP_WORDBREAKS, so in the middle of an alias with a colon and of
`--config=FILE`, and leaves quotes in. So the script reads the line itself: which words there are
without their quotes, what is being typed, and where readline's own word begins in it.
"""

from collections.abc import Iterator, Sequence

from milvusconn_cli.completion.model import (
    ASKED_FOR,
    SECRET_FORMS,
    URI_FORMS,
    Command,
    Option,
    Program,
    Value,
    filled,
)

_SCRIPT = r"""# bash @MARK@
# To be sourced, or put where bash-completion looks for it: `milvusconn completion install bash`.

# What the line holds up to the cursor. Sets `words`, each without its quotes; `cur`, the word that
# is being typed, without them too; `quote`, the quote that is open; `cut`, how much of `cur` lies
# before the word that readline is about to replace; and `redirected`, where that is a file.
__milvusconn_read_line() {
    local line=${COMP_LINE:0:COMP_POINT} letter begun='' before=0 i
    words=() cur='' quote='' cut=0 redirected=''
    for ((i = 0; i < ${#line}; i++)); do
        letter=${line:i:1}
        if [[ $quote == "'" && $letter != "'" ]]; then
            cur+=$letter
        elif [[ -n $quote && $letter == "$quote" ]]; then
            quote='' cut=$before
        elif [[ $letter == \\ && ( -z $quote || ${line:i+1:1} == [\$\`\"\\] ) ]]; then
            i=$((i + 1)) cur+=${line:i:1} begun=1
        elif [[ -n $quote ]]; then
            cur+=$letter
        elif [[ $letter == [\'\"] ]]; then
            quote=$letter before=$cut cut=${#cur} begun=1
        elif [[ $letter == [[:space:]\<\>\&] ]]; then
            [[ $letter == [\<\>] && -z ${cur//[0-9]/} ]] && begun=''
            [[ -n $begun && -z $redirected ]] && words+=("$cur")
            [[ -n $begun ]] && redirected=''
            [[ $letter == [\<\>] ]] && redirected=1
            cur='' cut=0 begun=''
        else
            cur+=$letter begun=1
            [[ $COMP_WORDBREAKS == *"$letter"* ]] && cut=${#cur}
        fi
    done
}

# Offer a word, quoted as the line has begun to, if it goes on from what is typed.
__milvusconn_offer() {
    [[ $1 == "$cur"* ]] || return 1
    local rest=${1:cut}
    case $quote in
        "'")
            rest=${rest//\'/\'\\\'\'}
            # readline takes a quote at the beginning for the one that is open, and drops that.
            [[ $rest == \'* ]] && rest="'$rest"
            ;;
        '"') rest=${rest//\\/\\\\} rest=${rest//\"/\\\"} rest=${rest//\$/\\\$} rest=${rest//\`/\\\`} ;;
        *) [[ -n $rest ]] && printf -v rest %q "$rest" ;;
    esac
    COMPREPLY+=("$rest")
}

# Offer words that go on: no space is put after them. $1 stands before them in the word.
__milvusconn_offer_begun() {
    local word
    for word in "${@:2}"; do
        __milvusconn_offer "$1$word" && compopt -o nospace 2>/dev/null
    done
}

# Offer what the program knows: aliases, tags, causes. $1 is their kind, $2 stands before them.
__milvusconn_ask() {
    local program=milvusconn word
    [[ ${words[0]} == */* ]] && program=${words[0]/#\~\//$HOME/}
    while IFS=$'\t' read -r word _; do
        __milvusconn_offer "$2$word"
    done < <("$program" __complete "$1" ${config:+--config "$config"} -- "${given[@]}" \
        </dev/null 2>/dev/null)
}

# Offer files. $1 stands before them in the word; with $2 only those that end so, and directories.
__milvusconn_files() {
    local typed=${cur#"$1"} file home='' whole=''
    [[ $typed == '~/'* ]] && home=$HOME/ typed=$HOME/${typed#'~/'}
    # Where readline sees the name whole it shows it as it shows all files, and quotes it itself.
    [[ -z ${2-} ]] && ((cut == ${#1})) && compopt -o filenames 2>/dev/null && whole=1
    while IFS= read -r -d '' file; do
        [[ -n $home ]] && file='~/'${file#"$home"}
        if [[ -n $whole ]]; then
            COMPREPLY+=("$file")
        elif __milvusconn_offer "$1$file" && [[ $file == */ ]]; then
            compopt -o nospace 2>/dev/null
        fi
    done < <(
        shopt -u failglob nocaseglob
        set +f
        for file in "$typed"*; do
            if [[ -n ${2-} && $file == *"$2" ]]; then
                printf '%s\0' "$file"
            elif [[ -d $file && -z $whole ]]; then
                printf '%s/\0' "$file"
            elif [[ -z ${2-} && ( -e $file || -L $file ) || -d $file ]]; then
                printf '%s\0' "$file"
            fi
        done
    )
}

# Offer the values of a kind. $1 is the kind, $2 stands before them in the word, the rest are fixed.
__milvusconn_values() {
    local typed=${cur#"$2"} word
    case $1 in
        fixed) for word in "${@:3}"; do __milvusconn_offer "$2$word"; done ;;
        @ASKED@) __milvusconn_ask "$1" "$2" ;;
        file) __milvusconn_files "$2" ;;
        secret)
            case $typed in
                file:*) __milvusconn_files "$2file:" ;;
                env:*) while read -r word; do __milvusconn_offer "$2env:$word"; done < <(compgen -e) ;;
                *) __milvusconn_offer_begun "$2" @SECRETS@ ;;
            esac
            ;;
        uri)
            case $typed in
                unix:*) __milvusconn_files "$2unix:" ;;
                *://*) ;;
                *)
                    __milvusconn_offer_begun "$2" @URIS@
                    __milvusconn_files "$2" .db
                    ;;
            esac
            ;;
    esac
}

# The kind of value that option $2 of verb $1 takes, and the words if they are few: sets `values`.
# Fails where it takes none.
__milvusconn_option() {
    case $1/$2 in
@OPTIONS@
        *) return 1 ;;
    esac
}

# The same for the argument in place $2 of verb $1.
__milvusconn_argument() {
    case $1/$2 in
@ARGUMENTS@
        *) values=(nothing) ;;
    esac
}

# The options of verb $1, those of more than one name as NAME,NAME; with a + if they may be repeated.
__milvusconn_options() {
    case $1 in
@NAMES@
    esac
}

# Find out what is due where the cursor is, and offer it.
__milvusconn_complete() {
    local cur quote cut redirected verb='' option='' config='' ended='' word names i
    local IFS=$' \t\n'
    local -a words given=() used=() values=()
    COMPREPLY=()
    __milvusconn_read_line
    if [[ -n $redirected ]]; then
        __milvusconn_files ''
        return
    fi
    for word in "${words[@]:1}"; do
        if [[ -n $option ]]; then
            [[ $option == --config ]] && config=$word
            option=''
        elif [[ -n $ended || $word != -?* ]]; then
            if [[ -z $verb ]]; then verb=$word; else given+=("$word"); fi
        elif [[ $word == -- ]]; then
            ended=1
        elif [[ $word == --* ]]; then
            used+=("${word%%=*}")
            [[ $word == --config=* ]] && config=${word#*=}
            [[ $word != *=* ]] && __milvusconn_option "$verb" "$word" && option=$word
        else
            for ((i = 1; i < ${#word}; i++)); do
                used+=("-${word:i:1}")
                if __milvusconn_option "$verb" "-${word:i:1}"; then
                    ((i + 1 == ${#word})) && option=-${word:i:1}
                    break
                fi
            done
        fi
    done
    if [[ -n $option ]]; then
        __milvusconn_option "$verb" "$option"
        __milvusconn_values "${values[0]}" '' "${values[@]:1}"
    elif [[ -z $ended && $cur == --*=* ]]; then
        __milvusconn_option "$verb" "${cur%%=*}" || return
        __milvusconn_values "${values[0]}" "${cur%%=*}=" "${values[@]:1}"
    elif [[ -z $ended && $cur == -* ]]; then
        for names in $(__milvusconn_options "$verb"); do
            for word in ${used[@]+"${used[@]}"}; do
                [[ $names != *+ && ,$names, == *",$word,"* ]] && continue 2
            done
            names=${names%+}
            for word in ${names//,/ }; do
                __milvusconn_offer "$word"
            done
        done
    elif [[ -z $verb ]]; then
        for word in @VERBS@; do
            __milvusconn_offer "$word"
        done
    else
        __milvusconn_argument "$verb" "${#given[@]}"
        __milvusconn_values "${values[0]}" '' "${values[@]:1}"
    fi
}

_milvusconn() {
    __milvusconn_complete || : # so that `set -e` does not end the session
}

complete -F _milvusconn milvusconn
"""


def script(program: Program) -> str:
    """The whole file."""
    return filled(
        _SCRIPT,
        asked=" | ".join(kind.value for kind in ASKED_FOR),
        secrets=_quoted([form for form, _ in SECRET_FORMS]),
        uris=_quoted([form for form, _ in URI_FORMS]),
        options="\n".join(_option_cases(program)),
        arguments="\n".join(_argument_cases(program)),
        names="\n".join(_name_cases(program)),
        verbs=" ".join(command.name for command in program.commands),
    )


def _option_cases(program: Program) -> Iterator[str]:
    for command in program.commands:
        for option in command.options:
            if option.value:
                patterns = " | ".join(f"{command.name}/{name}" for name in option.names)
                yield f"        {patterns}) values=({_value(option.value)}) ;;"


def _argument_cases(program: Program) -> Iterator[str]:
    for command in program.commands:
        for place, argument in enumerate(command.arguments):
            pattern = "*" if argument.many else str(place)
            yield f"        {command.name}/{pattern}) values=({_value(argument.value)}) ;;"


def _name_cases(program: Program) -> Iterator[str]:
    verbs = [*program.commands, Command("", "", (), program.options, ())]
    for command in verbs:
        names = " ".join(_names(option) for option in command.options)
        yield f"        {command.name or chr(39) * 2}) printf %s '{names}' ;;"


def _names(option: Option) -> str:
    return ",".join(option.names) + "+" * option.repeatable


def _value(value: Value) -> str:
    return " ".join([value.kind.value, *value.words])


def _quoted(words: Sequence[str]) -> str:
    return " ".join(f"'{word}'" for word in words)
