"""Read and write structs of Apache Thrift's compact protocol by the numbers of their fields, whatever these mean."""

from __future__ import annotations

from typing import Any

from thrift.protocol.TCompactProtocol import TCompactProtocol
from thrift.Thrift import TType
from thrift.transport.TTransport import TMemoryBuffer

# A struct by the numbers of its fields, each with the kind of its value; a list is the kind of its items, and these.
Struct = dict[int, tuple[int, Any]]

_KINDS = {
    TType.BOOL: "Bool",
    TType.BYTE: "Byte",
    TType.I16: "I16",
    TType.I32: "I32",
    TType.I64: "I64",
    TType.DOUBLE: "Double",
    TType.STRING: "Binary",
}


def read(content: bytes) -> Struct:
    """Read a struct."""
    found: Struct = _decode(TCompactProtocol(TMemoryBuffer(content)), TType.STRUCT)
    return found


def write(struct: Struct) -> bytes:
    """Write a struct; what was read comes out as it was, byte for byte."""
    target = TMemoryBuffer()
    _write(TCompactProtocol(target), TType.STRUCT, struct)
    return bytes(target.getvalue())


def _decode(source: TCompactProtocol, kind: int) -> Any:
    if kind == TType.LIST:
        inner, count = source.readListBegin()
        items = [_decode(source, inner) for _ in range(count)]
        source.readListEnd()
        return inner, items
    if kind != TType.STRUCT:
        return getattr(source, f"read{_KINDS[kind]}")()
    struct: Struct = {}
    source.readStructBegin()
    while (field := source.readFieldBegin())[1] != TType.STOP:
        _, inner, number = field
        struct[number] = inner, _decode(source, inner)
        source.readFieldEnd()
    source.readStructEnd()
    return struct


def _write(target: TCompactProtocol, kind: int, value: Any) -> None:
    if kind == TType.LIST:
        inner, items = value
        target.writeListBegin(inner, len(items))
        for item in items:
            _write(target, inner, item)
        target.writeListEnd()
    elif kind == TType.STRUCT:
        target.writeStructBegin("")
        for number, (inner, field) in sorted(value.items()):
            target.writeFieldBegin("", inner, number)
            _write(target, inner, field)
            target.writeFieldEnd()
        target.writeFieldStop()
        target.writeStructEnd()
    else:
        getattr(target, f"write{_KINDS[kind]}")(value)
