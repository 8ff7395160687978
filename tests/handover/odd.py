"""Secrets that are hard to quote."""

ODD = {
    "plain": "Open-Sesame-77",
    "single quotes": "it's 'quoted'",
    "double quotes": 'say "hello"',
    "spaces": "  two  spaces  ",
    "dollar": "$HOME ${HOME} $(id) `id`",
    "backslashes": "a\\b\\\\c\\",
    "line break": "first\nsecond\n",
    "carriage return": "first\r\nsecond",
    "hash and equals": "#a=b;c&d|e",
    "percent and bang": "%PATH% !event! %40",
    "brackets": "{a,b} [c] <d> (e)",
    "typographic quotes": "\u2018a\u2019 \u201ab\u201b \u201cc\u201d",
    "letters": "pässwörd 密码 🔑",
    "tab and escape": "a\tb\x1b[31m",
    "default expansion": "${A:-b} ${:-$} $${C}",
}
"""By what is odd about them."""
