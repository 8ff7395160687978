# PowerShell completion for milvusconn. Written by `python docs/generate.py`; edits are lost.
# To be loaded by $PROFILE: milvusconn completion show powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName milvusconn -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $forms = @{
        secret = @(
            @{ Word = 'env:'; Told = 'an environment variable' }
            @{ Word = 'file:'; Told = 'the content of a file' }
            @{ Word = 'command:'; Told = 'the output of a command' }
            @{ Word = 'keyring:'; Told = 'SERVICE/USER in the system keyring' }
            @{ Word = 'literal:'; Told = 'the text that follows' }
            @{ Word = '-'; Told = 'one line of standard input' }
        )
        uri = @(
            @{ Word = 'http://'; Told = 'plaintext, port 19530' }
            @{ Word = 'https://'; Told = 'TLS, port 443' }
            @{ Word = 'tcp://'; Told = 'plaintext' }
            @{ Word = 'grpc://'; Told = 'plaintext' }
            @{ Word = 'unix:'; Told = 'a socket file' }
        )
    }
    $verbs = [ordered]@{
        '' = @{
            Told = ''
            Options = @(
                @{ Names = @('--version'); Told = 'Print the version.' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
            )
        }
        'has' = @{
            Told = 'Check whether ALIAS or URI is connected.'
            Options = @(
                @{ Names = @('--uri'); Told = 'http(s)://HOST[:PORT], unix:PATH, or PATH.db'; Kind = 'uri' }
                @{ Names = @('--address'); Told = 'Instead of --uri.'; Kind = 'nothing' }
                @{ Names = @('--host'); Told = 'Instead of --uri. Default: localhost.'; Kind = 'nothing' }
                @{ Names = @('--port'); Told = 'Instead of --uri. Default: 19530.'; Kind = 'nothing' }
                @{ Names = @('--db'); Told = 'Database name.'; Kind = 'nothing' }
                @{ Names = @('--user'); Told = 'User name.'; Kind = 'nothing' }
                @{ Names = @('--password'); Told = 'env:NAME, file:PATH, command:ARGV…, keyring:SERVICE/USER, - (stdin), or the text'; Kind = 'secret' }
                @{ Names = @('--ask-password'); Told = 'Prompt for the password.' }
                @{ Names = @('--token'); Told = 'Token or API key; same forms as --password.'; Kind = 'secret' }
                @{ Names = @('--tls'); Told = 'Use TLS or not. Default: from the URI.' }
                @{ Names = @('--no-tls'); Told = 'Use TLS or not. Default: from the URI.' }
                @{ Names = @('--ca'); Told = 'CA certificate to trust (PEM).'; Kind = 'file' }
                @{ Names = @('--cert'); Told = 'Client certificate (PEM).'; Kind = 'file' }
                @{ Names = @('--key'); Told = 'Private key of the client certificate (PEM).'; Kind = 'file' }
                @{ Names = @('--server-name'); Told = 'Host name to expect in the server''s certificate.'; Kind = 'nothing' }
                @{ Names = @('--all'); Told = 'Check every alias.' }
                @{ Names = @('--tag'); Told = 'Only aliases with this tag; repeatable.'; Kind = 'tags'; Repeatable = $true }
                @{ Names = @('--healthy'); Told = 'Also ask Milvus whether it is healthy.' }
                @{ Names = @('--no-create'); Told = 'Do not create a `.db` that does not exist.' }
                @{ Names = @('-t', '--timeout'); Told = 'Total time per probe. Default: 5.'; Kind = 'nothing' }
                @{ Names = @('-o', '--output'); Told = 'Output format: table, plain, json, jsonl, csv, prometheus, nagios, junit or github.'; Kind = 'fixed'; Words = @('table', 'plain', 'json', 'jsonl', 'csv', 'prometheus', 'nagios', 'junit', 'github') }
                @{ Names = @('--format'); Told = 'One line per alias, such as ''{alias} {status}''.'; Kind = 'nothing' }
                @{ Names = @('-q', '--quiet'); Told = 'Print nothing; use the exit code.' }
                @{ Names = @('--no-color'); Told = 'Disable color, like NO_COLOR.' }
                @{ Names = @('--no-progress'); Told = 'Show no progress while waiting.' }
                @{ Names = @('--config'); Told = 'Registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases'; Many = $true }
            )
        }
        'add' = @{
            Told = 'Save the settings of ALIAS without connecting.'
            Options = @(
                @{ Names = @('--uri'); Told = 'http(s)://HOST[:PORT], unix:PATH, or PATH.db'; Kind = 'uri' }
                @{ Names = @('--address'); Told = 'Instead of --uri.'; Kind = 'nothing' }
                @{ Names = @('--host'); Told = 'Instead of --uri. Default: localhost.'; Kind = 'nothing' }
                @{ Names = @('--port'); Told = 'Instead of --uri. Default: 19530.'; Kind = 'nothing' }
                @{ Names = @('--db'); Told = 'Database name.'; Kind = 'nothing' }
                @{ Names = @('--user'); Told = 'User name.'; Kind = 'nothing' }
                @{ Names = @('--password'); Told = 'env:NAME, file:PATH, command:ARGV…, keyring:SERVICE/USER, - (stdin), or the text'; Kind = 'secret' }
                @{ Names = @('--ask-password'); Told = 'Prompt for the password.' }
                @{ Names = @('--token'); Told = 'Token or API key; same forms as --password.'; Kind = 'secret' }
                @{ Names = @('--tls'); Told = 'Use TLS or not. Default: from the URI.' }
                @{ Names = @('--no-tls'); Told = 'Use TLS or not. Default: from the URI.' }
                @{ Names = @('--ca'); Told = 'CA certificate to trust (PEM).'; Kind = 'file' }
                @{ Names = @('--cert'); Told = 'Client certificate (PEM).'; Kind = 'file' }
                @{ Names = @('--key'); Told = 'Private key of the client certificate (PEM).'; Kind = 'file' }
                @{ Names = @('--server-name'); Told = 'Host name to expect in the server''s certificate.'; Kind = 'nothing' }
                @{ Names = @('--description'); Told = 'Free text.'; Kind = 'nothing' }
                @{ Names = @('--tag'); Told = 'Label to filter on; repeatable.'; Kind = 'tags'; Repeatable = $true }
                @{ Names = @('-t', '--timeout'); Told = 'Total time per probe. Default: 5.'; Kind = 'nothing' }
                @{ Names = @('--replace'); Told = 'Overwrite an existing alias.' }
                @{ Names = @('--store'); Told = 'Where to store a literal secret: file or keyring.'; Kind = 'fixed'; Words = @('file', 'keyring') }
                @{ Names = @('-o', '--output'); Told = 'Output format: table, plain, json, jsonl or csv.'; Kind = 'fixed'; Words = @('table', 'plain', 'json', 'jsonl', 'csv') }
                @{ Names = @('-q', '--quiet'); Told = 'Print no messages, only data.' }
                @{ Names = @('--config'); Told = 'Registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases' }
                @{ Kind = 'uri' }
            )
        }
        'connect' = @{
            Told = 'Connect ALIAS, and save its settings on success.'
            Options = @(
                @{ Names = @('--uri'); Told = 'http(s)://HOST[:PORT], unix:PATH, or PATH.db'; Kind = 'uri' }
                @{ Names = @('--address'); Told = 'Instead of --uri.'; Kind = 'nothing' }
                @{ Names = @('--host'); Told = 'Instead of --uri. Default: localhost.'; Kind = 'nothing' }
                @{ Names = @('--port'); Told = 'Instead of --uri. Default: 19530.'; Kind = 'nothing' }
                @{ Names = @('--db'); Told = 'Database name.'; Kind = 'nothing' }
                @{ Names = @('--user'); Told = 'User name.'; Kind = 'nothing' }
                @{ Names = @('--password'); Told = 'env:NAME, file:PATH, command:ARGV…, keyring:SERVICE/USER, - (stdin), or the text'; Kind = 'secret' }
                @{ Names = @('--ask-password'); Told = 'Prompt for the password.' }
                @{ Names = @('--token'); Told = 'Token or API key; same forms as --password.'; Kind = 'secret' }
                @{ Names = @('--tls'); Told = 'Use TLS or not. Default: from the URI.' }
                @{ Names = @('--no-tls'); Told = 'Use TLS or not. Default: from the URI.' }
                @{ Names = @('--ca'); Told = 'CA certificate to trust (PEM).'; Kind = 'file' }
                @{ Names = @('--cert'); Told = 'Client certificate (PEM).'; Kind = 'file' }
                @{ Names = @('--key'); Told = 'Private key of the client certificate (PEM).'; Kind = 'file' }
                @{ Names = @('--server-name'); Told = 'Host name to expect in the server''s certificate.'; Kind = 'nothing' }
                @{ Names = @('--description'); Told = 'Free text.'; Kind = 'nothing' }
                @{ Names = @('--tag'); Told = 'Label to filter on; repeatable.'; Kind = 'tags'; Repeatable = $true }
                @{ Names = @('-t', '--timeout'); Told = 'Total time per probe. Default: 5.'; Kind = 'nothing' }
                @{ Names = @('--wait'); Told = 'Wait up to this long until it is connected.'; Kind = 'nothing' }
                @{ Names = @('--replace'); Told = 'Overwrite an existing alias.' }
                @{ Names = @('--store'); Told = 'Where to store a literal secret: file or keyring.'; Kind = 'fixed'; Words = @('file', 'keyring') }
                @{ Names = @('-o', '--output'); Told = 'Output format: table, plain, json, jsonl or csv.'; Kind = 'fixed'; Words = @('table', 'plain', 'json', 'jsonl', 'csv') }
                @{ Names = @('-q', '--quiet'); Told = 'Print no messages, only data.' }
                @{ Names = @('--no-color'); Told = 'Disable color, like NO_COLOR.' }
                @{ Names = @('--no-progress'); Told = 'Show no progress while waiting.' }
                @{ Names = @('--config'); Told = 'Registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases' }
                @{ Kind = 'uri' }
            )
        }
        'disconnect' = @{
            Told = 'Disconnect ALIAS, but keep its settings.'
            Options = @(
                @{ Names = @('--force'); Told = 'Ignore missing aliases.' }
                @{ Names = @('-o', '--output'); Told = 'Output format: table, plain, json, jsonl or csv.'; Kind = 'fixed'; Words = @('table', 'plain', 'json', 'jsonl', 'csv') }
                @{ Names = @('-q', '--quiet'); Told = 'Print no messages, only data.' }
                @{ Names = @('--config'); Told = 'Registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases'; Many = $true }
            )
        }
        'address' = @{
            Told = 'Print the address of ALIAS, without connecting.'
            Options = @(
                @{ Names = @('-o', '--output'); Told = 'Output format: table, plain, json, jsonl or csv.'; Kind = 'fixed'; Words = @('table', 'plain', 'json', 'jsonl', 'csv') }
                @{ Names = @('-q', '--quiet'); Told = 'Print no messages, only data.' }
                @{ Names = @('--config'); Told = 'Registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases' }
            )
        }
        'list' = @{
            Told = 'List all aliases, checked concurrently.'
            Options = @(
                @{ Names = @('--tag'); Told = 'Only aliases with this tag; repeatable.'; Kind = 'tags'; Repeatable = $true }
                @{ Names = @('--names'); Told = 'Only the names, one per line; does not connect.' }
                @{ Names = @('--no-probe'); Told = 'Only the settings; does not connect.' }
                @{ Names = @('--failing'); Told = 'Only failing aliases, most severe first.' }
                @{ Names = @('--sort'); Told = 'Sort by alias, address, status or time.'; Kind = 'fixed'; Words = @('alias', 'address', 'status', 'time') }
                @{ Names = @('--exit-code'); Told = 'Exit with the code of the most severe row.' }
                @{ Names = @('--watch'); Told = 'Keep probing each alias at this interval. Default: 10.'; Kind = 'nothing' }
                @{ Names = @('-t', '--timeout'); Told = 'Total time per probe. Default: 5.'; Kind = 'nothing' }
                @{ Names = @('-o', '--output'); Told = 'Output format: table, plain, json, jsonl, csv, prometheus, nagios, junit or github.'; Kind = 'fixed'; Words = @('table', 'plain', 'json', 'jsonl', 'csv', 'prometheus', 'nagios', 'junit', 'github') }
                @{ Names = @('--format'); Told = 'One line per alias, such as ''{alias} {status}''.'; Kind = 'nothing' }
                @{ Names = @('-q', '--quiet'); Told = 'Print no messages, and only the names.' }
                @{ Names = @('--no-color'); Told = 'Disable color, like NO_COLOR.' }
                @{ Names = @('--no-progress'); Told = 'Show no progress while waiting.' }
                @{ Names = @('--config'); Told = 'Registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
            )
        }
        'remove' = @{
            Told = 'Delete ALIAS and its settings.'
            Options = @(
                @{ Names = @('--force'); Told = 'Ignore missing aliases.' }
                @{ Names = @('-o', '--output'); Told = 'Output format: table, plain, json, jsonl or csv.'; Kind = 'fixed'; Words = @('table', 'plain', 'json', 'jsonl', 'csv') }
                @{ Names = @('-q', '--quiet'); Told = 'Print no messages, only data.' }
                @{ Names = @('--config'); Told = 'Registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases'; Many = $true }
            )
        }
        'show' = @{
            Told = 'Show ALIAS''s settings and where each comes from.'
            Options = @(
                @{ Names = @('--as'); Told = 'Print text to paste instead: pymilvus, curl, grpcurl, attu, docker, langchain, llama-index, dify, spring, mcp and k8s-secret.'; Kind = 'fixed'; Words = @('pymilvus', 'curl', 'grpcurl', 'attu', 'docker', 'langchain', 'llama-index', 'dify', 'spring', 'mcp', 'k8s-secret') }
                @{ Names = @('-o', '--output'); Told = 'Output format: table, plain, json, jsonl or csv.'; Kind = 'fixed'; Words = @('table', 'plain', 'json', 'jsonl', 'csv') }
                @{ Names = @('-q', '--quiet'); Told = 'Print no messages, only data.' }
                @{ Names = @('--no-color'); Told = 'Disable color, like NO_COLOR.' }
                @{ Names = @('--config'); Told = 'Registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases' }
            )
        }
        'set' = @{
            Told = 'Change settings of ALIAS without connecting.'
            Options = @(
                @{ Names = @('--uri'); Told = 'http(s)://HOST[:PORT], unix:PATH, or PATH.db'; Kind = 'uri' }
                @{ Names = @('--address'); Told = 'Instead of --uri.'; Kind = 'nothing' }
                @{ Names = @('--host'); Told = 'Instead of --uri. Default: localhost.'; Kind = 'nothing' }
                @{ Names = @('--port'); Told = 'Instead of --uri. Default: 19530.'; Kind = 'nothing' }
                @{ Names = @('--db'); Told = 'Database name.'; Kind = 'nothing' }
                @{ Names = @('--user'); Told = 'User name.'; Kind = 'nothing' }
                @{ Names = @('--password'); Told = 'env:NAME, file:PATH, command:ARGV…, keyring:SERVICE/USER, - (stdin), or the text'; Kind = 'secret' }
                @{ Names = @('--ask-password'); Told = 'Prompt for the password.' }
                @{ Names = @('--token'); Told = 'Token or API key; same forms as --password.'; Kind = 'secret' }
                @{ Names = @('--tls'); Told = 'Use TLS or not. Default: from the URI.' }
                @{ Names = @('--no-tls'); Told = 'Use TLS or not. Default: from the URI.' }
                @{ Names = @('--ca'); Told = 'CA certificate to trust (PEM).'; Kind = 'file' }
                @{ Names = @('--cert'); Told = 'Client certificate (PEM).'; Kind = 'file' }
                @{ Names = @('--key'); Told = 'Private key of the client certificate (PEM).'; Kind = 'file' }
                @{ Names = @('--server-name'); Told = 'Host name to expect in the server''s certificate.'; Kind = 'nothing' }
                @{ Names = @('--description'); Told = 'Free text.'; Kind = 'nothing' }
                @{ Names = @('--tag'); Told = 'Label to filter on; repeatable.'; Kind = 'tags'; Repeatable = $true }
                @{ Names = @('--unset'); Told = 'Clear a setting: db, user, password, token, credentials, ca, cert, key, server-name, tls, timeout, description, tags; repeatable.'; Kind = 'fixed'; Words = @('db', 'user', 'password', 'token', 'credentials', 'ca', 'cert', 'key', 'server-name', 'tls', 'timeout', 'description', 'tags'); Repeatable = $true }
                @{ Names = @('-t', '--timeout'); Told = 'Total time per probe. Default: 5.'; Kind = 'nothing' }
                @{ Names = @('--store'); Told = 'Where to store a literal secret: file or keyring.'; Kind = 'fixed'; Words = @('file', 'keyring') }
                @{ Names = @('-o', '--output'); Told = 'Output format: table, plain, json, jsonl or csv.'; Kind = 'fixed'; Words = @('table', 'plain', 'json', 'jsonl', 'csv') }
                @{ Names = @('-q', '--quiet'); Told = 'Print no messages, only data.' }
                @{ Names = @('--config'); Told = 'Registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases' }
                @{ Kind = 'uri' }
            )
        }
        'edit' = @{
            Told = 'Edit the registry file in $VISUAL or $EDITOR.'
            Options = @(
                @{ Names = @('-q', '--quiet'); Told = 'Print no messages, only data.' }
                @{ Names = @('--config'); Told = 'Registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
            )
        }
        'rename' = @{
            Told = 'Rename ALIAS, keeping its position in the file.'
            Options = @(
                @{ Names = @('-o', '--output'); Told = 'Output format: table, plain, json, jsonl or csv.'; Kind = 'fixed'; Words = @('table', 'plain', 'json', 'jsonl', 'csv') }
                @{ Names = @('-q', '--quiet'); Told = 'Print no messages, only data.' }
                @{ Names = @('--config'); Told = 'Registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases' }
                @{ Kind = 'nothing' }
            )
        }
        'copy' = @{
            Told = 'Copy ALIAS to a new name.'
            Options = @(
                @{ Names = @('--uri'); Told = 'http(s)://HOST[:PORT], unix:PATH, or PATH.db'; Kind = 'uri' }
                @{ Names = @('--address'); Told = 'Instead of --uri.'; Kind = 'nothing' }
                @{ Names = @('--host'); Told = 'Instead of --uri. Default: localhost.'; Kind = 'nothing' }
                @{ Names = @('--port'); Told = 'Instead of --uri. Default: 19530.'; Kind = 'nothing' }
                @{ Names = @('--db'); Told = 'Database name.'; Kind = 'nothing' }
                @{ Names = @('--user'); Told = 'User name.'; Kind = 'nothing' }
                @{ Names = @('--password'); Told = 'env:NAME, file:PATH, command:ARGV…, keyring:SERVICE/USER, - (stdin), or the text'; Kind = 'secret' }
                @{ Names = @('--ask-password'); Told = 'Prompt for the password.' }
                @{ Names = @('--token'); Told = 'Token or API key; same forms as --password.'; Kind = 'secret' }
                @{ Names = @('--tls'); Told = 'Use TLS or not. Default: from the URI.' }
                @{ Names = @('--no-tls'); Told = 'Use TLS or not. Default: from the URI.' }
                @{ Names = @('--ca'); Told = 'CA certificate to trust (PEM).'; Kind = 'file' }
                @{ Names = @('--cert'); Told = 'Client certificate (PEM).'; Kind = 'file' }
                @{ Names = @('--key'); Told = 'Private key of the client certificate (PEM).'; Kind = 'file' }
                @{ Names = @('--server-name'); Told = 'Host name to expect in the server''s certificate.'; Kind = 'nothing' }
                @{ Names = @('--description'); Told = 'Free text.'; Kind = 'nothing' }
                @{ Names = @('--tag'); Told = 'Label to filter on; repeatable.'; Kind = 'tags'; Repeatable = $true }
                @{ Names = @('-t', '--timeout'); Told = 'Total time per probe. Default: 5.'; Kind = 'nothing' }
                @{ Names = @('-o', '--output'); Told = 'Output format: table, plain, json, jsonl or csv.'; Kind = 'fixed'; Words = @('table', 'plain', 'json', 'jsonl', 'csv') }
                @{ Names = @('-q', '--quiet'); Told = 'Print no messages, only data.' }
                @{ Names = @('--config'); Told = 'Registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases' }
                @{ Kind = 'nothing' }
            )
        }
        'import' = @{
            Told = 'Import all aliases from FILE, or none.'
            Options = @(
                @{ Names = @('--from'); Told = 'milvusconn, milvus-cli, yami, dotenv, environment, compose, kubernetes, mcp, spring, milvus-backup, mem0, deep-searcher, milvus-section. Default: detected.'; Kind = 'fixed'; Words = @('milvusconn', 'milvus-cli', 'yami', 'dotenv', 'environment', 'compose', 'kubernetes', 'mcp', 'spring', 'milvus-backup', 'mem0', 'deep-searcher', 'milvus-section') }
                @{ Names = @('--dry-run'); Told = 'Show what would change, without changing it.' }
                @{ Names = @('--replace'); Told = 'Overwrite an existing alias.' }
                @{ Names = @('--allow-references'); Told = 'Import references to secrets (env, keyring) from FILE.' }
                @{ Names = @('--allow-commands'); Told = 'Import all references to secrets, including commands and files.' }
                @{ Names = @('--store'); Told = 'Where to store a literal secret: file or keyring.'; Kind = 'fixed'; Words = @('file', 'keyring') }
                @{ Names = @('-o', '--output'); Told = 'Output format: table, plain, json, jsonl or csv.'; Kind = 'fixed'; Words = @('table', 'plain', 'json', 'jsonl', 'csv') }
                @{ Names = @('-q', '--quiet'); Told = 'Print no messages, only data.' }
                @{ Names = @('--no-color'); Told = 'Disable color, like NO_COLOR.' }
                @{ Names = @('--config'); Told = 'Registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'file' }
            )
        }
        'export' = @{
            Told = 'Print the aliases of the registry file, for `import` on another machine.'
            Options = @(
                @{ Names = @('--tag'); Told = 'Only aliases with this tag; repeatable.'; Kind = 'tags'; Repeatable = $true }
                @{ Names = @('--include-secrets'); Told = 'Include literal secrets, in plain text.' }
                @{ Names = @('--to'); Told = 'Write to FILE, readable by its owner only.'; Kind = 'file' }
                @{ Names = @('--replace'); Told = 'Overwrite an existing FILE.' }
                @{ Names = @('--dry-run'); Told = 'Show what would change, without changing it.' }
                @{ Names = @('-o', '--output'); Told = 'Output format: toml or json.'; Kind = 'fixed'; Words = @('toml', 'json') }
                @{ Names = @('-q', '--quiet'); Told = 'Print no messages, only data.' }
                @{ Names = @('--no-color'); Told = 'Disable color, like NO_COLOR.' }
                @{ Names = @('--config'); Told = 'Registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases'; Many = $true }
            )
        }
        'inspect' = @{
            Told = 'Check every layer of a connection, with timing and evidence.'
            Options = @(
                @{ Names = @('--uri'); Told = 'http(s)://HOST[:PORT], unix:PATH, or PATH.db'; Kind = 'uri' }
                @{ Names = @('--address'); Told = 'Instead of --uri.'; Kind = 'nothing' }
                @{ Names = @('--host'); Told = 'Instead of --uri. Default: localhost.'; Kind = 'nothing' }
                @{ Names = @('--port'); Told = 'Instead of --uri. Default: 19530.'; Kind = 'nothing' }
                @{ Names = @('--db'); Told = 'Database name.'; Kind = 'nothing' }
                @{ Names = @('--user'); Told = 'User name.'; Kind = 'nothing' }
                @{ Names = @('--password'); Told = 'env:NAME, file:PATH, command:ARGV…, keyring:SERVICE/USER, - (stdin), or the text'; Kind = 'secret' }
                @{ Names = @('--ask-password'); Told = 'Prompt for the password.' }
                @{ Names = @('--token'); Told = 'Token or API key; same forms as --password.'; Kind = 'secret' }
                @{ Names = @('--tls'); Told = 'Use TLS or not. Default: from the URI.' }
                @{ Names = @('--no-tls'); Told = 'Use TLS or not. Default: from the URI.' }
                @{ Names = @('--ca'); Told = 'CA certificate to trust (PEM).'; Kind = 'file' }
                @{ Names = @('--cert'); Told = 'Client certificate (PEM).'; Kind = 'file' }
                @{ Names = @('--key'); Told = 'Private key of the client certificate (PEM).'; Kind = 'file' }
                @{ Names = @('--server-name'); Told = 'Host name to expect in the server''s certificate.'; Kind = 'nothing' }
                @{ Names = @('--all'); Told = 'Check every alias.' }
                @{ Names = @('--tag'); Told = 'Only aliases with this tag; repeatable.'; Kind = 'tags'; Repeatable = $true }
                @{ Names = @('--no-create'); Told = 'Do not create a `.db` that does not exist.' }
                @{ Names = @('-t', '--timeout'); Told = 'Total time per probe. Default: 5.'; Kind = 'nothing' }
                @{ Names = @('-o', '--output'); Told = 'Output format: table, plain, json, jsonl, csv, prometheus, nagios, junit or github.'; Kind = 'fixed'; Words = @('table', 'plain', 'json', 'jsonl', 'csv', 'prometheus', 'nagios', 'junit', 'github') }
                @{ Names = @('--format'); Told = 'One line per alias, such as ''{alias} {status}''.'; Kind = 'nothing' }
                @{ Names = @('-q', '--quiet'); Told = 'Print no messages, only data.' }
                @{ Names = @('--no-color'); Told = 'Disable color, like NO_COLOR.' }
                @{ Names = @('--no-progress'); Told = 'Show no progress while waiting.' }
                @{ Names = @('--config'); Told = 'Registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases'; Many = $true }
            )
        }
        'env' = @{
            Told = 'Print environment variables for ALIAS, including its secret.'
            Options = @(
                @{ Names = @('--shell'); Told = 'sh, fish or powershell. Default: sh.'; Kind = 'fixed'; Words = @('sh', 'fish', 'powershell') }
                @{ Names = @('--dotenv'); Told = 'Print a .env file.' }
                @{ Names = @('--docker'); Told = 'Print a file for docker --env-file.' }
                @{ Names = @('-q', '--quiet'); Told = 'Print no messages, only data.' }
                @{ Names = @('--config'); Told = 'Registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases' }
            )
        }
        'exec' = @{
            Told = 'Run COMMAND with the variables that `env` prints, secret included.'
            Options = @(
                @{ Names = @('-q', '--quiet'); Told = 'Print no messages, only data.' }
                @{ Names = @('--config'); Told = 'Registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases' }
                @{ Kind = 'nothing'; Many = $true }
            )
        }
        'wait' = @{
            Told = 'Wait until ALIAS or URI is connected.'
            Options = @(
                @{ Names = @('--uri'); Told = 'http(s)://HOST[:PORT], unix:PATH, or PATH.db'; Kind = 'uri' }
                @{ Names = @('--address'); Told = 'Instead of --uri.'; Kind = 'nothing' }
                @{ Names = @('--host'); Told = 'Instead of --uri. Default: localhost.'; Kind = 'nothing' }
                @{ Names = @('--port'); Told = 'Instead of --uri. Default: 19530.'; Kind = 'nothing' }
                @{ Names = @('--db'); Told = 'Database name.'; Kind = 'nothing' }
                @{ Names = @('--user'); Told = 'User name.'; Kind = 'nothing' }
                @{ Names = @('--password'); Told = 'env:NAME, file:PATH, command:ARGV…, keyring:SERVICE/USER, - (stdin), or the text'; Kind = 'secret' }
                @{ Names = @('--ask-password'); Told = 'Prompt for the password.' }
                @{ Names = @('--token'); Told = 'Token or API key; same forms as --password.'; Kind = 'secret' }
                @{ Names = @('--tls'); Told = 'Use TLS or not. Default: from the URI.' }
                @{ Names = @('--no-tls'); Told = 'Use TLS or not. Default: from the URI.' }
                @{ Names = @('--ca'); Told = 'CA certificate to trust (PEM).'; Kind = 'file' }
                @{ Names = @('--cert'); Told = 'Client certificate (PEM).'; Kind = 'file' }
                @{ Names = @('--key'); Told = 'Private key of the client certificate (PEM).'; Kind = 'file' }
                @{ Names = @('--server-name'); Told = 'Host name to expect in the server''s certificate.'; Kind = 'nothing' }
                @{ Names = @('-t', '--timeout'); Told = 'Total time to wait. Default: 60.'; Kind = 'nothing' }
                @{ Names = @('--interval'); Told = 'Longest pause between probes; starts at 0.1 and grows. Default: 2.'; Kind = 'nothing' }
                @{ Names = @('--stable'); Told = 'How long the state must last. Default: 0.'; Kind = 'nothing' }
                @{ Names = @('--down'); Told = 'Wait until the connection is down.' }
                @{ Names = @('--healthy'); Told = 'Also ask Milvus whether it is healthy.' }
                @{ Names = @('--patient'); Told = 'Keep waiting on causes that time cannot fix.' }
                @{ Names = @('--no-create'); Told = 'Do not create a `.db` that does not exist.' }
                @{ Names = @('-o', '--output'); Told = 'Output format: table, plain, json, jsonl or csv.'; Kind = 'fixed'; Words = @('table', 'plain', 'json', 'jsonl', 'csv') }
                @{ Names = @('-q', '--quiet'); Told = 'Print no messages, only data.' }
                @{ Names = @('--no-color'); Told = 'Disable color, like NO_COLOR.' }
                @{ Names = @('--config'); Told = 'Registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases'; Many = $true }
            )
        }
        'ping' = @{
            Told = 'Connect to ALIAS or URI repeatedly.'
            Options = @(
                @{ Names = @('--uri'); Told = 'http(s)://HOST[:PORT], unix:PATH, or PATH.db'; Kind = 'uri' }
                @{ Names = @('--address'); Told = 'Instead of --uri.'; Kind = 'nothing' }
                @{ Names = @('--host'); Told = 'Instead of --uri. Default: localhost.'; Kind = 'nothing' }
                @{ Names = @('--port'); Told = 'Instead of --uri. Default: 19530.'; Kind = 'nothing' }
                @{ Names = @('--db'); Told = 'Database name.'; Kind = 'nothing' }
                @{ Names = @('--user'); Told = 'User name.'; Kind = 'nothing' }
                @{ Names = @('--password'); Told = 'env:NAME, file:PATH, command:ARGV…, keyring:SERVICE/USER, - (stdin), or the text'; Kind = 'secret' }
                @{ Names = @('--ask-password'); Told = 'Prompt for the password.' }
                @{ Names = @('--token'); Told = 'Token or API key; same forms as --password.'; Kind = 'secret' }
                @{ Names = @('--tls'); Told = 'Use TLS or not. Default: from the URI.' }
                @{ Names = @('--no-tls'); Told = 'Use TLS or not. Default: from the URI.' }
                @{ Names = @('--ca'); Told = 'CA certificate to trust (PEM).'; Kind = 'file' }
                @{ Names = @('--cert'); Told = 'Client certificate (PEM).'; Kind = 'file' }
                @{ Names = @('--key'); Told = 'Private key of the client certificate (PEM).'; Kind = 'file' }
                @{ Names = @('--server-name'); Told = 'Host name to expect in the server''s certificate.'; Kind = 'nothing' }
                @{ Names = @('-c', '--count'); Told = 'Stop after this many probes. Default: until Ctrl-C.'; Kind = 'nothing' }
                @{ Names = @('-i', '--interval'); Told = 'Time between the starts of two probes. Default: 1.'; Kind = 'nothing' }
                @{ Names = @('-w', '--within'); Told = 'Stop after this long.'; Kind = 'nothing' }
                @{ Names = @('--reuse'); Told = 'Keep one connection, like pymilvus; report what breaks it.' }
                @{ Names = @('-t', '--timeout'); Told = 'Total time per probe. Default: 5.'; Kind = 'nothing' }
                @{ Names = @('-o', '--output'); Told = 'Output format: table, plain, json, jsonl or csv.'; Kind = 'fixed'; Words = @('table', 'plain', 'json', 'jsonl', 'csv') }
                @{ Names = @('-q', '--quiet'); Told = 'Print only the summary.' }
                @{ Names = @('--no-color'); Told = 'Disable color, like NO_COLOR.' }
                @{ Names = @('--config'); Told = 'Registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases' }
            )
        }
        'serve' = @{
            Told = 'Serve health checks and Prometheus metrics over HTTP.'
            Options = @(
                @{ Names = @('--listen'); Told = 'Where to listen.'; Kind = 'nothing' }
                @{ Names = @('--min-interval'); Told = 'Shortest time between two probes of an alias.'; Kind = 'nothing' }
                @{ Names = @('--max-probes'); Told = 'Maximum concurrent probes. Default: what the open files limit allows.'; Kind = 'nothing' }
                @{ Names = @('-t', '--timeout'); Told = 'Total time per probe. Default: 5.'; Kind = 'nothing' }
                @{ Names = @('-q', '--quiet'); Told = 'Print no messages, only data.' }
                @{ Names = @('--config'); Told = 'Registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
            )
        }
        'explain' = @{
            Told = 'Explain a cause, or list all.'
            Options = @(
                @{ Names = @('-o', '--output'); Told = 'Output format: table, plain, json, jsonl or csv.'; Kind = 'fixed'; Words = @('table', 'plain', 'json', 'jsonl', 'csv') }
                @{ Names = @('--no-color'); Told = 'Disable color, like NO_COLOR.' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'causes' }
            )
        }
        'help' = @{
            Told = 'Show the help of a command, or what the exit codes mean.'
            Options = @(
                @{ Names = @('--no-color'); Told = 'Disable color, like NO_COLOR.' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'nothing' }
            )
        }
        'completion' = @{
            Told = 'Set up completion for bash, zsh, fish or PowerShell.'
            Options = @(
                @{ Names = @('-o', '--output'); Told = 'Output format: table, plain, json, jsonl or csv.'; Kind = 'fixed'; Words = @('table', 'plain', 'json', 'jsonl', 'csv') }
                @{ Names = @('-q', '--quiet'); Told = 'Print no messages, only data.' }
                @{ Names = @('--no-color'); Told = 'Disable color, like NO_COLOR.' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'fixed'; Words = @('show', 'install', 'uninstall', 'status') }
                @{ Kind = 'fixed'; Words = @('bash', 'zsh', 'fish', 'powershell') }
            )
        }
    }

    # A word as it is typed: in quotes where PowerShell would read it as more than a word.
    function Format-Word([string] $word) {
        if ($word -match '^[\w./:=+%-]+$') { return $word }
        return "'" + $word.Replace("'", "''") + "'"
    }
    function New-Offer([string] $word, [string] $told) {
        if (-not $told) { $told = $word }
        [System.Management.Automation.CompletionResult]::new((Format-Word $word), $word, 'ParameterValue', $told)
    }
    function Find-Option([hashtable] $verb, [string] $name) {
        $verb.Options | Where-Object { $_.Names -ccontains $name } | Select-Object -First 1
    }

    # The words before the cursor, without their quotes, and the one that is being typed.
    $typed = $wordToComplete.Trim("'", '"')
    $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { if ($null -ne $_.Value) { [string] $_.Value } else { $_.Extent.Text } })
    $program = if ($words[0] -match '[\\/]') { $words[0] } else { 'milvusconn' }
    $name = ''
    $verb = $verbs['']
    $given = @()
    $used = @()
    $config = @()
    $option = $null
    $ended = $false
    foreach ($word in @($words | Select-Object -Skip 1)) {
        if ($option) {
            if ($option.Names -ccontains '--config') { $config = @('--config', $word) }
            $option = $null
        } elseif ($ended -or $word -notmatch '^-.') {
            if (-not $name) {
                $name = $word
                $verb = if ($verbs.Contains($word)) { $verbs[$word] } else { @{ Options = @(); Arguments = @() } }
            } else { $given += $word }
        } elseif ($word -ceq '--') {
            $ended = $true
        } elseif ($word -match '^--') {
            $long, $value = $word -split '=', 2
            $used += $long
            if ($long -ceq '--config' -and $value) { $config = @('--config', $value) }
            $found = Find-Option $verb $long
            if ($found.Kind -and $null -eq $value) { $option = $found }
        } else {
            for ($i = 1; $i -lt $word.Length; $i++) {
                $used += '-' + $word[$i]
                $found = Find-Option $verb ('-' + $word[$i])
                if ($found.Kind) {
                    if ($i -eq $word.Length - 1) { $option = $found }
                    break
                }
            }
        }
    }

    # What is due: the values of an option, options, verbs, or the values of an argument.
    $before = ''
    $due = $null
    if ($option) {
        $due = $option
    } elseif (-not $ended -and $typed -match '^--[^=]+=') {
        $before = $Matches[0]
        $due = Find-Option $verb $before.TrimEnd('=')
    } elseif (-not $ended -and $typed -match '^-') {
        $offers = $verb.Options | Where-Object {
            $one = $_
            $one.Repeatable -or -not ($one.Names | Where-Object { $used -ccontains $_ })
        } | ForEach-Object { foreach ($each in $_.Names) { @{ Word = $each; Told = $_.Told } } }
    } elseif (-not $name) {
        $offers = $verbs.Keys | Where-Object { $_ } | ForEach-Object { @{ Word = $_; Told = $verbs[$_].Told } }
    } elseif ($verb.Arguments.Count) {
        $last = $verb.Arguments[-1]
        if ($given.Count -lt $verb.Arguments.Count) { $due = $verb.Arguments[$given.Count] }
        elseif ($last.Many) { $due = $last }
    }
    $typed = $typed.Substring($before.Length)
    switch ($due.Kind) {
        'fixed' { $offers = $due.Words | ForEach-Object { @{ Word = $_ } } }
        { $_ -in 'aliases', 'tags', 'causes' } {
            $offers = & $program __complete $_ @config -- @given 2>$null | ForEach-Object {
                $word, $told = $_ -split "`t", 2
                @{ Word = $word; Told = $told }
            }
        }
        'file' { if (-not $before) { return } }
        { $_ -in 'secret', 'uri' } {
            $offers = $forms[$_]
            if ($typed -match '^env:') {
                $offers = Get-ChildItem env: | ForEach-Object { @{ Word = 'env:' + $_.Name } }
            } elseif ($typed -match '^(file|unix):') {
                $before += $Matches[0]
                $typed = $typed.Substring($Matches[0].Length)
            } elseif ($_ -eq 'uri' -and $typed -and -not ($offers | Where-Object { $_.Word.StartsWith($typed) })) {
                return
            }
        }
    }
    if ($due.Kind -eq 'file' -or $before -match '(file|unix):$') {
        $offers = Get-ChildItem -Path "$typed*" -ErrorAction SilentlyContinue |
            ForEach-Object { @{ Word = (Join-Path (Split-Path "$typed.") $_.Name) } }
    }
    $found = @($offers | Where-Object { $_.Word -and $_.Word.StartsWith($typed) } |
        ForEach-Object { New-Offer ($before + $_.Word) $_.Told })
    if ($found.Count) { $found } else { '' }
}
