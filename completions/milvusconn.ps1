# PowerShell completion for milvusconn. Written by `python docs/generate.py`; edits are lost.
# To be loaded by $PROFILE: milvusconn completion show powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName milvusconn -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $forms = @{
        secret = @(
            @{ Word = 'env:'; Told = 'a variable of the environment' }
            @{ Word = 'file:'; Told = 'what a file holds' }
            @{ Word = 'command:'; Told = 'what a command prints' }
            @{ Word = 'keyring:'; Told = 'SERVICE/USER of the system''s keyring' }
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
            Told = 'Say whether ALIAS''s connection is established.'
            Options = @(
                @{ Names = @('--all'); Told = 'Ask about every alias.' }
                @{ Names = @('-t', '--timeout'); Told = 'For the whole of one probe; 5 if nothing is said.'; Kind = 'nothing' }
                @{ Names = @('-o', '--output'); Told = 'table, plain or json.'; Kind = 'fixed'; Words = @('table', 'plain', 'json') }
                @{ Names = @('-q', '--quiet'); Told = 'Say nothing; exit with the answer.' }
                @{ Names = @('--no-color'); Told = 'No colour, as with NO_COLOR.' }
                @{ Names = @('--config'); Told = 'The registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases'; Many = $true }
            )
        }
        'add' = @{
            Told = 'Register ALIAS; opens no connection.'
            Options = @(
                @{ Names = @('--uri'); Told = 'http(s)://HOST[:PORT], unix:PATH, or PATH.db'; Kind = 'uri' }
                @{ Names = @('--address'); Told = 'Instead of --uri.'; Kind = 'nothing' }
                @{ Names = @('--host'); Told = 'Instead of --uri; else localhost.'; Kind = 'nothing' }
                @{ Names = @('--port'); Told = 'Instead of --uri; else 19530.'; Kind = 'nothing' }
                @{ Names = @('--db'); Told = 'The database.'; Kind = 'nothing' }
                @{ Names = @('--user'); Told = 'The user.'; Kind = 'nothing' }
                @{ Names = @('--password'); Told = 'env:NAME, file:PATH, command:ARGV…, keyring:SERVICE/USER, - (stdin), or the text'; Kind = 'secret' }
                @{ Names = @('--ask-password'); Told = 'Prompt for the password.' }
                @{ Names = @('--token'); Told = 'Instead of user and password; the same forms.'; Kind = 'secret' }
                @{ Names = @('--tls'); Told = 'Encrypt, or do not.' }
                @{ Names = @('--no-tls'); Told = 'Encrypt, or do not.' }
                @{ Names = @('--ca'); Told = 'Whom to trust, PEM.'; Kind = 'file' }
                @{ Names = @('--cert'); Told = 'Our certificate, PEM.'; Kind = 'file' }
                @{ Names = @('--key'); Told = 'Its key, PEM.'; Kind = 'file' }
                @{ Names = @('--server-name'); Told = 'The name the certificate must be for.'; Kind = 'nothing' }
                @{ Names = @('--description'); Told = 'A note for people.'; Kind = 'nothing' }
                @{ Names = @('--tag'); Told = 'To select by; repeatable.'; Kind = 'tags'; Repeatable = $true }
                @{ Names = @('-t', '--timeout'); Told = 'For the whole of one probe; 5 if nothing is said.'; Kind = 'nothing' }
                @{ Names = @('--replace'); Told = 'Put it in the place of one that exists.' }
                @{ Names = @('--store'); Told = 'Of a literal secret: file or keyring.'; Kind = 'fixed'; Words = @('file', 'keyring') }
                @{ Names = @('-o', '--output'); Told = 'table, plain or json.'; Kind = 'fixed'; Words = @('table', 'plain', 'json') }
                @{ Names = @('-q', '--quiet'); Told = 'Say nothing; exit with the answer.' }
                @{ Names = @('--config'); Told = 'The registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases' }
            )
        }
        'connect' = @{
            Told = 'Establish ALIAS''s connection, then save it.'
            Options = @(
                @{ Names = @('--uri'); Told = 'http(s)://HOST[:PORT], unix:PATH, or PATH.db'; Kind = 'uri' }
                @{ Names = @('--address'); Told = 'Instead of --uri.'; Kind = 'nothing' }
                @{ Names = @('--host'); Told = 'Instead of --uri; else localhost.'; Kind = 'nothing' }
                @{ Names = @('--port'); Told = 'Instead of --uri; else 19530.'; Kind = 'nothing' }
                @{ Names = @('--db'); Told = 'The database.'; Kind = 'nothing' }
                @{ Names = @('--user'); Told = 'The user.'; Kind = 'nothing' }
                @{ Names = @('--password'); Told = 'env:NAME, file:PATH, command:ARGV…, keyring:SERVICE/USER, - (stdin), or the text'; Kind = 'secret' }
                @{ Names = @('--ask-password'); Told = 'Prompt for the password.' }
                @{ Names = @('--token'); Told = 'Instead of user and password; the same forms.'; Kind = 'secret' }
                @{ Names = @('--tls'); Told = 'Encrypt, or do not.' }
                @{ Names = @('--no-tls'); Told = 'Encrypt, or do not.' }
                @{ Names = @('--ca'); Told = 'Whom to trust, PEM.'; Kind = 'file' }
                @{ Names = @('--cert'); Told = 'Our certificate, PEM.'; Kind = 'file' }
                @{ Names = @('--key'); Told = 'Its key, PEM.'; Kind = 'file' }
                @{ Names = @('--server-name'); Told = 'The name the certificate must be for.'; Kind = 'nothing' }
                @{ Names = @('--description'); Told = 'A note for people.'; Kind = 'nothing' }
                @{ Names = @('--tag'); Told = 'To select by; repeatable.'; Kind = 'tags'; Repeatable = $true }
                @{ Names = @('-t', '--timeout'); Told = 'For the whole of one probe; 5 if nothing is said.'; Kind = 'nothing' }
                @{ Names = @('--replace'); Told = 'Put it in the place of one that exists.' }
                @{ Names = @('--store'); Told = 'Of a literal secret: file or keyring.'; Kind = 'fixed'; Words = @('file', 'keyring') }
                @{ Names = @('-o', '--output'); Told = 'table, plain or json.'; Kind = 'fixed'; Words = @('table', 'plain', 'json') }
                @{ Names = @('-q', '--quiet'); Told = 'Say nothing; exit with the answer.' }
                @{ Names = @('--no-color'); Told = 'No colour, as with NO_COLOR.' }
                @{ Names = @('--config'); Told = 'The registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases' }
            )
        }
        'disconnect' = @{
            Told = 'Take ALIAS out of service; its settings stay.'
            Options = @(
                @{ Names = @('--force'); Told = 'An alias that does not exist is no error.' }
                @{ Names = @('-o', '--output'); Told = 'table, plain or json.'; Kind = 'fixed'; Words = @('table', 'plain', 'json') }
                @{ Names = @('-q', '--quiet'); Told = 'Say nothing; exit with the answer.' }
                @{ Names = @('--config'); Told = 'The registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases'; Many = $true }
            )
        }
        'address' = @{
            Told = 'Print where ALIAS points to; dials nothing.'
            Options = @(
                @{ Names = @('-o', '--output'); Told = 'table, plain or json.'; Kind = 'fixed'; Words = @('table', 'plain', 'json') }
                @{ Names = @('-q', '--quiet'); Told = 'Say nothing; exit with the answer.' }
                @{ Names = @('--config'); Told = 'The registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases' }
            )
        }
        'list' = @{
            Told = 'List all aliases, probed at once.'
            Options = @(
                @{ Names = @('--tag'); Told = 'Only those with this tag; repeatable.'; Kind = 'tags'; Repeatable = $true }
                @{ Names = @('--names'); Told = 'Only the names, one a line; dials nothing.' }
                @{ Names = @('--no-probe'); Told = 'Only the settings; dials nothing.' }
                @{ Names = @('--failing'); Told = 'Only those not established, the gravest first.' }
                @{ Names = @('--sort'); Told = 'By alias, address, status or time.'; Kind = 'fixed'; Words = @('alias', 'address', 'status', 'time') }
                @{ Names = @('--exit-code'); Told = 'Exit with the code of the gravest row.' }
                @{ Names = @('-t', '--timeout'); Told = 'For the whole of one probe; 5 if nothing is said.'; Kind = 'nothing' }
                @{ Names = @('-o', '--output'); Told = 'table, plain or json.'; Kind = 'fixed'; Words = @('table', 'plain', 'json') }
                @{ Names = @('-q', '--quiet'); Told = 'Say nothing; exit with the answer.' }
                @{ Names = @('--no-color'); Told = 'No colour, as with NO_COLOR.' }
                @{ Names = @('--config'); Told = 'The registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
            )
        }
        'remove' = @{
            Told = 'Forget ALIAS and its settings.'
            Options = @(
                @{ Names = @('--force'); Told = 'An alias that does not exist is no error.' }
                @{ Names = @('-o', '--output'); Told = 'table, plain or json.'; Kind = 'fixed'; Words = @('table', 'plain', 'json') }
                @{ Names = @('-q', '--quiet'); Told = 'Say nothing; exit with the answer.' }
                @{ Names = @('--config'); Told = 'The registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases'; Many = $true }
            )
        }
        'show' = @{
            Told = 'Show ALIAS''s settings and where each comes from.'
            Options = @(
                @{ Names = @('-o', '--output'); Told = 'table, plain or json.'; Kind = 'fixed'; Words = @('table', 'plain', 'json') }
                @{ Names = @('--no-color'); Told = 'No colour, as with NO_COLOR.' }
                @{ Names = @('--config'); Told = 'The registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases' }
            )
        }
        'rename' = @{
            Told = 'Give ALIAS another name; it keeps its place.'
            Options = @(
                @{ Names = @('-o', '--output'); Told = 'table, plain or json.'; Kind = 'fixed'; Words = @('table', 'plain', 'json') }
                @{ Names = @('-q', '--quiet'); Told = 'Say nothing; exit with the answer.' }
                @{ Names = @('--config'); Told = 'The registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases' }
                @{ Kind = 'nothing' }
            )
        }
        'copy' = @{
            Told = 'Register ALIAS''s settings under another name too.'
            Options = @(
                @{ Names = @('-o', '--output'); Told = 'table, plain or json.'; Kind = 'fixed'; Words = @('table', 'plain', 'json') }
                @{ Names = @('-q', '--quiet'); Told = 'Say nothing; exit with the answer.' }
                @{ Names = @('--config'); Told = 'The registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases' }
                @{ Kind = 'nothing' }
            )
        }
        'import' = @{
            Told = 'Register the aliases of FILE, all of them or none.'
            Options = @(
                @{ Names = @('--from'); Told = 'milvusconn, milvus-cli, yami, dotenv or environment; else told by the file.'; Kind = 'fixed'; Words = @('milvusconn', 'milvus-cli', 'yami', 'dotenv', 'environment') }
                @{ Names = @('--dry-run'); Told = 'Say what would be done, and do nothing.' }
                @{ Names = @('--replace'); Told = 'Put it in the place of one that exists.' }
                @{ Names = @('--allow-references'); Told = 'Take over references to secrets (env, file, command, keyring) that FILE holds.' }
                @{ Names = @('--store'); Told = 'Of a literal secret: file or keyring.'; Kind = 'fixed'; Words = @('file', 'keyring') }
                @{ Names = @('-o', '--output'); Told = 'table, plain or json.'; Kind = 'fixed'; Words = @('table', 'plain', 'json') }
                @{ Names = @('-q', '--quiet'); Told = 'Say nothing; exit with the answer.' }
                @{ Names = @('--no-color'); Told = 'No colour, as with NO_COLOR.' }
                @{ Names = @('--config'); Told = 'The registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'file' }
            )
        }
        'export' = @{
            Told = 'Print the aliases of the registry file, for `import` elsewhere.'
            Options = @(
                @{ Names = @('--tag'); Told = 'Only those with this tag; repeatable.'; Kind = 'tags'; Repeatable = $true }
                @{ Names = @('--include-secrets'); Told = 'Literal secrets too, in plain text.' }
                @{ Names = @('--to'); Told = 'Into FILE, for its owner alone to read.'; Kind = 'file' }
                @{ Names = @('--replace'); Told = 'Put it in the place of one that exists.' }
                @{ Names = @('--dry-run'); Told = 'Say what would be done, and do nothing.' }
                @{ Names = @('-o', '--output'); Told = 'toml or json.'; Kind = 'fixed'; Words = @('toml', 'json') }
                @{ Names = @('-q', '--quiet'); Told = 'Say nothing; exit with the answer.' }
                @{ Names = @('--no-color'); Told = 'No colour, as with NO_COLOR.' }
                @{ Names = @('--config'); Told = 'The registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases'; Many = $true }
            )
        }
        'inspect' = @{
            Told = 'Show every layer of a connection, with its evidence.'
            Options = @(
                @{ Names = @('--uri'); Told = 'http(s)://HOST[:PORT], unix:PATH, or PATH.db'; Kind = 'uri' }
                @{ Names = @('--address'); Told = 'Instead of --uri.'; Kind = 'nothing' }
                @{ Names = @('--host'); Told = 'Instead of --uri; else localhost.'; Kind = 'nothing' }
                @{ Names = @('--port'); Told = 'Instead of --uri; else 19530.'; Kind = 'nothing' }
                @{ Names = @('--db'); Told = 'The database.'; Kind = 'nothing' }
                @{ Names = @('--user'); Told = 'The user.'; Kind = 'nothing' }
                @{ Names = @('--password'); Told = 'env:NAME, file:PATH, command:ARGV…, keyring:SERVICE/USER, - (stdin), or the text'; Kind = 'secret' }
                @{ Names = @('--ask-password'); Told = 'Prompt for the password.' }
                @{ Names = @('--token'); Told = 'Instead of user and password; the same forms.'; Kind = 'secret' }
                @{ Names = @('--tls'); Told = 'Encrypt, or do not.' }
                @{ Names = @('--no-tls'); Told = 'Encrypt, or do not.' }
                @{ Names = @('--ca'); Told = 'Whom to trust, PEM.'; Kind = 'file' }
                @{ Names = @('--cert'); Told = 'Our certificate, PEM.'; Kind = 'file' }
                @{ Names = @('--key'); Told = 'Its key, PEM.'; Kind = 'file' }
                @{ Names = @('--server-name'); Told = 'The name the certificate must be for.'; Kind = 'nothing' }
                @{ Names = @('--description'); Told = 'A note for people.'; Kind = 'nothing' }
                @{ Names = @('--tag'); Told = 'To select by; repeatable.'; Kind = 'tags'; Repeatable = $true }
                @{ Names = @('-t', '--timeout'); Told = 'For the whole of one probe; 5 if nothing is said.'; Kind = 'nothing' }
                @{ Names = @('-o', '--output'); Told = 'table, plain or json.'; Kind = 'fixed'; Words = @('table', 'plain', 'json') }
                @{ Names = @('-q', '--quiet'); Told = 'Say nothing; exit with the answer.' }
                @{ Names = @('--no-color'); Told = 'No colour, as with NO_COLOR.' }
                @{ Names = @('--config'); Told = 'The registry file.'; Kind = 'file' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'aliases' }
            )
        }
        'explain' = @{
            Told = 'Explain a cause, or list all.'
            Options = @(
                @{ Names = @('-o', '--output'); Told = 'table, plain or json.'; Kind = 'fixed'; Words = @('table', 'plain', 'json') }
                @{ Names = @('--no-color'); Told = 'No colour, as with NO_COLOR.' }
                @{ Names = @('-h', '--help'); Told = 'Show this message and exit.' }
            )
            Arguments = @(
                @{ Kind = 'causes' }
            )
        }
        'completion' = @{
            Told = 'Complete words in bash, zsh, fish or PowerShell.'
            Options = @(
                @{ Names = @('-o', '--output'); Told = 'table, plain or json.'; Kind = 'fixed'; Words = @('table', 'plain', 'json') }
                @{ Names = @('-q', '--quiet'); Told = 'Say nothing; exit with the answer.' }
                @{ Names = @('--no-color'); Told = 'No colour, as with NO_COLOR.' }
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
