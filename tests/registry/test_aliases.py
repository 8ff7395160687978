"""Which aliases there are, where each comes from, and what they may be called."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milvusconn_cli.errors import AliasError, ConfigError, RegistryError, UriError
from milvusconn_cli.registry.aliases import (
    ENVIRONMENT,
    FILE,
    Registry,
    checked_new_alias,
    read_document,
    shown,
    with_environment,
    without_passwords,
)
from milvusconn_cli.secrets.reference import Literal, Secret

BASE, HERE = Path("/base"), Path("/here")


def registry(**tables: dict[str, object]) -> Registry:
    """The registry of a file; `_` in a keyword stands for itself."""
    return read_document({"connections": tables}, BASE)


def seen(environment: dict[str, str], **tables: dict[str, object]) -> Registry:
    """The same beside these variables."""
    return with_environment(registry(**tables), environment, HERE)


def test_a_file_without_aliases() -> None:
    """No key is needed."""
    assert dict(read_document({}, BASE).entries) == {}


def test_aliases_are_in_the_files_order() -> None:
    """Then those that only the environment knows."""
    found = seen({"MILVUSCONN_AAA_URI": "http://h"}, z={"uri": "http://z"}, b={"uri": "http://b"})

    assert list(found.entries) == ["z", "b", "aaa"]


def test_names_that_could_not_be_new_are_read() -> None:
    """What people wrote into the file is theirs."""
    name = "two words, ünïcödé"

    entry = read_document({"connections": {name: {"uri": "http://h"}}}, BASE).get(name)

    assert entry.connection().address == "h:19530"


@pytest.mark.parametrize(
    ("variable", "alias"),
    [
        ("MILVUSCONN_PROD_URI", "prod"),
        ("MILVUSCONN_PROD_EU_URI", "prod_eu"),
        ("MILVUSCONN_2_URI", "2"),
        ("MILVUSCONN_MY_URI_URI", "my_uri"),
        ("MILVUSCONN_DEFAULT_URI", "default"),
    ],
)
def test_a_variable_makes_an_alias(variable: str, alias: str) -> None:
    """In lower case, as its source says."""
    entry = seen({variable: "http://h:1"}).get(alias)

    assert entry.source == ENVIRONMENT
    assert entry.connection().address == "h:1"
    assert entry.variables == (variable,)
    assert not entry.shadows


@pytest.mark.parametrize(
    "variable",
    [
        *("MILVUSCONN_URI", "MILVUSCONN__URI", "MILVUSCONN_prod_URI", "XMILVUSCONN_PROD_URI"),
        *("MILVUSCONN_PROD_URI_", "MILVUSCONN_PROD_TOKEN", "MILVUSCONN_CONFIG", "MILVUSCONN_ALIAS"),
        *("MILVUSCONN_PRÖD_URI", "MILVUS_PROD_URI"),
    ],
)
def test_other_variables_make_none(variable: str) -> None:
    """Only the form of the contract; a token alone says not where to."""
    assert dict(seen({variable: "http://h"}).entries) == {}


def test_all_variables_of_an_alias() -> None:
    """URI, user, password and database; the password is itself, not a reference."""
    entry = seen(
        {
            "MILVUSCONN_A_URI": "https://h",
            "MILVUSCONN_A_USER": "root",
            "MILVUSCONN_A_PASSWORD": "env:NOT_A_REFERENCE",
            "MILVUSCONN_A_DB": "books",
        }
    ).get("a")
    connection = entry.connection()

    assert connection.user == "root"
    assert connection.password == Literal(Secret("env:NOT_A_REFERENCE"))
    assert connection.database == "books"
    assert entry.variable_of("password") == "MILVUSCONN_A_PASSWORD"
    assert entry.variable_of("uri") == "MILVUSCONN_A_URI"
    assert entry.variable_of("token") is None
    assert entry.variable_of("timeout") is None


@pytest.mark.parametrize("alias", ["my-prod.eu", "my_prod_eu", "my.prod-eu", "My-Prod_EU"])
def test_dashes_and_dots_are_underscores_in_a_variable(alias: str) -> None:
    """The alias keeps its name, its settings are overridden, and no second one is made."""
    tables: dict[str, dict[str, object]] = {alias: {"uri": "http://file"}}
    found = seen({"MILVUSCONN_MY_PROD_EU_URI": "http://env"}, **tables)

    assert list(found.entries) == [alias]
    assert found.get(alias).connection().address == "env:19530"
    assert found.get(alias).shadows


@pytest.mark.parametrize(
    ("variable", "value", "changed"),
    [
        ("URI", "http://env", {"uri": "http://env"}),
        ("DB", "env", {"db": "env"}),
        ("USER", "env", {"user": "env"}),
        ("PASSWORD", "env", {"password": "env"}),
    ],
)
def test_a_variable_overrides_one_setting(
    variable: str, value: str, changed: dict[str, str]
) -> None:
    """The others stay the file's; it is said that the file is shadowed."""
    table: dict[str, object] = {
        "uri": "http://file",
        "db": "file",
        "user": "file",
        "password": "file",
        "timeout": 3,
        "disconnected": True,
    }

    entry = seen({f"MILVUSCONN_A_{variable}": value}, a=table).get("a")

    assert entry.table == table | changed
    assert entry.shadows
    assert entry.source == ENVIRONMENT
    assert entry.base == BASE
    assert entry.disconnected


def test_a_token_of_the_environment_goes_before_the_files_user() -> None:
    """A client can send only one kind of credential: the one that overrides."""
    file: dict[str, object] = {"uri": "http://h", "user": "u", "password": "p"}

    connection = seen({"MILVUSCONN_A_TOKEN": "t"}, a=file).get("a").connection()

    assert connection.token == Literal(Secret("t"))
    assert connection.user is None
    assert connection.password is None


def test_a_user_of_the_environment_goes_before_the_files_token() -> None:
    """And the other way round."""
    file: dict[str, object] = {"uri": "http://h", "token": "t"}
    variables = {"MILVUSCONN_A_USER": "u", "MILVUSCONN_A_PASSWORD": "p"}

    connection = seen(variables, a=file).get("a").connection()

    assert connection.token is None
    assert connection.user == "u"
    assert seen({"MILVUSCONN_A_USER": "u"}, a=file).get("a").connection().token is None


@pytest.mark.parametrize(
    ("variable", "overridden"),
    [
        ("TOKEN", {"token": "new"}),
        ("USER", {"user": "new", "password": "old"}),
        ("PASSWORD", {"user": "root", "password": "new"}),
    ],
)
def test_credentials_of_the_environment_go_before_those_in_the_files_uri(
    variable: str, overridden: dict[str, str]
) -> None:
    """A secret of the environment overrides, wherever in the file its counterpart stands."""
    found = seen({f"MILVUSCONN_A_{variable}": "new"}, a={"uri": "http://root:old@h"}).get("a")

    assert found.table == {"uri": "http://h", **overridden}
    assert found.connection().address == "h:19530"


@pytest.mark.parametrize("credentials", [{"token": "t"}, {"user": "u", "password": "p"}])
def test_what_is_no_credential_leaves_those_of_the_file(credentials: dict[str, object]) -> None:
    """A database or a place of the environment is asked as whoever the file says."""
    file: dict[str, object] = {"uri": "http://h", **credentials}

    found = seen({"MILVUSCONN_A_DB": "d", "MILVUSCONN_A_URI": "http://env"}, a=file).get("a")

    assert found.table == {"uri": "http://env", "db": "d", **credentials}


def test_empty_variables_say_nothing() -> None:
    """As unset ones: the file's settings hold, unshadowed."""
    found = seen({"MILVUSCONN_A_URI": "", "MILVUSCONN_A_TOKEN": ""}, a={"uri": "http://h"})

    assert found.get("a").source == FILE
    assert not found.get("a").shadows


def test_an_empty_variable_makes_no_alias() -> None:
    """Nor does it make a new one, which would have no URI."""
    assert dict(seen({"MILVUSCONN_NEW_URI": ""}).entries) == {}


def test_pymilvus_variables_stand_in_for_default() -> None:
    """Where the file has none."""
    entry = seen({"MILVUS_URI": "http://h", "MILVUS_TOKEN": "root:Milvus"}).get("default")

    assert entry.source == ENVIRONMENT
    assert entry.variables == ("MILVUS_URI", "MILVUS_TOKEN")
    assert entry.variable_of("token") == "MILVUS_TOKEN"
    assert entry.connection().token == Literal(Secret("root:Milvus"))
    assert entry.base == HERE
    assert not entry.shadows


@pytest.mark.parametrize(
    ("environment", "tables", "address"),
    [
        ({"MILVUS_URI": "http://env"}, {"default": {"uri": "http://file"}}, "env:19530"),
        (
            {"MILVUS_URI": "http://env", "MILVUSCONN_DEFAULT_URI": "http://own"},
            {},
            "own:19530",
        ),
        ({"MILVUS_URI": "http://env"}, {"other": {"uri": "http://file"}}, "env:19530"),
    ],
)
def test_pymilvus_variables_are_default(
    environment: dict[str, str], tables: dict[str, dict[str, object]], address: str
) -> None:
    """Over the file's `default`, but not over this program's own variable; and no other alias."""
    found = seen(environment, **tables)

    assert found.get("default").connection().address == address
    assert found.get("default").shadows is ("default" in tables)


@pytest.mark.parametrize("environment", [{"MILVUS_TOKEN": "t"}, {"MILVUS_URI": ""}])
def test_pymilvus_variables_that_say_not_where_to(environment: dict[str, str]) -> None:
    """A token alone, or an empty URI, is no connection."""
    assert "default" not in seen(environment)


def test_a_bad_variable_spoils_its_own_alias_alone() -> None:
    """A bad MILVUS_URI breaks pymilvus's import; here it is `default`'s error."""
    found = seen({"MILVUS_URI": "localhost:19530"}, a={"uri": "http://a"})

    assert found.get("a").connection().address == "a:19530"
    with pytest.raises(UriError, match="default: ") as caught:
        found.get("default").connection()
    assert caught.value.hint == "did you mean http://localhost:19530?"


def test_an_unknown_alias_names_the_nearest() -> None:
    """What may have been meant, else where to look."""
    found = registry(prod={"uri": "http://h"}, stage={"uri": "http://h"})

    with pytest.raises(AliasError, match="no alias 'prd'") as caught:
        found.get("prd")
    assert caught.value.hint == "did you mean prod?"
    with pytest.raises(AliasError) as caught:
        found.get("xyz")
    assert caught.value.hint == "`milvusconn list --names` lists all"


def test_what_to_type_instead_of_an_unknown_alias() -> None:
    """The nearest name, else how to register this one."""
    found = registry(prod={"uri": "http://h"})

    assert found.suggestion("prd") == "did you mean prod?"
    assert found.suggestion("xyz") == (
        "`milvusconn add xyz URI` adds it; `milvusconn list` shows all aliases"
    )


@pytest.mark.parametrize("alias", ["my-prod.eu", "my_prod_eu", "my.prod-eu", "My-Prod_EU"])
def test_an_alias_of_the_environment_has_every_name_that_its_variable_could_mean(
    alias: str,
) -> None:
    """A variable cannot tell them apart; the answer bears the name that was asked for."""
    found = seen(
        {"MILVUSCONN_OTHER_URI": "http://other", "MILVUSCONN_MY_PROD_EU_URI": "http://env"}
    )

    assert found.get(alias).alias == alias
    assert found.get(alias).connection().address == "env:19530"
    assert "my-prod" not in found


def test_an_alias_of_the_file_has_its_own_name_alone() -> None:
    """Also where the environment overrides its settings."""
    tables: dict[str, dict[str, object]] = {"my-prod": {}, "my-stage": {}}
    found = seen({"MILVUSCONN_MY_PROD_URI": "http://env"}, **tables)

    assert "my_prod" not in found
    assert "my_stage" not in found


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ([], ["a", "b", "c", "d", "e"]),
        (["prod"], ["a", "b"]),
        (["prod", "eu"], ["a"]),
        (["eu", "eu"], ["a"]),
        (["nope"], []),
        (["p"], []),
        (["1"], []),
    ],
)
def test_tags_select(asked: list[str], found: list[str]) -> None:
    """Every one of the tags; settings that are wrong bear none."""
    entries = registry(
        a={"tags": ["prod", "eu"]}, b={"tags": ["prod"]}, c={"tags": "prod"}, d={"tags": [1]}, e={}
    ).tagged(asked)

    assert [entry.alias for entry in entries] == found


def test_what_can_be_said_of_an_alias() -> None:
    """Its settings without secrets; of one whose settings are wrong the name and the source."""
    found = registry(a={"uri": "https://root:pw@h/books"}, b={"uri": "nonsense"})
    subject = found.get("a").subject

    assert subject.alias == "a"
    assert (subject.uri, subject.address, subject.database) == ("https://h/books", "h:443", "books")
    assert (subject.user, subject.tls, subject.source) == ("root", True, FILE)
    assert found.get("b").subject.uri is None
    assert found.get("b").subject.alias == "b"
    of_variable = seen({"MILVUSCONN_C_URI": "nonsense"}).get("c").subject
    assert (of_variable.alias, of_variable.source) == ("c", ENVIRONMENT)


@pytest.mark.parametrize("value", [True, False, 1])
def test_disconnected_is_true_alone(*, value: object) -> None:
    """Whoever writes `disconnected = false` means it."""
    entry = registry(a={"uri": "http://h", "disconnected": value}).get("a")

    assert entry.disconnected is (value is True)


@pytest.mark.parametrize("alias", ["a", "A1", "0", "prod.eu-1_b", "a" * 64, "default"])
def test_names_for_new_aliases(alias: str) -> None:
    """Letters, digits, dots, underscores and dashes, 64 at most."""
    assert checked_new_alias(alias) == alias


@pytest.mark.parametrize(
    "alias",
    ["", "a" * 65, "-a", ".a", "_a", "a b", "a\n", "é", "a/b", "a:b", "--all", "a\x00", "١"],
)
def test_names_that_no_new_alias_has(alias: str) -> None:
    """With the rule as the hint."""
    with pytest.raises(ConfigError) as caught:
        checked_new_alias(alias)

    assert caught.value.message == "invalid alias name"
    assert caught.value.hint == (
        "use at most 64 letters, digits, '.', '_' or '-', starting with a letter or digit"
    )


@pytest.mark.parametrize("document", [{"version": 2}, {"version": True}, {"connections": [1]}])
def test_a_document_of_another_shape(document: dict[str, object]) -> None:
    """Never taken for an empty registry."""
    with pytest.raises(RegistryError):
        read_document(document, BASE)


@pytest.mark.parametrize(
    ("name", "told", "repeated"),
    [
        ("http://root:pw@h:1", "http://***@h:1", "http://***@h:1"),
        ("http://root:p@:w@h", "http://***@h", "http://***@h"),
        ("http://root:p\nw@h", "http://***@h", "http://***@h"),
        ("root:pw@h", "***@h", "root:***@h"),
        ("prod@eu", "prod@eu", "prod@eu"),
        ("h:1", "h:1", "h:1"),
    ],
)
def test_a_name_that_holds_a_password(name: str, told: str, repeated: str) -> None:
    """Whoever tells it leaves it out, and so does one who tells what a parser said of it."""
    assert shown(name) == told
    assert without_passwords(f"not '{name}' twice") == f"not '{repeated}' twice"


variables = st.from_regex(r"(MILVUSCONN|MILVUS)_([A-Z_]{0,4}_)?(URI|TOKEN|USER)", fullmatch=True)


@given(st.dictionaries(variables, st.sampled_from(["http://h", "", "x"]), max_size=6))
def test_no_environment_makes_the_files_aliases_vanish(environment: dict[str, str]) -> None:
    """Whatever is set, the file's aliases come first and in their order."""
    found = seen(environment, b={"uri": "http://b"}, a={"uri": "http://a"})

    assert list(found.entries)[:2] == ["b", "a"]
    assert all(entry.alias == alias for alias, entry in found.entries.items())
