"""Files, directories and their predefined extensions: STIX 2.1 sections 6.3 and 6.7."""

from typing import Annotated

from pydantic import FailFast, Field

from app.stix.models.data_types import (
    ABSENT,
    ArtifactRef,
    CharacterSet,
    Count,
    DirectoryRef,
    FileOrDirectoryRef,
    Hex,
    Integer,
    Key,
    ScoRefs,
    StringOrInteger,
    Timestamp,
)
from app.stix.models.parts import Extensions, Hashes, ObservableObject, Part

FileOrDirectoryRefs = Annotated[list[FileOrDirectoryRef], FailFast(), Field(min_length=1)]


class Directory(ObservableObject):
    """A directory of a file system."""

    section = "6.3"

    path: str
    path_enc: CharacterSet = ABSENT
    ctime: Timestamp = ABSENT
    mtime: Timestamp = ABSENT
    atime: Timestamp = ABSENT
    contains_refs: FileOrDirectoryRefs = ABSENT


class ArchiveExtension(Part):
    """`archive-ext`: what an archive holds."""

    section = "6.7.2"

    contains_refs: FileOrDirectoryRefs
    comment: str = ABSENT


class AlternateDataStream(Part):
    """A stream of a file on NTFS."""

    section = "6.7.3"

    name: str
    hashes: Hashes = ABSENT
    size: Count = ABSENT


class NtfsExtension(Part):
    """`ntfs-ext`."""

    section = "6.7.3"

    sid: str = ABSENT
    alternate_data_streams: Annotated[list[AlternateDataStream], FailFast(), Field(min_length=1)] = ABSENT

    def co_constraints(self) -> None:
        """Not empty."""
        self.something()


class PdfExtension(Part):
    """`pdf-ext`."""

    section = "6.7.4"

    version: str = ABSENT
    is_optimized: bool = ABSENT
    document_info_dict: Annotated[dict[Key, str], Field(min_length=1)] = ABSENT
    pdfid0: str = ABSENT
    pdfid1: str = ABSENT

    def co_constraints(self) -> None:
        """Not empty."""
        self.something()


class RasterImageExtension(Part):
    """`raster-image-ext`."""

    section = "6.7.5"

    image_height: Integer = ABSENT
    image_width: Integer = ABSENT
    bits_per_pixel: Integer = ABSENT
    exif_tags: Annotated[dict[Key, StringOrInteger], Field(min_length=1)] = ABSENT

    def co_constraints(self) -> None:
        """Not empty."""
        self.something()


class WindowsPeOptionalHeader(Part):
    """The optional header of a PE binary."""

    section = "6.7.6"

    magic_hex: Hex = ABSENT
    major_linker_version: Integer = ABSENT
    minor_linker_version: Integer = ABSENT
    size_of_code: Count = ABSENT
    size_of_initialized_data: Count = ABSENT
    size_of_uninitialized_data: Count = ABSENT
    address_of_entry_point: Integer = ABSENT
    base_of_code: Integer = ABSENT
    base_of_data: Integer = ABSENT
    image_base: Integer = ABSENT
    section_alignment: Integer = ABSENT
    file_alignment: Integer = ABSENT
    major_os_version: Integer = ABSENT
    minor_os_version: Integer = ABSENT
    major_image_version: Integer = ABSENT
    minor_image_version: Integer = ABSENT
    major_subsystem_version: Integer = ABSENT
    minor_subsystem_version: Integer = ABSENT
    win32_version_value_hex: Hex = ABSENT
    size_of_image: Count = ABSENT
    size_of_headers: Count = ABSENT
    checksum_hex: Hex = ABSENT
    subsystem_hex: Hex = ABSENT
    dll_characteristics_hex: Hex = ABSENT
    size_of_stack_reserve: Count = ABSENT
    size_of_stack_commit: Count = ABSENT
    size_of_heap_reserve: Count = ABSENT
    size_of_heap_commit: Count = ABSENT
    loader_flags_hex: Hex = ABSENT
    number_of_rva_and_sizes: Integer = ABSENT
    hashes: Hashes = ABSENT

    def co_constraints(self) -> None:
        """Not empty."""
        self.something()


class WindowsPeSection(Part):
    """A section of a PE binary."""

    section = "6.7.6"

    name: str
    size: Count = ABSENT
    entropy: float = ABSENT
    hashes: Hashes = ABSENT


class WindowsPeBinaryExtension(Part):
    """`windows-pebinary-ext`."""

    section = "6.7.6"

    pe_type: str
    imphash: str = ABSENT
    machine_hex: Hex = ABSENT
    number_of_sections: Count = ABSENT
    time_date_stamp: Timestamp = ABSENT
    pointer_to_symbol_table_hex: Hex = ABSENT
    number_of_symbols: Count = ABSENT
    size_of_optional_header: Count = ABSENT
    characteristics_hex: Hex = ABSENT
    file_header_hashes: Hashes = ABSENT
    optional_header: WindowsPeOptionalHeader = ABSENT
    sections: Annotated[list[WindowsPeSection], FailFast(), Field(min_length=1)] = ABSENT


class FileExtensions(Extensions):
    """The predefined extensions of a file."""

    archive: ArchiveExtension = Field(ABSENT, alias="archive-ext")
    ntfs: NtfsExtension = Field(ABSENT, alias="ntfs-ext")
    pdf: PdfExtension = Field(ABSENT, alias="pdf-ext")
    raster_image: RasterImageExtension = Field(ABSENT, alias="raster-image-ext")
    windows_pebinary: WindowsPeBinaryExtension = Field(ABSENT, alias="windows-pebinary-ext")


class File(ObservableObject):
    """A file."""

    section = "6.7"

    extensions: FileExtensions = ABSENT
    hashes: Hashes = ABSENT
    size: Count = ABSENT
    name: str = ABSENT
    name_enc: CharacterSet = ABSENT
    magic_number_hex: Hex = ABSENT
    mime_type: str = ABSENT
    ctime: Timestamp = ABSENT
    mtime: Timestamp = ABSENT
    atime: Timestamp = ABSENT
    parent_directory_ref: DirectoryRef = ABSENT
    contains_refs: ScoRefs = ABSENT
    content_ref: ArtifactRef = ABSENT

    def co_constraints(self) -> None:
        """It has hashes or a name."""
        super().co_constraints()
        self.one_of("hashes", "name")
