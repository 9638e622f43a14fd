"""Every setting, with its unit and its meaning: the only reader of the environment.

Settings are `COMITY_*` variables or lines of a `.env` file. Nothing is read at import: whoever starts the program
builds one `Settings` and passes it on. A limit that callers can run into is published in the API root resource or
in docs/operating.md under the same name (design, law 10).
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent

Bytes = Annotated[int, Field(gt=0)]
Count = Annotated[int, Field(gt=0)]


class Settings(BaseSettings):
    """How one installation of Comity is set up."""

    model_config = SettingsConfigDict(env_prefix="COMITY_", env_file=".env", frozen=True, extra="ignore")

    database_url: str = Field(
        default="sqlite:///var/comity.db",
        description="Where the exchange is stored: `sqlite:///PATH` (embedded) or `postgresql://…` (sockets too).",
    )
    secret_key_file: Path = Field(
        default=Path("var/secret.key"),
        description="The file that holds the server's secret keys, one a line; the first one is used for new values.",
    )
    base_url: str | None = Field(
        default=None,
        description="The public address, such as https://exchange.example. Needed wherever clients come from outside.",
    )
    collections_directory: Path = Field(
        default=Path("collections"), description="The folder of the partner and partnership files."
    )
    mappings_directory: Path = Field(
        default=PROJECT / "mappings", description="The folder of marking tables and other mappings."
    )
    title: str = Field(default="Comity exchange", description="The title of the discovery resource.")
    contact: str | None = Field(default=None, description="The contact of the discovery resource.")

    content_length_bytes_max: Bytes = Field(
        default=100 * 1024 * 1024, description="The longest request body taken; published as max_content_length."
    )
    object_bytes_max: Bytes = Field(default=4 * 1024 * 1024, description="The largest single STIX object taken.")
    object_bytes_inline_max: Bytes = Field(
        default=8 * 1024, description="Objects above this size are stored beside the table that pages scan."
    )
    push_objects_max: Count = Field(default=50_000, description="The most objects of one envelope.")
    push_markings_max: Count = Field(
        default=100_000,
        description="The most markings, those of the registry left aside, that the objects of one push rest on.",
    )
    push_granular_bytes_max: Bytes = Field(
        default=8 * 1024 * 1024, description="The most bytes of objects with granular markings in one push."
    )
    pushes_waiting_max: Count = Field(
        default=16,
        description="Pushes of one organisation that one worker takes in at once; a further one is answered 503.",
    )
    requests_per_minute_max: Count = Field(
        default=6000,
        description="Requests of one account in a minute that each worker answers; a further one is answered 429.",
    )
    feed_bytes_max: Bytes = Field(
        default=16 * 1024 * 1024, description="The longest delivery of a feed that is taken over HTTP."
    )
    feed_events_bytes_max: Bytes = Field(
        default=4 * 1024 * 1024, description="The same for MISP events: a MiB of them takes a core some seconds."
    )
    load_bytes_max: Bytes = Field(default=1024 * 1024 * 1024, description="The largest file that is loaded, unpacked.")
    json_depth_max: Count = Field(default=100, description="The deepest nesting of a STIX object taken.")
    page_objects_max: Count = Field(default=1000, description="The most objects of one page.")
    page_objects_default: Count = Field(default=1000, description="The objects of a page when no limit is asked for.")
    page_bytes_max: Bytes = Field(default=8 * 1024 * 1024, description="A page ends after this many bytes of objects.")
    lookup_values_max: Count = Field(
        default=10_000, description="The most values of one look-up, and different ones of one upload."
    )
    lookup_body_bytes_max: Bytes = Field(
        default=4 * 1024 * 1024, description="The longest body of a look-up of many values."
    )
    lookup_objects_max: Count = Field(
        default=50_000, description="The most objects that may name the values of one look-up."
    )
    lookup_matches_max: Count = Field(
        default=100_000, description="The most matches of values with objects in one answer to a look-up of many."
    )
    answer_bytes_max: Bytes = Field(
        default=64 * 1024 * 1024,
        description="The most bytes of objects, and values, in one answer to an analyst; of objects in one export.",
    )
    lookups_waiting_max: Count = Field(
        default=2,
        description="Searches, matches, look-ups of many values that a worker does for an organisation; more get 503.",
    )
    match_body_bytes_max: Bytes = Field(
        default=4 * 1024 * 1024, description="The longest upload that is matched with patterns."
    )
    match_observations_max: Count = Field(default=10_000, description="The most observations of one such upload.")
    match_indicators_max: Count = Field(
        default=10_000, description="The most indicators whose patterns are tried for one answer."
    )
    match_pattern_steps_max: Count = Field(
        default=1_000_000, description="The most steps (values looked at) that one pattern may take to be decided."
    )
    match_steps_max: Count = Field(
        default=3_000_000, description="An answer ends after this many steps, and has a `next`."
    )
    export_objects_max: Count = Field(default=50_000, description="The most objects of which one export is made.")
    export_values_max: Count = Field(default=100_000, description="The most values of one export.")
    exports_waiting_max: Count = Field(
        default=2, description="Exports that one worker makes for one organisation; a further one is answered 503."
    )
    query_chars_max: Count = Field(default=32 * 1024, description="The longest query string taken.")
    status_days: Count = Field(default=30, description="How many days a status resource stays available (at least 1).")

    break_glass_days_max: Count = Field(default=14, description="The longest time for which break-glass is opened.")

    dated_ahead_milliseconds: Count = Field(
        default=250,
        description="How far ahead of the clock a date added is set, so that it is past when the row can be read.",
    )

    sweep_seconds: Count = Field(
        default=1,
        description="How often a server looks for what time has made due, and records how far its clock has come.",
    )

    readers: Count = Field(default=4, description="Threads of one worker that read the database.")
    writers: Count = Field(default=1, description="Threads of one worker that validate and store pushes.")
    password_checks: Count = Field(default=2, description="Passwords that one worker verifies at the same time.")
    password_checks_waiting_max: Count = Field(
        default=64, description="Passwords that may wait for that; a further one is answered 503."
    )
    password_memory_kibibytes: Count = Field(default=19 * 1024, description="The memory that argon2id uses for one.")
    password_passes: Count = Field(default=2, description="The passes that argon2id makes over that memory.")
    password_remembered_seconds: Count = Field(
        default=300, description="How long a verified password is remembered, under a keyed hash, in memory."
    )
    database_wait_seconds: Count = Field(default=30, description="How long a write waits for its turn.")
    log_format: str = Field(default="console", pattern="^(console|json)$", description="`console` or `json`.")
