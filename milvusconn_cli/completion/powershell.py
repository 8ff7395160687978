"""The script for PowerShell: one completer, which looks the words up in a table.

PowerShell offers files where a completer offers nothing, so that is how files are offered, and
an empty text is what keeps them away.
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

_SCRIPT = r"""# PowerShell @MARK@
# To be loaded by $PROFILE: milvusconn completion show powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName milvusconn -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $forms = @{
        secret = @(
@SECRETS@
        )
        uri = @(
@URIS@
        )
    }
    $verbs = [ordered]@{
@VERBS@
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
        { $_ -in @ASKED@ } {
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
"""


def script(program: Program) -> str:
    """The whole file."""
    whole = Command("", "", (), program.options, ())
    return filled(
        _SCRIPT,
        secrets="\n".join(_forms(SECRET_FORMS)),
        uris="\n".join(_forms(URI_FORMS)),
        verbs="\n".join(line for one in (whole, *program.commands) for line in _verb(one)),
        asked=", ".join(_quoted(kind.value) for kind in ASKED_FOR),
    )


def _verb(command: Command) -> Iterator[str]:
    yield f"        {_quoted(command.name)} = @{{"
    yield f"            Told = {_quoted(command.told)}"
    yield "            Options = @("
    yield from (f"                {_option(option)}" for option in command.options)
    yield "            )"
    yield "            Arguments = @("
    for one in command.arguments:
        many = "; Many = $true" * one.many
        yield f"                @{{ {_value(one.value)}{many} }}"
    yield "            )"
    yield "        }"


def _option(option: Option) -> str:
    said = [f"Names = {_list(option.names)}", f"Told = {_quoted(option.told)}"]
    if option.value:
        said.append(_value(option.value))
    if option.repeatable:
        said.append("Repeatable = $true")
    return f"@{{ {'; '.join(said)} }}"


def _value(value: Value) -> str:
    words = f"; Words = {_list(value.words)}" if value.words else ""
    return f"Kind = {_quoted(value.kind.value)}{words}"


def _forms(forms: Sequence[tuple[str, str]]) -> Iterator[str]:
    for form, told in forms:
        yield f"            @{{ Word = {_quoted(form)}; Told = {_quoted(told)} }}"


def _list(words: Sequence[str]) -> str:
    return f"@({', '.join(map(_quoted, words))})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
