# bash completion for milvusconn. Written by `python docs/generate.py`; edits are lost.
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
        aliases | tags | causes) __milvusconn_ask "$1" "$2" ;;
        file) __milvusconn_files "$2" ;;
        secret)
            case $typed in
                file:*) __milvusconn_files "$2file:" ;;
                env:*) while read -r word; do __milvusconn_offer "$2env:$word"; done < <(compgen -e) ;;
                *) __milvusconn_offer_begun "$2" 'env:' 'file:' 'command:' 'keyring:' 'literal:' '-' ;;
            esac
            ;;
        uri)
            case $typed in
                unix:*) __milvusconn_files "$2unix:" ;;
                *://*) ;;
                *)
                    __milvusconn_offer_begun "$2" 'http://' 'https://' 'tcp://' 'grpc://' 'unix:'
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
        has/--uri) values=(uri) ;;
        has/--address) values=(nothing) ;;
        has/--host) values=(nothing) ;;
        has/--port) values=(nothing) ;;
        has/--db) values=(nothing) ;;
        has/--user) values=(nothing) ;;
        has/--password) values=(secret) ;;
        has/--token) values=(secret) ;;
        has/--ca) values=(file) ;;
        has/--cert) values=(file) ;;
        has/--key) values=(file) ;;
        has/--server-name) values=(nothing) ;;
        has/--tag) values=(tags) ;;
        has/-t | has/--timeout) values=(nothing) ;;
        has/-o | has/--output) values=(fixed table plain json jsonl csv prometheus nagios junit github) ;;
        has/--format) values=(nothing) ;;
        has/--config) values=(file) ;;
        add/--uri) values=(uri) ;;
        add/--address) values=(nothing) ;;
        add/--host) values=(nothing) ;;
        add/--port) values=(nothing) ;;
        add/--db) values=(nothing) ;;
        add/--user) values=(nothing) ;;
        add/--password) values=(secret) ;;
        add/--token) values=(secret) ;;
        add/--ca) values=(file) ;;
        add/--cert) values=(file) ;;
        add/--key) values=(file) ;;
        add/--server-name) values=(nothing) ;;
        add/--description) values=(nothing) ;;
        add/--tag) values=(tags) ;;
        add/-t | add/--timeout) values=(nothing) ;;
        add/--store) values=(fixed file keyring) ;;
        add/-o | add/--output) values=(fixed table plain json jsonl csv) ;;
        add/--config) values=(file) ;;
        connect/--uri) values=(uri) ;;
        connect/--address) values=(nothing) ;;
        connect/--host) values=(nothing) ;;
        connect/--port) values=(nothing) ;;
        connect/--db) values=(nothing) ;;
        connect/--user) values=(nothing) ;;
        connect/--password) values=(secret) ;;
        connect/--token) values=(secret) ;;
        connect/--ca) values=(file) ;;
        connect/--cert) values=(file) ;;
        connect/--key) values=(file) ;;
        connect/--server-name) values=(nothing) ;;
        connect/--description) values=(nothing) ;;
        connect/--tag) values=(tags) ;;
        connect/-t | connect/--timeout) values=(nothing) ;;
        connect/--wait) values=(nothing) ;;
        connect/--store) values=(fixed file keyring) ;;
        connect/-o | connect/--output) values=(fixed table plain json jsonl csv) ;;
        connect/--config) values=(file) ;;
        disconnect/-o | disconnect/--output) values=(fixed table plain json jsonl csv) ;;
        disconnect/--config) values=(file) ;;
        address/-o | address/--output) values=(fixed table plain json jsonl csv) ;;
        address/--config) values=(file) ;;
        list/--tag) values=(tags) ;;
        list/--sort) values=(fixed alias address status time) ;;
        list/--watch) values=(nothing) ;;
        list/-t | list/--timeout) values=(nothing) ;;
        list/-o | list/--output) values=(fixed table plain json jsonl csv prometheus nagios junit github) ;;
        list/--format) values=(nothing) ;;
        list/--config) values=(file) ;;
        remove/-o | remove/--output) values=(fixed table plain json jsonl csv) ;;
        remove/--config) values=(file) ;;
        show/--as) values=(fixed pymilvus curl grpcurl attu docker langchain llama-index dify spring mcp k8s-secret) ;;
        show/-o | show/--output) values=(fixed table plain json jsonl csv) ;;
        show/--config) values=(file) ;;
        set/--uri) values=(uri) ;;
        set/--address) values=(nothing) ;;
        set/--host) values=(nothing) ;;
        set/--port) values=(nothing) ;;
        set/--db) values=(nothing) ;;
        set/--user) values=(nothing) ;;
        set/--password) values=(secret) ;;
        set/--token) values=(secret) ;;
        set/--ca) values=(file) ;;
        set/--cert) values=(file) ;;
        set/--key) values=(file) ;;
        set/--server-name) values=(nothing) ;;
        set/--description) values=(nothing) ;;
        set/--tag) values=(tags) ;;
        set/--unset) values=(fixed db user password token credentials ca cert key server-name tls timeout description tags) ;;
        set/-t | set/--timeout) values=(nothing) ;;
        set/--store) values=(fixed file keyring) ;;
        set/-o | set/--output) values=(fixed table plain json jsonl csv) ;;
        set/--config) values=(file) ;;
        edit/--config) values=(file) ;;
        rename/-o | rename/--output) values=(fixed table plain json jsonl csv) ;;
        rename/--config) values=(file) ;;
        copy/--uri) values=(uri) ;;
        copy/--address) values=(nothing) ;;
        copy/--host) values=(nothing) ;;
        copy/--port) values=(nothing) ;;
        copy/--db) values=(nothing) ;;
        copy/--user) values=(nothing) ;;
        copy/--password) values=(secret) ;;
        copy/--token) values=(secret) ;;
        copy/--ca) values=(file) ;;
        copy/--cert) values=(file) ;;
        copy/--key) values=(file) ;;
        copy/--server-name) values=(nothing) ;;
        copy/--description) values=(nothing) ;;
        copy/--tag) values=(tags) ;;
        copy/-t | copy/--timeout) values=(nothing) ;;
        copy/-o | copy/--output) values=(fixed table plain json jsonl csv) ;;
        copy/--config) values=(file) ;;
        import/--from) values=(fixed milvusconn milvus-cli yami dotenv environment compose kubernetes mcp spring milvus-backup mem0 deep-searcher milvus-section) ;;
        import/--store) values=(fixed file keyring) ;;
        import/-o | import/--output) values=(fixed table plain json jsonl csv) ;;
        import/--config) values=(file) ;;
        export/--tag) values=(tags) ;;
        export/--to) values=(file) ;;
        export/-o | export/--output) values=(fixed toml json) ;;
        export/--config) values=(file) ;;
        inspect/--uri) values=(uri) ;;
        inspect/--address) values=(nothing) ;;
        inspect/--host) values=(nothing) ;;
        inspect/--port) values=(nothing) ;;
        inspect/--db) values=(nothing) ;;
        inspect/--user) values=(nothing) ;;
        inspect/--password) values=(secret) ;;
        inspect/--token) values=(secret) ;;
        inspect/--ca) values=(file) ;;
        inspect/--cert) values=(file) ;;
        inspect/--key) values=(file) ;;
        inspect/--server-name) values=(nothing) ;;
        inspect/--tag) values=(tags) ;;
        inspect/-t | inspect/--timeout) values=(nothing) ;;
        inspect/-o | inspect/--output) values=(fixed table plain json jsonl csv prometheus nagios junit github) ;;
        inspect/--format) values=(nothing) ;;
        inspect/--config) values=(file) ;;
        env/--shell) values=(fixed sh fish powershell) ;;
        env/--config) values=(file) ;;
        exec/--config) values=(file) ;;
        wait/--uri) values=(uri) ;;
        wait/--address) values=(nothing) ;;
        wait/--host) values=(nothing) ;;
        wait/--port) values=(nothing) ;;
        wait/--db) values=(nothing) ;;
        wait/--user) values=(nothing) ;;
        wait/--password) values=(secret) ;;
        wait/--token) values=(secret) ;;
        wait/--ca) values=(file) ;;
        wait/--cert) values=(file) ;;
        wait/--key) values=(file) ;;
        wait/--server-name) values=(nothing) ;;
        wait/-t | wait/--timeout) values=(nothing) ;;
        wait/--interval) values=(nothing) ;;
        wait/--stable) values=(nothing) ;;
        wait/-o | wait/--output) values=(fixed table plain json jsonl csv) ;;
        wait/--config) values=(file) ;;
        ping/--uri) values=(uri) ;;
        ping/--address) values=(nothing) ;;
        ping/--host) values=(nothing) ;;
        ping/--port) values=(nothing) ;;
        ping/--db) values=(nothing) ;;
        ping/--user) values=(nothing) ;;
        ping/--password) values=(secret) ;;
        ping/--token) values=(secret) ;;
        ping/--ca) values=(file) ;;
        ping/--cert) values=(file) ;;
        ping/--key) values=(file) ;;
        ping/--server-name) values=(nothing) ;;
        ping/-c | ping/--count) values=(nothing) ;;
        ping/-i | ping/--interval) values=(nothing) ;;
        ping/-w | ping/--within) values=(nothing) ;;
        ping/-t | ping/--timeout) values=(nothing) ;;
        ping/-o | ping/--output) values=(fixed table plain json jsonl csv) ;;
        ping/--config) values=(file) ;;
        serve/--listen) values=(nothing) ;;
        serve/--min-interval) values=(nothing) ;;
        serve/--max-probes) values=(nothing) ;;
        serve/-t | serve/--timeout) values=(nothing) ;;
        serve/--config) values=(file) ;;
        explain/-o | explain/--output) values=(fixed table plain json jsonl csv) ;;
        completion/-o | completion/--output) values=(fixed table plain json jsonl csv) ;;
        *) return 1 ;;
    esac
}

# The same for the argument in place $2 of verb $1.
__milvusconn_argument() {
    case $1/$2 in
        has/*) values=(aliases) ;;
        add/0) values=(aliases) ;;
        add/1) values=(uri) ;;
        connect/0) values=(aliases) ;;
        connect/1) values=(uri) ;;
        disconnect/*) values=(aliases) ;;
        address/0) values=(aliases) ;;
        remove/*) values=(aliases) ;;
        show/0) values=(aliases) ;;
        set/0) values=(aliases) ;;
        set/1) values=(uri) ;;
        rename/0) values=(aliases) ;;
        rename/1) values=(nothing) ;;
        copy/0) values=(aliases) ;;
        copy/1) values=(nothing) ;;
        import/0) values=(file) ;;
        export/*) values=(aliases) ;;
        inspect/*) values=(aliases) ;;
        env/0) values=(aliases) ;;
        exec/0) values=(aliases) ;;
        exec/*) values=(nothing) ;;
        wait/*) values=(aliases) ;;
        ping/0) values=(aliases) ;;
        explain/0) values=(causes) ;;
        help/0) values=(nothing) ;;
        completion/0) values=(fixed show install uninstall status) ;;
        completion/1) values=(fixed bash zsh fish powershell) ;;
        *) values=(nothing) ;;
    esac
}

# The options of verb $1, those of more than one name as NAME,NAME; with a + if they may be repeated.
__milvusconn_options() {
    case $1 in
        has) printf %s '--uri --address --host --port --db --user --password --ask-password --token --tls --no-tls --ca --cert --key --server-name --all --tag+ --healthy --no-create -t,--timeout -o,--output --format -q,--quiet --no-color --no-progress --config -h,--help' ;;
        add) printf %s '--uri --address --host --port --db --user --password --ask-password --token --tls --no-tls --ca --cert --key --server-name --description --tag+ -t,--timeout --replace --store -o,--output -q,--quiet --config -h,--help' ;;
        connect) printf %s '--uri --address --host --port --db --user --password --ask-password --token --tls --no-tls --ca --cert --key --server-name --description --tag+ -t,--timeout --wait --replace --store -o,--output -q,--quiet --no-color --no-progress --config -h,--help' ;;
        disconnect) printf %s '--force -o,--output -q,--quiet --config -h,--help' ;;
        address) printf %s '-o,--output -q,--quiet --config -h,--help' ;;
        list) printf %s '--tag+ --names --no-probe --failing --sort --exit-code --watch -t,--timeout -o,--output --format -q,--quiet --no-color --no-progress --config -h,--help' ;;
        remove) printf %s '--force -o,--output -q,--quiet --config -h,--help' ;;
        show) printf %s '--as -o,--output -q,--quiet --no-color --config -h,--help' ;;
        set) printf %s '--uri --address --host --port --db --user --password --ask-password --token --tls --no-tls --ca --cert --key --server-name --description --tag+ --unset+ -t,--timeout --store -o,--output -q,--quiet --config -h,--help' ;;
        edit) printf %s '-q,--quiet --config -h,--help' ;;
        rename) printf %s '-o,--output -q,--quiet --config -h,--help' ;;
        copy) printf %s '--uri --address --host --port --db --user --password --ask-password --token --tls --no-tls --ca --cert --key --server-name --description --tag+ -t,--timeout -o,--output -q,--quiet --config -h,--help' ;;
        import) printf %s '--from --dry-run --replace --allow-references --allow-commands --store -o,--output -q,--quiet --no-color --config -h,--help' ;;
        export) printf %s '--tag+ --include-secrets --to --replace --dry-run -o,--output -q,--quiet --no-color --config -h,--help' ;;
        inspect) printf %s '--uri --address --host --port --db --user --password --ask-password --token --tls --no-tls --ca --cert --key --server-name --all --tag+ --no-create -t,--timeout -o,--output --format -q,--quiet --no-color --no-progress --config -h,--help' ;;
        env) printf %s '--shell --dotenv --docker -q,--quiet --config -h,--help' ;;
        exec) printf %s '-q,--quiet --config -h,--help' ;;
        wait) printf %s '--uri --address --host --port --db --user --password --ask-password --token --tls --no-tls --ca --cert --key --server-name -t,--timeout --interval --stable --down --healthy --patient --no-create -o,--output -q,--quiet --no-color --config -h,--help' ;;
        ping) printf %s '--uri --address --host --port --db --user --password --ask-password --token --tls --no-tls --ca --cert --key --server-name -c,--count -i,--interval -w,--within --reuse -t,--timeout -o,--output -q,--quiet --no-color --config -h,--help' ;;
        serve) printf %s '--listen --min-interval --max-probes -t,--timeout -q,--quiet --config -h,--help' ;;
        explain) printf %s '-o,--output --no-color -h,--help' ;;
        help) printf %s '--no-color -h,--help' ;;
        completion) printf %s '-o,--output -q,--quiet --no-color -h,--help' ;;
        '') printf %s '--version -h,--help' ;;
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
        for word in has add connect disconnect address list remove show set edit rename copy import export inspect env exec wait ping serve explain help completion; do
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
