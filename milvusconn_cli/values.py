"""Frozen values with named fields: dataclasses that take next to nothing to define.

dataclasses writes and compiles six methods for each class, 0.4 ms. A call of the program defines
thirty of them, which was a sixth of its time. Here all classes share these methods.
"""

from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, dataclass, field
from typing import Any, NoReturn, TypeVar, dataclass_transform

_Class = TypeVar("_Class", bound=type)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
def value_class(cls: _Class) -> _Class:
    """A class of values whose fields are given by name.

    As `@dataclass(frozen=True, kw_only=True)`; `fields`, `replace` and `asdict` work.
    """
    return _defined(cls, kw_only=True)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def positional_value_class(cls: _Class) -> _Class:
    """The same, as `@dataclass(frozen=True)`: fields may also be given by position."""
    return _defined(cls, kw_only=False)


def _defined(cls: _Class, *, kw_only: bool) -> _Class:
    for name, method in _METHODS.items():
        if name not in cls.__dict__:
            setattr(cls, name, method)
    dataclass(init=False, repr=False, eq=False, kw_only=kw_only)(cls)
    return cls


def _init(self: Any, /, *by_position: Any, **given: Any) -> None:  # noqa: ANN401
    values, own = self.__dict__, self.__dataclass_fields__
    if by_position:
        given |= _named(self, by_position, given)
    for name, one in own.items():
        if name in given:
            values[name] = given.pop(name)
        elif one.default is not MISSING:
            values[name] = one.default
        elif one.default_factory is not MISSING:
            values[name] = one.default_factory()
        else:
            raise TypeError(f"{type(self).__name__} needs {name}")
    if given:
        raise TypeError(f"{type(self).__name__} has no {', '.join(given)}")
    finish = getattr(self, "__post_init__", None)
    if finish is not None:
        finish()


def _named(self: Any, by_position: tuple[Any, ...], given: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401
    """What was given by position, by name."""
    names = [one.name for one in self.__dataclass_fields__.values() if not one.kw_only]
    named = dict(zip(names, by_position, strict=False))
    if len(named) < len(by_position) or named.keys() & given.keys():
        raise TypeError(f"{type(self).__name__} takes by position: {', '.join(names) or 'nothing'}")
    return named


def _content(self: Any) -> tuple[Any, ...]:  # noqa: ANN401
    return tuple(getattr(self, name) for name in self.__dataclass_fields__)


def _repr(self: Any) -> str:  # noqa: ANN401
    shown = (
        f"{name}={getattr(self, name)!r}"
        for name, one in self.__dataclass_fields__.items()
        if one.repr
    )
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _eq(self: Any, other: object) -> Any:  # noqa: ANN401 -- NotImplemented
    if type(other) is not type(self):
        return NotImplemented
    return _content(self) == _content(other)


def _hash(self: Any) -> int:  # noqa: ANN401
    return hash(_content(self))


def _set(self: object, name: str, _: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to {name} of {type(self).__name__}")


def _delete(self: object, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete {name} of {type(self).__name__}")


_METHODS: dict[str, Callable[..., Any]] = {
    "__init__": _init,
    "__repr__": _repr,
    "__eq__": _eq,
    "__hash__": _hash,
    "__setattr__": _set,
    "__delattr__": _delete,
}
