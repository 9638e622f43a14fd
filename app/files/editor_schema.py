"""The two kinds of files as JSON Schemas, for editors; the wording of mistakes draws on the same text."""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeAlias

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from app.files.partners_file import PartnersFile
from app.files.partnership_file import PartnershipFile

Schema: TypeAlias = dict[str, Any]


class _WithoutNull(GenerateJsonSchema):
    """A key may be left out; it may not stand there without a value."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def json_schema() -> Mapping[str, Schema]:
    """The JSON Schemas (2020-12) of `partners.yaml` and of a partnership's file, under "partners" and "partnership"."""
    return {"partners": schema_of(PartnersFile), "partnership": schema_of(PartnershipFile)}


@cache
def schema_of(model: type[BaseModel]) -> Schema:
    """The JSON Schema of one kind of file. Shared: not to be changed."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **model.model_json_schema(schema_generator=_WithoutNull),
    }


def schema_at(schema: Schema, path: tuple[str | int, ...]) -> Schema:
    """The part of a file's schema that describes the value at `path`; {} where nothing is known of it."""
    here = _resolved(schema, schema)
    for part in path:
        below = _below(here, part)
        here = _resolved(schema, below) if below is not None else {}
    return here


def _below(here: Schema, part: str | int) -> Schema | None:
    for option in (here, *here.get("oneOf", ())):
        if isinstance(part, int) and "items" in option:
            return dict(option["items"])
        if isinstance(part, str):
            found = option.get("properties", {}).get(part, option.get("additionalProperties"))
            if isinstance(found, dict):
                return found
    return None


def _resolved(schema: Schema, part: Schema) -> Schema:
    reference = part.get("$ref")
    if reference is None:
        return part
    target: Schema = schema["$defs"][reference.removeprefix("#/$defs/")]
    # What stands beside a reference (the key's own description and example) goes before what it refers to.
    return {**target, **{name: value for name, value in part.items() if name != "$ref"}}
