# fish completion for milvusconn. Written by `python docs/generate.py`; edits are lost.
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
        case has
            contains -- $argv[2] --uri --address --host --port --db --user --password --token --ca --cert --key --server-name --tag -t --timeout -o --output --format --config; and return 0
        case add
            contains -- $argv[2] --uri --address --host --port --db --user --password --token --ca --cert --key --server-name --description --tag -t --timeout --store -o --output --config; and return 0
        case connect
            contains -- $argv[2] --uri --address --host --port --db --user --password --token --ca --cert --key --server-name --description --tag -t --timeout --wait --store -o --output --config; and return 0
        case disconnect
            contains -- $argv[2] -o --output --config; and return 0
        case address
            contains -- $argv[2] -o --output --config; and return 0
        case list
            contains -- $argv[2] --tag --sort --watch -t --timeout -o --output --format --config; and return 0
        case remove
            contains -- $argv[2] -o --output --config; and return 0
        case show
            contains -- $argv[2] --as -o --output --config; and return 0
        case set
            contains -- $argv[2] --uri --address --host --port --db --user --password --token --ca --cert --key --server-name --description --tag --unset -t --timeout --store -o --output --config; and return 0
        case edit
            contains -- $argv[2] --config; and return 0
        case rename
            contains -- $argv[2] -o --output --config; and return 0
        case copy
            contains -- $argv[2] --uri --address --host --port --db --user --password --token --ca --cert --key --server-name --description --tag -t --timeout -o --output --config; and return 0
        case import
            contains -- $argv[2] --from --store -o --output --config; and return 0
        case export
            contains -- $argv[2] --tag --to -o --output --config; and return 0
        case inspect
            contains -- $argv[2] --uri --address --host --port --db --user --password --token --ca --cert --key --server-name --tag -t --timeout -o --output --format --config; and return 0
        case env
            contains -- $argv[2] --shell --config; and return 0
        case exec
            contains -- $argv[2] --config; and return 0
        case wait
            contains -- $argv[2] --uri --address --host --port --db --user --password --token --ca --cert --key --server-name -t --timeout --interval --stable -o --output --config; and return 0
        case ping
            contains -- $argv[2] --uri --address --host --port --db --user --password --token --ca --cert --key --server-name -c --count -i --interval -w --within -t --timeout -o --output --config; and return 0
        case serve
            contains -- $argv[2] --listen --min-interval --max-probes -t --timeout --config; and return 0
        case explain
            contains -- $argv[2] -o --output; and return 0
        case completion
            contains -- $argv[2] -o --output; and return 0
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
            printf '%s\t%s\n' 'env:' 'an environment variable'
            printf '%s\t%s\n' 'file:' 'the content of a file'
            printf '%s\t%s\n' 'command:' 'the output of a command'
            printf '%s\t%s\n' 'keyring:' 'SERVICE/USER in the system keyring'
            printf '%s\t%s\n' 'literal:' 'the text that follows'
            printf '%s\t%s\n' '-' 'one line of standard input'
    end
end

function __milvusconn_uri
    switch (__milvusconn_typed)
        case 'unix:*'
            __milvusconn_files unix:
        case '*://*'
        case '*'
            printf '%s\t%s\n' 'http://' 'plaintext, port 19530'
            printf '%s\t%s\n' 'https://' 'TLS, port 443'
            printf '%s\t%s\n' 'tcp://' 'plaintext'
            printf '%s\t%s\n' 'grpc://' 'plaintext'
            printf '%s\t%s\n' 'unix:' 'a socket file'
            for file in (__milvusconn_files '')
                string match -qr -- '/$|\.db$' $file; and printf '%s\n' $file
            end
    end
end

complete -c milvusconn -e
complete -c milvusconn -f
complete -c milvusconn -n '__milvusconn_without_verb' -l version -d 'Print the version.'
complete -c milvusconn -n '__milvusconn_without_verb' -s h -l help -d 'Show this message and exit.'
complete -c milvusconn -n '__milvusconn_without_verb' -a has -d 'Check whether ALIAS or URI is connected.'
complete -c milvusconn -n '__milvusconn_without_verb' -a add -d 'Save the settings of ALIAS without connecting.'
complete -c milvusconn -n '__milvusconn_without_verb' -a connect -d 'Connect ALIAS, and save its settings on success.'
complete -c milvusconn -n '__milvusconn_without_verb' -a disconnect -d 'Disconnect ALIAS, but keep its settings.'
complete -c milvusconn -n '__milvusconn_without_verb' -a address -d 'Print the address of ALIAS, without connecting.'
complete -c milvusconn -n '__milvusconn_without_verb' -a list -d 'List all aliases, checked concurrently.'
complete -c milvusconn -n '__milvusconn_without_verb' -a remove -d 'Delete ALIAS and its settings.'
complete -c milvusconn -n '__milvusconn_without_verb' -a show -d 'Show ALIAS\'s settings and where each comes from.'
complete -c milvusconn -n '__milvusconn_without_verb' -a set -d 'Change settings of ALIAS without connecting.'
complete -c milvusconn -n '__milvusconn_without_verb' -a edit -d 'Edit the registry file in $VISUAL or $EDITOR.'
complete -c milvusconn -n '__milvusconn_without_verb' -a rename -d 'Rename ALIAS, keeping its position in the file.'
complete -c milvusconn -n '__milvusconn_without_verb' -a copy -d 'Copy ALIAS to a new name.'
complete -c milvusconn -n '__milvusconn_without_verb' -a import -d 'Import all aliases from FILE, or none.'
complete -c milvusconn -n '__milvusconn_without_verb' -a export -d 'Print the aliases of the registry file, for `import` on another machine.'
complete -c milvusconn -n '__milvusconn_without_verb' -a inspect -d 'Check every layer of a connection, with timing and evidence.'
complete -c milvusconn -n '__milvusconn_without_verb' -a env -d 'Print environment variables for ALIAS, including its secret.'
complete -c milvusconn -n '__milvusconn_without_verb' -a exec -d 'Run COMMAND with the variables that `env` prints, secret included.'
complete -c milvusconn -n '__milvusconn_without_verb' -a wait -d 'Wait until ALIAS or URI is connected.'
complete -c milvusconn -n '__milvusconn_without_verb' -a ping -d 'Connect to ALIAS or URI repeatedly.'
complete -c milvusconn -n '__milvusconn_without_verb' -a serve -d 'Serve health checks and Prometheus metrics over HTTP.'
complete -c milvusconn -n '__milvusconn_without_verb' -a explain -d 'Explain a cause, or list all.'
complete -c milvusconn -n '__milvusconn_without_verb' -a help -d 'Show the help of a command, or what the exit codes mean.'
complete -c milvusconn -n '__milvusconn_without_verb' -a completion -d 'Set up completion for bash, zsh, fish or PowerShell.'

complete -c milvusconn -n '__milvusconn_at has' -l uri -x -a '(__milvusconn_uri)' -d 'http(s)://HOST[:PORT], unix:PATH, or PATH.db'
complete -c milvusconn -n '__milvusconn_at has' -l address -x -d 'Instead of --uri.'
complete -c milvusconn -n '__milvusconn_at has' -l host -x -d 'Instead of --uri. Default: localhost.'
complete -c milvusconn -n '__milvusconn_at has' -l port -x -d 'Instead of --uri. Default: 19530.'
complete -c milvusconn -n '__milvusconn_at has' -l db -x -d 'Database name.'
complete -c milvusconn -n '__milvusconn_at has' -l user -x -d 'User name.'
complete -c milvusconn -n '__milvusconn_at has' -l password -x -a '(__milvusconn_secret)' -d 'env:NAME, file:PATH, command:ARGV…, keyring:SERVICE/USER, - (stdin), or the text'
complete -c milvusconn -n '__milvusconn_at has' -l ask-password -d 'Prompt for the password.'
complete -c milvusconn -n '__milvusconn_at has' -l token -x -a '(__milvusconn_secret)' -d 'Token or API key; same forms as --password.'
complete -c milvusconn -n '__milvusconn_at has' -l tls -d 'Use TLS or not. Default: from the URI.'
complete -c milvusconn -n '__milvusconn_at has' -l no-tls -d 'Use TLS or not. Default: from the URI.'
complete -c milvusconn -n '__milvusconn_at has' -l ca -r -F -d 'CA certificate to trust (PEM).'
complete -c milvusconn -n '__milvusconn_at has' -l cert -r -F -d 'Client certificate (PEM).'
complete -c milvusconn -n '__milvusconn_at has' -l key -r -F -d 'Private key of the client certificate (PEM).'
complete -c milvusconn -n '__milvusconn_at has' -l server-name -x -d 'Host name to expect in the server\'s certificate.'
complete -c milvusconn -n '__milvusconn_at has' -l all -d 'Check every alias.'
complete -c milvusconn -n '__milvusconn_at has' -l tag -x -a '(__milvusconn_ask tags)' -d 'Only aliases with this tag; repeatable.'
complete -c milvusconn -n '__milvusconn_at has' -l healthy -d 'Also ask Milvus whether it is healthy.'
complete -c milvusconn -n '__milvusconn_at has' -l no-create -d 'Do not create a `.db` that does not exist.'
complete -c milvusconn -n '__milvusconn_at has' -s t -l timeout -x -d 'Total time per probe. Default: 5.'
complete -c milvusconn -n '__milvusconn_at has' -s o -l output -x -a 'table plain json jsonl csv prometheus nagios junit github' -d 'Output format: table, plain, json, jsonl, csv, prometheus, nagios, junit or github.'
complete -c milvusconn -n '__milvusconn_at has' -l format -x -d 'One line per alias, such as \'{alias} {status}\'.'
complete -c milvusconn -n '__milvusconn_at has' -s q -l quiet -d 'Print nothing; use the exit code.'
complete -c milvusconn -n '__milvusconn_at has' -l no-color -d 'Disable color, like NO_COLOR.'
complete -c milvusconn -n '__milvusconn_at has' -l no-progress -d 'Show no progress while waiting.'
complete -c milvusconn -n '__milvusconn_at has' -l config -r -F -d 'Registry file.'
complete -c milvusconn -n '__milvusconn_at has' -s h -l help -d 'Show this message and exit.'
complete -c milvusconn -n '__milvusconn_at has' -a '(__milvusconn_ask aliases)'

complete -c milvusconn -n '__milvusconn_at add' -l uri -x -a '(__milvusconn_uri)' -d 'http(s)://HOST[:PORT], unix:PATH, or PATH.db'
complete -c milvusconn -n '__milvusconn_at add' -l address -x -d 'Instead of --uri.'
complete -c milvusconn -n '__milvusconn_at add' -l host -x -d 'Instead of --uri. Default: localhost.'
complete -c milvusconn -n '__milvusconn_at add' -l port -x -d 'Instead of --uri. Default: 19530.'
complete -c milvusconn -n '__milvusconn_at add' -l db -x -d 'Database name.'
complete -c milvusconn -n '__milvusconn_at add' -l user -x -d 'User name.'
complete -c milvusconn -n '__milvusconn_at add' -l password -x -a '(__milvusconn_secret)' -d 'env:NAME, file:PATH, command:ARGV…, keyring:SERVICE/USER, - (stdin), or the text'
complete -c milvusconn -n '__milvusconn_at add' -l ask-password -d 'Prompt for the password.'
complete -c milvusconn -n '__milvusconn_at add' -l token -x -a '(__milvusconn_secret)' -d 'Token or API key; same forms as --password.'
complete -c milvusconn -n '__milvusconn_at add' -l tls -d 'Use TLS or not. Default: from the URI.'
complete -c milvusconn -n '__milvusconn_at add' -l no-tls -d 'Use TLS or not. Default: from the URI.'
complete -c milvusconn -n '__milvusconn_at add' -l ca -r -F -d 'CA certificate to trust (PEM).'
complete -c milvusconn -n '__milvusconn_at add' -l cert -r -F -d 'Client certificate (PEM).'
complete -c milvusconn -n '__milvusconn_at add' -l key -r -F -d 'Private key of the client certificate (PEM).'
complete -c milvusconn -n '__milvusconn_at add' -l server-name -x -d 'Host name to expect in the server\'s certificate.'
complete -c milvusconn -n '__milvusconn_at add' -l description -x -d 'Free text.'
complete -c milvusconn -n '__milvusconn_at add' -l tag -x -a '(__milvusconn_ask tags)' -d 'Label to filter on; repeatable.'
complete -c milvusconn -n '__milvusconn_at add' -s t -l timeout -x -d 'Total time per probe. Default: 5.'
complete -c milvusconn -n '__milvusconn_at add' -l replace -d 'Overwrite an existing alias.'
complete -c milvusconn -n '__milvusconn_at add' -l store -x -a 'file keyring' -d 'Where to store a literal secret: file or keyring.'
complete -c milvusconn -n '__milvusconn_at add' -s o -l output -x -a 'table plain json jsonl csv' -d 'Output format: table, plain, json, jsonl or csv.'
complete -c milvusconn -n '__milvusconn_at add' -s q -l quiet -d 'Print no messages, only data.'
complete -c milvusconn -n '__milvusconn_at add' -l config -r -F -d 'Registry file.'
complete -c milvusconn -n '__milvusconn_at add' -s h -l help -d 'Show this message and exit.'
complete -c milvusconn -n '__milvusconn_at add 0' -a '(__milvusconn_ask aliases)'
complete -c milvusconn -n '__milvusconn_at add 1' -a '(__milvusconn_uri)'

complete -c milvusconn -n '__milvusconn_at connect' -l uri -x -a '(__milvusconn_uri)' -d 'http(s)://HOST[:PORT], unix:PATH, or PATH.db'
complete -c milvusconn -n '__milvusconn_at connect' -l address -x -d 'Instead of --uri.'
complete -c milvusconn -n '__milvusconn_at connect' -l host -x -d 'Instead of --uri. Default: localhost.'
complete -c milvusconn -n '__milvusconn_at connect' -l port -x -d 'Instead of --uri. Default: 19530.'
complete -c milvusconn -n '__milvusconn_at connect' -l db -x -d 'Database name.'
complete -c milvusconn -n '__milvusconn_at connect' -l user -x -d 'User name.'
complete -c milvusconn -n '__milvusconn_at connect' -l password -x -a '(__milvusconn_secret)' -d 'env:NAME, file:PATH, command:ARGV…, keyring:SERVICE/USER, - (stdin), or the text'
complete -c milvusconn -n '__milvusconn_at connect' -l ask-password -d 'Prompt for the password.'
complete -c milvusconn -n '__milvusconn_at connect' -l token -x -a '(__milvusconn_secret)' -d 'Token or API key; same forms as --password.'
complete -c milvusconn -n '__milvusconn_at connect' -l tls -d 'Use TLS or not. Default: from the URI.'
complete -c milvusconn -n '__milvusconn_at connect' -l no-tls -d 'Use TLS or not. Default: from the URI.'
complete -c milvusconn -n '__milvusconn_at connect' -l ca -r -F -d 'CA certificate to trust (PEM).'
complete -c milvusconn -n '__milvusconn_at connect' -l cert -r -F -d 'Client certificate (PEM).'
complete -c milvusconn -n '__milvusconn_at connect' -l key -r -F -d 'Private key of the client certificate (PEM).'
complete -c milvusconn -n '__milvusconn_at connect' -l server-name -x -d 'Host name to expect in the server\'s certificate.'
complete -c milvusconn -n '__milvusconn_at connect' -l description -x -d 'Free text.'
complete -c milvusconn -n '__milvusconn_at connect' -l tag -x -a '(__milvusconn_ask tags)' -d 'Label to filter on; repeatable.'
complete -c milvusconn -n '__milvusconn_at connect' -s t -l timeout -x -d 'Total time per probe. Default: 5.'
complete -c milvusconn -n '__milvusconn_at connect' -l wait -x -d 'Wait up to this long until it is connected.'
complete -c milvusconn -n '__milvusconn_at connect' -l replace -d 'Overwrite an existing alias.'
complete -c milvusconn -n '__milvusconn_at connect' -l store -x -a 'file keyring' -d 'Where to store a literal secret: file or keyring.'
complete -c milvusconn -n '__milvusconn_at connect' -s o -l output -x -a 'table plain json jsonl csv' -d 'Output format: table, plain, json, jsonl or csv.'
complete -c milvusconn -n '__milvusconn_at connect' -s q -l quiet -d 'Print no messages, only data.'
complete -c milvusconn -n '__milvusconn_at connect' -l no-color -d 'Disable color, like NO_COLOR.'
complete -c milvusconn -n '__milvusconn_at connect' -l no-progress -d 'Show no progress while waiting.'
complete -c milvusconn -n '__milvusconn_at connect' -l config -r -F -d 'Registry file.'
complete -c milvusconn -n '__milvusconn_at connect' -s h -l help -d 'Show this message and exit.'
complete -c milvusconn -n '__milvusconn_at connect 0' -a '(__milvusconn_ask aliases)'
complete -c milvusconn -n '__milvusconn_at connect 1' -a '(__milvusconn_uri)'

complete -c milvusconn -n '__milvusconn_at disconnect' -l force -d 'Ignore missing aliases.'
complete -c milvusconn -n '__milvusconn_at disconnect' -s o -l output -x -a 'table plain json jsonl csv' -d 'Output format: table, plain, json, jsonl or csv.'
complete -c milvusconn -n '__milvusconn_at disconnect' -s q -l quiet -d 'Print no messages, only data.'
complete -c milvusconn -n '__milvusconn_at disconnect' -l config -r -F -d 'Registry file.'
complete -c milvusconn -n '__milvusconn_at disconnect' -s h -l help -d 'Show this message and exit.'
complete -c milvusconn -n '__milvusconn_at disconnect' -a '(__milvusconn_ask aliases)'

complete -c milvusconn -n '__milvusconn_at address' -s o -l output -x -a 'table plain json jsonl csv' -d 'Output format: table, plain, json, jsonl or csv.'
complete -c milvusconn -n '__milvusconn_at address' -s q -l quiet -d 'Print no messages, only data.'
complete -c milvusconn -n '__milvusconn_at address' -l config -r -F -d 'Registry file.'
complete -c milvusconn -n '__milvusconn_at address' -s h -l help -d 'Show this message and exit.'
complete -c milvusconn -n '__milvusconn_at address 0' -a '(__milvusconn_ask aliases)'

complete -c milvusconn -n '__milvusconn_at list' -l tag -x -a '(__milvusconn_ask tags)' -d 'Only aliases with this tag; repeatable.'
complete -c milvusconn -n '__milvusconn_at list' -l names -d 'Only the names, one per line; does not connect.'
complete -c milvusconn -n '__milvusconn_at list' -l no-probe -d 'Only the settings; does not connect.'
complete -c milvusconn -n '__milvusconn_at list' -l failing -d 'Only failing aliases, most severe first.'
complete -c milvusconn -n '__milvusconn_at list' -l sort -x -a 'alias address status time' -d 'Sort by alias, address, status or time.'
complete -c milvusconn -n '__milvusconn_at list' -l exit-code -d 'Exit with the code of the most severe row.'
complete -c milvusconn -n '__milvusconn_at list' -l watch -x -d 'Keep probing each alias at this interval. Default: 10.'
complete -c milvusconn -n '__milvusconn_at list' -s t -l timeout -x -d 'Total time per probe. Default: 5.'
complete -c milvusconn -n '__milvusconn_at list' -s o -l output -x -a 'table plain json jsonl csv prometheus nagios junit github' -d 'Output format: table, plain, json, jsonl, csv, prometheus, nagios, junit or github.'
complete -c milvusconn -n '__milvusconn_at list' -l format -x -d 'One line per alias, such as \'{alias} {status}\'.'
complete -c milvusconn -n '__milvusconn_at list' -s q -l quiet -d 'Print no messages, and only the names.'
complete -c milvusconn -n '__milvusconn_at list' -l no-color -d 'Disable color, like NO_COLOR.'
complete -c milvusconn -n '__milvusconn_at list' -l no-progress -d 'Show no progress while waiting.'
complete -c milvusconn -n '__milvusconn_at list' -l config -r -F -d 'Registry file.'
complete -c milvusconn -n '__milvusconn_at list' -s h -l help -d 'Show this message and exit.'

complete -c milvusconn -n '__milvusconn_at remove' -l force -d 'Ignore missing aliases.'
complete -c milvusconn -n '__milvusconn_at remove' -s o -l output -x -a 'table plain json jsonl csv' -d 'Output format: table, plain, json, jsonl or csv.'
complete -c milvusconn -n '__milvusconn_at remove' -s q -l quiet -d 'Print no messages, only data.'
complete -c milvusconn -n '__milvusconn_at remove' -l config -r -F -d 'Registry file.'
complete -c milvusconn -n '__milvusconn_at remove' -s h -l help -d 'Show this message and exit.'
complete -c milvusconn -n '__milvusconn_at remove' -a '(__milvusconn_ask aliases)'

complete -c milvusconn -n '__milvusconn_at show' -l as -x -a 'pymilvus curl grpcurl attu docker langchain llama-index dify spring mcp k8s-secret' -d 'Print text to paste instead: pymilvus, curl, grpcurl, attu, docker, langchain, llama-index, dify, spring, mcp and k8s-secret.'
complete -c milvusconn -n '__milvusconn_at show' -s o -l output -x -a 'table plain json jsonl csv' -d 'Output format: table, plain, json, jsonl or csv.'
complete -c milvusconn -n '__milvusconn_at show' -s q -l quiet -d 'Print no messages, only data.'
complete -c milvusconn -n '__milvusconn_at show' -l no-color -d 'Disable color, like NO_COLOR.'
complete -c milvusconn -n '__milvusconn_at show' -l config -r -F -d 'Registry file.'
complete -c milvusconn -n '__milvusconn_at show' -s h -l help -d 'Show this message and exit.'
complete -c milvusconn -n '__milvusconn_at show 0' -a '(__milvusconn_ask aliases)'

complete -c milvusconn -n '__milvusconn_at set' -l uri -x -a '(__milvusconn_uri)' -d 'http(s)://HOST[:PORT], unix:PATH, or PATH.db'
complete -c milvusconn -n '__milvusconn_at set' -l address -x -d 'Instead of --uri.'
complete -c milvusconn -n '__milvusconn_at set' -l host -x -d 'Instead of --uri. Default: localhost.'
complete -c milvusconn -n '__milvusconn_at set' -l port -x -d 'Instead of --uri. Default: 19530.'
complete -c milvusconn -n '__milvusconn_at set' -l db -x -d 'Database name.'
complete -c milvusconn -n '__milvusconn_at set' -l user -x -d 'User name.'
complete -c milvusconn -n '__milvusconn_at set' -l password -x -a '(__milvusconn_secret)' -d 'env:NAME, file:PATH, command:ARGV…, keyring:SERVICE/USER, - (stdin), or the text'
complete -c milvusconn -n '__milvusconn_at set' -l ask-password -d 'Prompt for the password.'
complete -c milvusconn -n '__milvusconn_at set' -l token -x -a '(__milvusconn_secret)' -d 'Token or API key; same forms as --password.'
complete -c milvusconn -n '__milvusconn_at set' -l tls -d 'Use TLS or not. Default: from the URI.'
complete -c milvusconn -n '__milvusconn_at set' -l no-tls -d 'Use TLS or not. Default: from the URI.'
complete -c milvusconn -n '__milvusconn_at set' -l ca -r -F -d 'CA certificate to trust (PEM).'
complete -c milvusconn -n '__milvusconn_at set' -l cert -r -F -d 'Client certificate (PEM).'
complete -c milvusconn -n '__milvusconn_at set' -l key -r -F -d 'Private key of the client certificate (PEM).'
complete -c milvusconn -n '__milvusconn_at set' -l server-name -x -d 'Host name to expect in the server\'s certificate.'
complete -c milvusconn -n '__milvusconn_at set' -l description -x -d 'Free text.'
complete -c milvusconn -n '__milvusconn_at set' -l tag -x -a '(__milvusconn_ask tags)' -d 'Label to filter on; repeatable.'
complete -c milvusconn -n '__milvusconn_at set' -l unset -x -a 'db user password token credentials ca cert key server-name tls timeout description tags' -d 'Clear a setting: db, user, password, token, credentials, ca, cert, key, server-name, tls, timeout, description, tags; repeatable.'
complete -c milvusconn -n '__milvusconn_at set' -s t -l timeout -x -d 'Total time per probe. Default: 5.'
complete -c milvusconn -n '__milvusconn_at set' -l store -x -a 'file keyring' -d 'Where to store a literal secret: file or keyring.'
complete -c milvusconn -n '__milvusconn_at set' -s o -l output -x -a 'table plain json jsonl csv' -d 'Output format: table, plain, json, jsonl or csv.'
complete -c milvusconn -n '__milvusconn_at set' -s q -l quiet -d 'Print no messages, only data.'
complete -c milvusconn -n '__milvusconn_at set' -l config -r -F -d 'Registry file.'
complete -c milvusconn -n '__milvusconn_at set' -s h -l help -d 'Show this message and exit.'
complete -c milvusconn -n '__milvusconn_at set 0' -a '(__milvusconn_ask aliases)'
complete -c milvusconn -n '__milvusconn_at set 1' -a '(__milvusconn_uri)'

complete -c milvusconn -n '__milvusconn_at edit' -s q -l quiet -d 'Print no messages, only data.'
complete -c milvusconn -n '__milvusconn_at edit' -l config -r -F -d 'Registry file.'
complete -c milvusconn -n '__milvusconn_at edit' -s h -l help -d 'Show this message and exit.'

complete -c milvusconn -n '__milvusconn_at rename' -s o -l output -x -a 'table plain json jsonl csv' -d 'Output format: table, plain, json, jsonl or csv.'
complete -c milvusconn -n '__milvusconn_at rename' -s q -l quiet -d 'Print no messages, only data.'
complete -c milvusconn -n '__milvusconn_at rename' -l config -r -F -d 'Registry file.'
complete -c milvusconn -n '__milvusconn_at rename' -s h -l help -d 'Show this message and exit.'
complete -c milvusconn -n '__milvusconn_at rename 0' -a '(__milvusconn_ask aliases)'

complete -c milvusconn -n '__milvusconn_at copy' -l uri -x -a '(__milvusconn_uri)' -d 'http(s)://HOST[:PORT], unix:PATH, or PATH.db'
complete -c milvusconn -n '__milvusconn_at copy' -l address -x -d 'Instead of --uri.'
complete -c milvusconn -n '__milvusconn_at copy' -l host -x -d 'Instead of --uri. Default: localhost.'
complete -c milvusconn -n '__milvusconn_at copy' -l port -x -d 'Instead of --uri. Default: 19530.'
complete -c milvusconn -n '__milvusconn_at copy' -l db -x -d 'Database name.'
complete -c milvusconn -n '__milvusconn_at copy' -l user -x -d 'User name.'
complete -c milvusconn -n '__milvusconn_at copy' -l password -x -a '(__milvusconn_secret)' -d 'env:NAME, file:PATH, command:ARGV…, keyring:SERVICE/USER, - (stdin), or the text'
complete -c milvusconn -n '__milvusconn_at copy' -l ask-password -d 'Prompt for the password.'
complete -c milvusconn -n '__milvusconn_at copy' -l token -x -a '(__milvusconn_secret)' -d 'Token or API key; same forms as --password.'
complete -c milvusconn -n '__milvusconn_at copy' -l tls -d 'Use TLS or not. Default: from the URI.'
complete -c milvusconn -n '__milvusconn_at copy' -l no-tls -d 'Use TLS or not. Default: from the URI.'
complete -c milvusconn -n '__milvusconn_at copy' -l ca -r -F -d 'CA certificate to trust (PEM).'
complete -c milvusconn -n '__milvusconn_at copy' -l cert -r -F -d 'Client certificate (PEM).'
complete -c milvusconn -n '__milvusconn_at copy' -l key -r -F -d 'Private key of the client certificate (PEM).'
complete -c milvusconn -n '__milvusconn_at copy' -l server-name -x -d 'Host name to expect in the server\'s certificate.'
complete -c milvusconn -n '__milvusconn_at copy' -l description -x -d 'Free text.'
complete -c milvusconn -n '__milvusconn_at copy' -l tag -x -a '(__milvusconn_ask tags)' -d 'Label to filter on; repeatable.'
complete -c milvusconn -n '__milvusconn_at copy' -s t -l timeout -x -d 'Total time per probe. Default: 5.'
complete -c milvusconn -n '__milvusconn_at copy' -s o -l output -x -a 'table plain json jsonl csv' -d 'Output format: table, plain, json, jsonl or csv.'
complete -c milvusconn -n '__milvusconn_at copy' -s q -l quiet -d 'Print no messages, only data.'
complete -c milvusconn -n '__milvusconn_at copy' -l config -r -F -d 'Registry file.'
complete -c milvusconn -n '__milvusconn_at copy' -s h -l help -d 'Show this message and exit.'
complete -c milvusconn -n '__milvusconn_at copy 0' -a '(__milvusconn_ask aliases)'

complete -c milvusconn -n '__milvusconn_at import' -l from -x -a 'milvusconn milvus-cli yami dotenv environment compose kubernetes mcp spring milvus-backup mem0 deep-searcher milvus-section' -d 'milvusconn, milvus-cli, yami, dotenv, environment, compose, kubernetes, mcp, spring, milvus-backup, mem0, deep-searcher, milvus-section. Default: detected.'
complete -c milvusconn -n '__milvusconn_at import' -l dry-run -d 'Show what would change, without changing it.'
complete -c milvusconn -n '__milvusconn_at import' -l replace -d 'Overwrite an existing alias.'
complete -c milvusconn -n '__milvusconn_at import' -l allow-references -d 'Import references to secrets (env, keyring) from FILE.'
complete -c milvusconn -n '__milvusconn_at import' -l allow-commands -d 'Import all references to secrets, including commands and files.'
complete -c milvusconn -n '__milvusconn_at import' -l store -x -a 'file keyring' -d 'Where to store a literal secret: file or keyring.'
complete -c milvusconn -n '__milvusconn_at import' -s o -l output -x -a 'table plain json jsonl csv' -d 'Output format: table, plain, json, jsonl or csv.'
complete -c milvusconn -n '__milvusconn_at import' -s q -l quiet -d 'Print no messages, only data.'
complete -c milvusconn -n '__milvusconn_at import' -l no-color -d 'Disable color, like NO_COLOR.'
complete -c milvusconn -n '__milvusconn_at import' -l config -r -F -d 'Registry file.'
complete -c milvusconn -n '__milvusconn_at import' -s h -l help -d 'Show this message and exit.'
complete -c milvusconn -n '__milvusconn_at import 0' -F

complete -c milvusconn -n '__milvusconn_at export' -l tag -x -a '(__milvusconn_ask tags)' -d 'Only aliases with this tag; repeatable.'
complete -c milvusconn -n '__milvusconn_at export' -l include-secrets -d 'Include literal secrets, in plain text.'
complete -c milvusconn -n '__milvusconn_at export' -l to -r -F -d 'Write to FILE, readable by its owner only.'
complete -c milvusconn -n '__milvusconn_at export' -l replace -d 'Overwrite an existing FILE.'
complete -c milvusconn -n '__milvusconn_at export' -l dry-run -d 'Show what would change, without changing it.'
complete -c milvusconn -n '__milvusconn_at export' -s o -l output -x -a 'toml json' -d 'Output format: toml or json.'
complete -c milvusconn -n '__milvusconn_at export' -s q -l quiet -d 'Print no messages, only data.'
complete -c milvusconn -n '__milvusconn_at export' -l no-color -d 'Disable color, like NO_COLOR.'
complete -c milvusconn -n '__milvusconn_at export' -l config -r -F -d 'Registry file.'
complete -c milvusconn -n '__milvusconn_at export' -s h -l help -d 'Show this message and exit.'
complete -c milvusconn -n '__milvusconn_at export' -a '(__milvusconn_ask aliases)'

complete -c milvusconn -n '__milvusconn_at inspect' -l uri -x -a '(__milvusconn_uri)' -d 'http(s)://HOST[:PORT], unix:PATH, or PATH.db'
complete -c milvusconn -n '__milvusconn_at inspect' -l address -x -d 'Instead of --uri.'
complete -c milvusconn -n '__milvusconn_at inspect' -l host -x -d 'Instead of --uri. Default: localhost.'
complete -c milvusconn -n '__milvusconn_at inspect' -l port -x -d 'Instead of --uri. Default: 19530.'
complete -c milvusconn -n '__milvusconn_at inspect' -l db -x -d 'Database name.'
complete -c milvusconn -n '__milvusconn_at inspect' -l user -x -d 'User name.'
complete -c milvusconn -n '__milvusconn_at inspect' -l password -x -a '(__milvusconn_secret)' -d 'env:NAME, file:PATH, command:ARGV…, keyring:SERVICE/USER, - (stdin), or the text'
complete -c milvusconn -n '__milvusconn_at inspect' -l ask-password -d 'Prompt for the password.'
complete -c milvusconn -n '__milvusconn_at inspect' -l token -x -a '(__milvusconn_secret)' -d 'Token or API key; same forms as --password.'
complete -c milvusconn -n '__milvusconn_at inspect' -l tls -d 'Use TLS or not. Default: from the URI.'
complete -c milvusconn -n '__milvusconn_at inspect' -l no-tls -d 'Use TLS or not. Default: from the URI.'
complete -c milvusconn -n '__milvusconn_at inspect' -l ca -r -F -d 'CA certificate to trust (PEM).'
complete -c milvusconn -n '__milvusconn_at inspect' -l cert -r -F -d 'Client certificate (PEM).'
complete -c milvusconn -n '__milvusconn_at inspect' -l key -r -F -d 'Private key of the client certificate (PEM).'
complete -c milvusconn -n '__milvusconn_at inspect' -l server-name -x -d 'Host name to expect in the server\'s certificate.'
complete -c milvusconn -n '__milvusconn_at inspect' -l all -d 'Check every alias.'
complete -c milvusconn -n '__milvusconn_at inspect' -l tag -x -a '(__milvusconn_ask tags)' -d 'Only aliases with this tag; repeatable.'
complete -c milvusconn -n '__milvusconn_at inspect' -l no-create -d 'Do not create a `.db` that does not exist.'
complete -c milvusconn -n '__milvusconn_at inspect' -s t -l timeout -x -d 'Total time per probe. Default: 5.'
complete -c milvusconn -n '__milvusconn_at inspect' -s o -l output -x -a 'table plain json jsonl csv prometheus nagios junit github' -d 'Output format: table, plain, json, jsonl, csv, prometheus, nagios, junit or github.'
complete -c milvusconn -n '__milvusconn_at inspect' -l format -x -d 'One line per alias, such as \'{alias} {status}\'.'
complete -c milvusconn -n '__milvusconn_at inspect' -s q -l quiet -d 'Print no messages, only data.'
complete -c milvusconn -n '__milvusconn_at inspect' -l no-color -d 'Disable color, like NO_COLOR.'
complete -c milvusconn -n '__milvusconn_at inspect' -l no-progress -d 'Show no progress while waiting.'
complete -c milvusconn -n '__milvusconn_at inspect' -l config -r -F -d 'Registry file.'
complete -c milvusconn -n '__milvusconn_at inspect' -s h -l help -d 'Show this message and exit.'
complete -c milvusconn -n '__milvusconn_at inspect' -a '(__milvusconn_ask aliases)'

complete -c milvusconn -n '__milvusconn_at env' -l shell -x -a 'sh fish powershell' -d 'sh, fish or powershell. Default: sh.'
complete -c milvusconn -n '__milvusconn_at env' -l dotenv -d 'Print a .env file.'
complete -c milvusconn -n '__milvusconn_at env' -l docker -d 'Print a file for docker --env-file.'
complete -c milvusconn -n '__milvusconn_at env' -s q -l quiet -d 'Print no messages, only data.'
complete -c milvusconn -n '__milvusconn_at env' -l config -r -F -d 'Registry file.'
complete -c milvusconn -n '__milvusconn_at env' -s h -l help -d 'Show this message and exit.'
complete -c milvusconn -n '__milvusconn_at env 0' -a '(__milvusconn_ask aliases)'

complete -c milvusconn -n '__milvusconn_at exec' -s q -l quiet -d 'Print no messages, only data.'
complete -c milvusconn -n '__milvusconn_at exec' -l config -r -F -d 'Registry file.'
complete -c milvusconn -n '__milvusconn_at exec' -s h -l help -d 'Show this message and exit.'
complete -c milvusconn -n '__milvusconn_at exec 0' -a '(__milvusconn_ask aliases)'

complete -c milvusconn -n '__milvusconn_at wait' -l uri -x -a '(__milvusconn_uri)' -d 'http(s)://HOST[:PORT], unix:PATH, or PATH.db'
complete -c milvusconn -n '__milvusconn_at wait' -l address -x -d 'Instead of --uri.'
complete -c milvusconn -n '__milvusconn_at wait' -l host -x -d 'Instead of --uri. Default: localhost.'
complete -c milvusconn -n '__milvusconn_at wait' -l port -x -d 'Instead of --uri. Default: 19530.'
complete -c milvusconn -n '__milvusconn_at wait' -l db -x -d 'Database name.'
complete -c milvusconn -n '__milvusconn_at wait' -l user -x -d 'User name.'
complete -c milvusconn -n '__milvusconn_at wait' -l password -x -a '(__milvusconn_secret)' -d 'env:NAME, file:PATH, command:ARGV…, keyring:SERVICE/USER, - (stdin), or the text'
complete -c milvusconn -n '__milvusconn_at wait' -l ask-password -d 'Prompt for the password.'
complete -c milvusconn -n '__milvusconn_at wait' -l token -x -a '(__milvusconn_secret)' -d 'Token or API key; same forms as --password.'
complete -c milvusconn -n '__milvusconn_at wait' -l tls -d 'Use TLS or not. Default: from the URI.'
complete -c milvusconn -n '__milvusconn_at wait' -l no-tls -d 'Use TLS or not. Default: from the URI.'
complete -c milvusconn -n '__milvusconn_at wait' -l ca -r -F -d 'CA certificate to trust (PEM).'
complete -c milvusconn -n '__milvusconn_at wait' -l cert -r -F -d 'Client certificate (PEM).'
complete -c milvusconn -n '__milvusconn_at wait' -l key -r -F -d 'Private key of the client certificate (PEM).'
complete -c milvusconn -n '__milvusconn_at wait' -l server-name -x -d 'Host name to expect in the server\'s certificate.'
complete -c milvusconn -n '__milvusconn_at wait' -s t -l timeout -x -d 'Total time to wait. Default: 60.'
complete -c milvusconn -n '__milvusconn_at wait' -l interval -x -d 'Longest pause between probes; starts at 0.1 and grows. Default: 2.'
complete -c milvusconn -n '__milvusconn_at wait' -l stable -x -d 'How long the state must last. Default: 0.'
complete -c milvusconn -n '__milvusconn_at wait' -l down -d 'Wait until the connection is down.'
complete -c milvusconn -n '__milvusconn_at wait' -l healthy -d 'Also ask Milvus whether it is healthy.'
complete -c milvusconn -n '__milvusconn_at wait' -l patient -d 'Keep waiting on causes that time cannot fix.'
complete -c milvusconn -n '__milvusconn_at wait' -l no-create -d 'Do not create a `.db` that does not exist.'
complete -c milvusconn -n '__milvusconn_at wait' -s o -l output -x -a 'table plain json jsonl csv' -d 'Output format: table, plain, json, jsonl or csv.'
complete -c milvusconn -n '__milvusconn_at wait' -s q -l quiet -d 'Print no messages, only data.'
complete -c milvusconn -n '__milvusconn_at wait' -l no-color -d 'Disable color, like NO_COLOR.'
complete -c milvusconn -n '__milvusconn_at wait' -l config -r -F -d 'Registry file.'
complete -c milvusconn -n '__milvusconn_at wait' -s h -l help -d 'Show this message and exit.'
complete -c milvusconn -n '__milvusconn_at wait' -a '(__milvusconn_ask aliases)'

complete -c milvusconn -n '__milvusconn_at ping' -l uri -x -a '(__milvusconn_uri)' -d 'http(s)://HOST[:PORT], unix:PATH, or PATH.db'
complete -c milvusconn -n '__milvusconn_at ping' -l address -x -d 'Instead of --uri.'
complete -c milvusconn -n '__milvusconn_at ping' -l host -x -d 'Instead of --uri. Default: localhost.'
complete -c milvusconn -n '__milvusconn_at ping' -l port -x -d 'Instead of --uri. Default: 19530.'
complete -c milvusconn -n '__milvusconn_at ping' -l db -x -d 'Database name.'
complete -c milvusconn -n '__milvusconn_at ping' -l user -x -d 'User name.'
complete -c milvusconn -n '__milvusconn_at ping' -l password -x -a '(__milvusconn_secret)' -d 'env:NAME, file:PATH, command:ARGV…, keyring:SERVICE/USER, - (stdin), or the text'
complete -c milvusconn -n '__milvusconn_at ping' -l ask-password -d 'Prompt for the password.'
complete -c milvusconn -n '__milvusconn_at ping' -l token -x -a '(__milvusconn_secret)' -d 'Token or API key; same forms as --password.'
complete -c milvusconn -n '__milvusconn_at ping' -l tls -d 'Use TLS or not. Default: from the URI.'
complete -c milvusconn -n '__milvusconn_at ping' -l no-tls -d 'Use TLS or not. Default: from the URI.'
complete -c milvusconn -n '__milvusconn_at ping' -l ca -r -F -d 'CA certificate to trust (PEM).'
complete -c milvusconn -n '__milvusconn_at ping' -l cert -r -F -d 'Client certificate (PEM).'
complete -c milvusconn -n '__milvusconn_at ping' -l key -r -F -d 'Private key of the client certificate (PEM).'
complete -c milvusconn -n '__milvusconn_at ping' -l server-name -x -d 'Host name to expect in the server\'s certificate.'
complete -c milvusconn -n '__milvusconn_at ping' -s c -l count -x -d 'Stop after this many probes. Default: until Ctrl-C.'
complete -c milvusconn -n '__milvusconn_at ping' -s i -l interval -x -d 'Time between the starts of two probes. Default: 1.'
complete -c milvusconn -n '__milvusconn_at ping' -s w -l within -x -d 'Stop after this long.'
complete -c milvusconn -n '__milvusconn_at ping' -l reuse -d 'Keep one connection, like pymilvus; report what breaks it.'
complete -c milvusconn -n '__milvusconn_at ping' -s t -l timeout -x -d 'Total time per probe. Default: 5.'
complete -c milvusconn -n '__milvusconn_at ping' -s o -l output -x -a 'table plain json jsonl csv' -d 'Output format: table, plain, json, jsonl or csv.'
complete -c milvusconn -n '__milvusconn_at ping' -s q -l quiet -d 'Print only the summary.'
complete -c milvusconn -n '__milvusconn_at ping' -l no-color -d 'Disable color, like NO_COLOR.'
complete -c milvusconn -n '__milvusconn_at ping' -l config -r -F -d 'Registry file.'
complete -c milvusconn -n '__milvusconn_at ping' -s h -l help -d 'Show this message and exit.'
complete -c milvusconn -n '__milvusconn_at ping 0' -a '(__milvusconn_ask aliases)'

complete -c milvusconn -n '__milvusconn_at serve' -l listen -x -d 'Where to listen.'
complete -c milvusconn -n '__milvusconn_at serve' -l min-interval -x -d 'Shortest time between two probes of an alias.'
complete -c milvusconn -n '__milvusconn_at serve' -l max-probes -x -d 'Maximum concurrent probes. Default: what the open files limit allows.'
complete -c milvusconn -n '__milvusconn_at serve' -s t -l timeout -x -d 'Total time per probe. Default: 5.'
complete -c milvusconn -n '__milvusconn_at serve' -s q -l quiet -d 'Print no messages, only data.'
complete -c milvusconn -n '__milvusconn_at serve' -l config -r -F -d 'Registry file.'
complete -c milvusconn -n '__milvusconn_at serve' -s h -l help -d 'Show this message and exit.'

complete -c milvusconn -n '__milvusconn_at explain' -s o -l output -x -a 'table plain json jsonl csv' -d 'Output format: table, plain, json, jsonl or csv.'
complete -c milvusconn -n '__milvusconn_at explain' -l no-color -d 'Disable color, like NO_COLOR.'
complete -c milvusconn -n '__milvusconn_at explain' -s h -l help -d 'Show this message and exit.'
complete -c milvusconn -n '__milvusconn_at explain 0' -a '(__milvusconn_ask causes)'

complete -c milvusconn -n '__milvusconn_at help' -l no-color -d 'Disable color, like NO_COLOR.'
complete -c milvusconn -n '__milvusconn_at help' -s h -l help -d 'Show this message and exit.'

complete -c milvusconn -n '__milvusconn_at completion' -s o -l output -x -a 'table plain json jsonl csv' -d 'Output format: table, plain, json, jsonl or csv.'
complete -c milvusconn -n '__milvusconn_at completion' -s q -l quiet -d 'Print no messages, only data.'
complete -c milvusconn -n '__milvusconn_at completion' -l no-color -d 'Disable color, like NO_COLOR.'
complete -c milvusconn -n '__milvusconn_at completion' -s h -l help -d 'Show this message and exit.'
complete -c milvusconn -n '__milvusconn_at completion 0' -a 'show install uninstall status'
complete -c milvusconn -n '__milvusconn_at completion 1' -a 'bash zsh fish powershell'
