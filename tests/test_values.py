"""Values behave as frozen dataclasses do, which they replace where their cost counts."""

import copy
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, replace

import pytest

from milvusconn_cli.values import positional_value_class, value_class


@value_class
class Place:
    """By name alone."""

    host: str
    port: int = 19530
    notes: Mapping[str, str] = field(default_factory=dict)
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Reference:
    """What `Place` would be without."""

    host: str
    port: int = 19530
    notes: Mapping[str, str] = field(default_factory=dict)
    secret: str = field(default="", repr=False)


@positional_value_class
class Pair:
    """By position or name."""

    first: int
    second: int = 2


def test_it_is_what_a_frozen_dataclass_is() -> None:
    given = {"host": "milvus", "notes": {"a": "b"}, "secret": "pw"}

    value, reference = Place(**given), Reference(**given)  # type: ignore[arg-type]

    assert asdict(value) == asdict(reference)
    assert [one.name for one in fields(value)] == [one.name for one in fields(reference)]
    assert repr(value) == repr(reference).replace("Reference", "Place")
    assert replace(value, port=1) == Place(host="milvus", port=1, notes={"a": "b"}, secret="pw")
    assert copy.copy(value) == copy.deepcopy(value) == value


def test_equality_and_hash_are_those_of_the_content() -> None:
    assert Pair(1) == Pair(first=1, second=2) != Pair(1, 3)
    assert hash(Pair(1)) == hash(Pair(1, 2))
    assert Pair(1) != "Pair"  # type: ignore[comparison-overlap]
    assert len({Pair(1), Pair(1, 2), Pair(2)}) == 2


def test_defaults_are_not_shared() -> None:
    assert Place(host="a").notes is not Place(host="a").notes


@pytest.mark.parametrize(
    "given",
    [((), {}), ((1, 2, 3), {}), ((1,), {"first": 1}), ((1,), {"third": 3})],
    ids=["too few", "too many", "twice", "unknown"],
)
def test_what_does_not_fit_is_refused(
    given: tuple[tuple[int, ...], dict[str, int]],
) -> None:
    by_position, by_name = given

    with pytest.raises(TypeError, match="Pair"):
        Pair(*by_position, **by_name)


def test_positions_are_refused_where_names_are_wanted() -> None:
    with pytest.raises(TypeError, match="Place"):
        Place("milvus")  # type: ignore[call-arg]


def test_nothing_can_be_changed() -> None:
    pair = Pair(1)

    with pytest.raises(FrozenInstanceError):
        pair.first = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del pair.first
