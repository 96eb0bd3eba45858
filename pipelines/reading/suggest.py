"""Say what there is where somebody names what there is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

# So many are read at a glance; of more, those that resemble are named.
AT_A_GLANCE = 8


def there_is_no(kind: str, wanted: str, known: Iterable[str] | Mapping[str, Iterable[str]]) -> str:
    """Say that there is no such thing, and name those that resemble it, or all where none does.

    `known` are names; where they are keys, each has the other words by which it may be meant.
    """
    alike, names = resembling(wanted, known), list(known)
    if alike:
        *most, last = alike
        meant = f"{', '.join(most)} or {last}" if most else last
        return f"There is no {kind} {wanted!r}. Did you mean {meant}?"
    return f"There is no {kind} {wanted!r}. There are: {', '.join(names) or 'none'}."


def resembling(wanted: str, known: Iterable[str] | Mapping[str, Iterable[str]]) -> list[str]:
    """Pick the names that hold the wanted one, shortest first, else those that are spelt much like it."""
    folded = wanted.casefold()
    forms = {name: _forms(name, known[name] if isinstance(known, Mapping) else ()) for name in known}
    holding = [name for name, words in forms.items() if len(folded) > 2 and any(folded in word for word in words)]
    if holding:
        return sorted(holding, key=len)[:AT_A_GLANCE]
    close = set(get_close_matches(folded, {word for words in forms.values() for word in words}, cutoff=0.7))
    return [name for name, words in forms.items() if words & close][:AT_A_GLANCE]


def _forms(name: str, others: Iterable[str]) -> set[str]:
    """Give the words by which a thing may be meant: a table is remembered without its layer, `growth`."""
    return {word.casefold() for word in (name, name.partition("_")[2], *others) if word}
