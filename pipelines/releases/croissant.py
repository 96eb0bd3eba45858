"""Describe a release for search engines and machine learning: a schema.org `Dataset`, with Croissant's record sets.

Says what the manifest says, in other words: https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html.
"""

from __future__ import annotations

from typing import Any

from ..version import __version__
from .description import size_of, tables_of

CONFORMS_TO = "http://mlcommons.org/croissant/1.1"
# Words that Croissant adds to those of schema.org; a reader expects all of them, used or not.
_WORDS = (
    "arrayShape citeAs column containedIn equivalentProperty extract field fileObject fileProperty fileSet format "
    "includes isArray isLiveDataset jsonPath key md5 parentField path recordSet references regex repeated replace "
    "samplingRate separator source subField transform"
)
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
} | {word: f"cr:{word}" for word in _WORDS.split()}
_TYPES = {
    "string": "sc:Text",
    # What may be missing is no integer to programs that read through pandas.
    "integer": "sc:Float",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
}


def describe_dataset(manifest: dict[str, Any], below: str = "") -> dict[str, Any]:
    """Describe a release as a schema.org `Dataset`: who, when, which terms, and each table's file with its hash.

    `below` is the folder, as `data/`, in which the files lie as seen from where this is read.
    """
    authors = [who["title"] for who in manifest["contributors"]]
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": manifest["name"],
        "alternateName": manifest["title"],
        "description": manifest["description"],
        "identifier": manifest["id"],
        "version": __version__,
        "datePublished": manifest["created"],
        "inLanguage": "en",
        "isAccessibleForFree": True,
        "keywords": ["NATO", "defence expenditure", "burden sharing", "military spending"],
        "license": [terms["title"] for terms in manifest["licenses"]],
        "creator": [{"@type": "Organization", "name": author} for author in authors],
        "isBasedOn": sorted({source["path"] for source in manifest["sources"] if "path" in source}),
        "distribution": [
            {"@type": "DataDownload"} | _file(resource, below) for resource in tables_of(manifest).values()
        ],
    }


def describe_croissant(manifest: dict[str, Any]) -> dict[str, Any]:
    """Describe a release with what programs need to read it: a record set for each table, a field for each column."""
    tables = tables_of(manifest)
    authors = ", ".join(who["title"] for who in manifest["contributors"])
    return describe_dataset(manifest) | {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "citeAs": f"{manifest['title']}. Release {manifest['id']}. Figures: {authors}.",
        "distribution": [
            {"@type": "cr:FileObject", "@id": resource["path"]} | _file(resource, "") for resource in tables.values()
        ],
        "recordSet": [_record_set(name, resource) for name, resource in tables.items()],
    }


def _file(resource: dict[str, Any], below: str) -> dict[str, Any]:
    return {
        "name": resource["name"],
        "description": resource["description"],
        "contentUrl": below + resource["path"],
        "contentSize": f"{size_of(resource)} B",
        "encodingFormat": "application/x-parquet",
        "sha256": resource["hash"].removeprefix("sha256:"),
    }


def _record_set(name: str, resource: dict[str, Any]) -> dict[str, Any]:
    schema = resource["schema"]
    needed = {field["name"] for field in schema["fields"] if field.get("constraints", {}).get("required")}
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": resource["description"],
        "key": [{"@id": f"{name}/{key}"} for key in schema["primaryKey"]],
        "field": [_field(name, resource["path"], field, field["name"] in needed) for field in schema["fields"]],
    }


def _field(table: str, path: str, field: dict[str, Any], is_needed: bool) -> dict[str, Any]:
    unit = f" Unit: {field['unit']}." if "unit" in field else ""
    return {
        "@type": "cr:Field",
        "@id": f"{table}/{field['name']}",
        "name": field["name"],
        "description": field["description"] + unit,
        "dataType": "sc:Integer" if is_needed and field["type"] == "integer" else _TYPES[field["type"]],
        "source": {"fileObject": {"@id": path}, "extract": {"column": field["name"]}},
    }
