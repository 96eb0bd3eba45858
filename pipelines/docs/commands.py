"""Write the page of commands from the commands themselves: their help, arguments and options."""

from __future__ import annotations

import textwrap
from enum import Enum
from pathlib import Path

from typer.core import TyperArgument, TyperOption
from typer.main import get_command

from ..cli import app
from . import markdown
from .markdown import code

NAME = "burdenshare"


def page() -> str:
    """Write all commands: a table of what each does, then each with its arguments and options."""
    group = get_command(app)
    commands: dict[str, object] = dict(getattr(group, "commands", {}))
    rows = [[f"[`{NAME} {name}`](#{name})", markdown.first_sentence(_help(found))] for name, found in commands.items()]
    return markdown.page(
        "Commands",
        f"`{NAME} COMMAND --help` says the same on a screen. What goes before the command is for every command:",
        _options(group),
        markdown.table(["command", "what it does"], rows),
        *(part for name, found in commands.items() for part in _command(name, found)),
    )


def _command(name: str, command: object) -> list[str]:
    parameters = _parameters(command)
    arguments = [parameter for parameter in parameters if isinstance(parameter, TyperArgument)]
    usage = " ".join([NAME, name, *(_argument(argument) for argument in arguments)])
    listed = [[code(_argument(argument)), _meaning(argument)] for argument in arguments]
    return [
        f"## {name}",
        f"```sh\n{usage}\n```",
        _paragraphs(_help(command)),
        markdown.table(["argument", "what it is"], listed) if listed else "",
        _options(command),
    ]


def _options(command: object) -> str:
    options = [parameter for parameter in _parameters(command) if isinstance(parameter, TyperOption)]
    rows = [
        [", ".join(code(word) for word in (*option.opts, *option.secondary_opts)), _takes(option), _meaning(option)]
        for option in options
        if not option.hidden and "--help" not in option.opts and "completion" not in str(option.name)
    ]
    return markdown.table(["option", "takes", "what it does"], rows) if rows else ""


def _parameters(command: object) -> list[object]:
    return list(getattr(command, "params", []))


def _help(command: object) -> str:
    return str(getattr(command, "help", "") or "")


def _argument(argument: TyperArgument) -> str:
    name = str(argument.metavar or argument.name).upper()
    name += "..." if argument.nargs == -1 else ""
    return name if argument.required else f"[{name}]"


def _takes(option: TyperOption) -> str:
    kind = option.type_descriptor.annotation
    if option.is_flag:
        return ""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(code(str(choice.value)) for choice in kind)
    if kind in (int, float):
        return f"a number, at least {option.min:g}" if option.min is not None else "a number"
    return "a path" if kind is Path else "a text"


def _meaning(parameter: TyperArgument | TyperOption) -> str:
    default = parameter.default.value if isinstance(parameter.default, Enum) else parameter.default
    # A flag's default is that it is not given; a path's would be one of this machine.
    shown = isinstance(default, str | int | float) and not isinstance(default, bool) and default != ""
    return " ".join([parameter.help or "", f"Default: `{default}`." if shown else ""]).strip()


def _paragraphs(text: str) -> str:
    """Keep a help's paragraphs, and set each example that it holds as a block of code."""
    parts, examples = [], []
    for block in text.split("\n\n"):
        lines = textwrap.dedent(block).strip("\n")
        if block.strip().startswith(NAME + " "):
            examples.append(lines)
            continue
        parts += [_block(examples)] if examples else []
        examples = []
        parts.append(" ".join(lines.split()))
    parts += [_block(examples)] if examples else []
    return "\n\n".join(parts)


def _block(examples: list[str]) -> str:
    return "```sh\n" + "\n".join(examples) + "\n```"
