"""The variables that programs see of a `.env` file, read as they read it: by python-dotenv."""

from collections.abc import Mapping
from io import StringIO


def values(text: str, environment: Mapping[str, str]) -> dict[str, str]:
    """What each variable is set to, the last assignment counting, and `${…}` filled in.

    What the environment says goes before the file, as in `load_dotenv`. Lines that cannot be read
    are left out.
    """
    import dotenv.parser  # noqa: PLC0415 -- few directories have such a file
    import dotenv.variables  # noqa: PLC0415 -- the same

    said: dict[str, str] = {}
    for line in dotenv.parser.parse_stream(StringIO(text)):
        if line.error or not line.key:
            continue
        known: dict[str, str | None] = {**said, **environment}
        atoms = dotenv.variables.parse_variables(line.value or "")
        said[line.key] = "".join(atom.resolve(known) for atom in atoms)
    return said
