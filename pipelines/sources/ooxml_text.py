"""Read the texts of an .xlsx package: shared strings, rich text with its raised digits, a single element's text."""

from __future__ import annotations

import re

# No cell can hold more characters: what goes on is left out, since to put it together takes time and memory.
MAX_TEXT = 32_767

Attributes = dict[str, str]

RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


class PackageError(Exception):
    """Say why a file's bytes are no workbook, in words that follow 'a file that'."""


def added(text: str, more: str) -> str:
    """Put two pieces of a text together, up to what a cell can hold."""
    return text if len(text) >= MAX_TEXT else (text + more)[:MAX_TEXT]


def unescaped(text: str) -> str:
    """Read the escapes by which OOXML writes characters that XML forbids: _x000D_ is a carriage return."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


class TextOf:
    """Gather the text of the first element of a name."""

    def __init__(self, name: str) -> None:
        self.name, self.found, self._is_within = name, "", False

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        self._is_within = name == self.name and not self.found

    def end(self, name: str) -> None:
        """Take the end of an element."""
        self._is_within = False

    def text(self, text: str) -> None:
        """Take text."""
        if self._is_within:
            self.found = added(self.found, text)


class RichText:
    """Gather a text out of its runs: raised digits are footnotes' marks, and become raised characters."""

    def __init__(self) -> None:
        self.value = ""
        self._is_text = self._is_raised = False
        self._spoken = 0

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        if name == "r":
            self._is_raised = False
        elif name == "vertAlign":
            self._is_raised = attributes.get("val") in ("superscript", "subscript")
        elif name == "rPh":
            # How East Asian text is spoken stands beside it, not in it.
            self._spoken += 1
        elif name == "t":
            self._is_text = self._spoken == 0

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name == "t":
            self._is_text = False
        elif name == "r":
            self._is_raised = False
        elif name == "rPh":
            self._spoken -= 1

    def text(self, text: str) -> None:
        """Take text."""
        if self._is_text:
            self.value = added(self.value, text.translate(RAISED) if self._is_raised else text)


class StringsPart:
    """Read the shared strings, in their order."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._current = RichText()

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        if name == "si":
            self._current = RichText()
        else:
            self._current.start(name, attributes)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name == "si":
            self.strings.append(unescaped(self._current.value))
        else:
            self._current.end(name)

    def text(self, text: str) -> None:
        """Take text."""
        self._current.text(text)
