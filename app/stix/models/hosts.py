"""Processes, accounts, registry keys and certificates: STIX 2.1 sections 6.13 and 6.16 to 6.18."""

import re
from typing import Annotated

from pydantic import FailFast, Field

from app.stix.models.data_types import (
    ABSENT,
    Dictionary,
    FileRef,
    Integer,
    NetworkTrafficRef,
    ProcessRef,
    Strings,
    Timestamp,
    UserAccountRef,
    broken,
)
from app.stix.models.parts import Extensions, Hashes, ObservableObject, Part
from app.stix.vocabularies import (
    IntegrityLevel,
    RegistryDatatype,
    ServiceStartType,
    ServiceStatus,
    ServiceType,
)

_ABBREVIATED_HIVE = re.compile(r"(?:HKLM|HKCC|HKCR|HKCU|HKU)(?:\\|$)", re.IGNORECASE)


class WindowsProcessExtension(Part):
    """`windows-process-ext`."""

    section = "6.13.2"

    aslr_enabled: bool = ABSENT
    dep_enabled: bool = ABSENT
    priority: str = ABSENT
    owner_sid: str = ABSENT
    window_title: str = ABSENT
    startup_info: Dictionary = ABSENT
    integrity_level: IntegrityLevel = ABSENT

    def co_constraints(self) -> None:
        """Not empty."""
        self.something()


class WindowsServiceExtension(Part):
    """`windows-service-ext`."""

    section = "6.13.3"

    service_name: str = ABSENT
    descriptions: Strings = ABSENT
    display_name: str = ABSENT
    group_name: str = ABSENT
    start_type: ServiceStartType = ABSENT
    service_dll_refs: Annotated[list[FileRef], FailFast(), Field(min_length=1)] = ABSENT
    service_type: ServiceType = ABSENT
    service_status: ServiceStatus = ABSENT

    def co_constraints(self) -> None:
        """Not empty."""
        self.something()


class ProcessExtensions(Extensions):
    """The predefined extensions of a process."""

    windows_process: WindowsProcessExtension = Field(ABSENT, alias="windows-process-ext")
    windows_service: WindowsServiceExtension = Field(ABSENT, alias="windows-service-ext")


class Process(ObservableObject):
    """An instance of a program in execution."""

    section = "6.13"

    extensions: ProcessExtensions = ABSENT
    is_hidden: bool = ABSENT
    pid: Integer = ABSENT
    created_time: Timestamp = ABSENT
    cwd: str = ABSENT
    command_line: str = ABSENT
    environment_variables: Dictionary = ABSENT
    opened_connection_refs: Annotated[list[NetworkTrafficRef], FailFast(), Field(min_length=1)] = ABSENT
    creator_user_ref: UserAccountRef = ABSENT
    image_ref: FileRef = ABSENT
    parent_ref: ProcessRef = ABSENT
    child_refs: Annotated[list[ProcessRef], FailFast(), Field(min_length=1)] = ABSENT

    def co_constraints(self) -> None:
        """It says something."""
        super().co_constraints()
        self.something_observed()


class UnixAccountExtension(Part):
    """`unix-account-ext`."""

    section = "6.16.2"

    gid: Integer = ABSENT
    groups: Strings = ABSENT
    home_dir: str = ABSENT
    shell: str = ABSENT

    def co_constraints(self) -> None:
        """Not empty."""
        self.something()


class UserAccountExtensions(Extensions):
    """The predefined extension of a user account."""

    unix_account: UnixAccountExtension = Field(ABSENT, alias="unix-account-ext")


class UserAccount(ObservableObject):
    """An account of an operating system, a service or anything else."""

    section = "6.16"

    extensions: UserAccountExtensions = ABSENT
    user_id: str = ABSENT
    credential: str = ABSENT
    account_login: str = ABSENT
    account_type: str = ABSENT
    display_name: str = ABSENT
    is_service_account: bool = ABSENT
    is_privileged: bool = ABSENT
    can_escalate_privs: bool = ABSENT
    is_disabled: bool = ABSENT
    account_created: Timestamp = ABSENT
    account_expires: Timestamp = ABSENT
    credential_last_changed: Timestamp = ABSENT
    account_first_login: Timestamp = ABSENT
    account_last_login: Timestamp = ABSENT

    def co_constraints(self) -> None:
        """It says something."""
        super().co_constraints()
        self.something_observed()


class WindowsRegistryValue(Part):
    """A value of a registry key (section 6.17.2)."""

    section = "6.17.2"

    name: str = ABSENT
    data: str = ABSENT
    data_type: RegistryDatatype = ABSENT

    def co_constraints(self) -> None:
        """Not empty."""
        self.something()


class WindowsRegistryKey(ObservableObject):
    """A key of the Windows registry."""

    section = "6.17"

    key: str = ABSENT
    values: Annotated[list[WindowsRegistryValue], FailFast(), Field(min_length=1)] = ABSENT
    modified_time: Timestamp = ABSENT
    creator_user_ref: UserAccountRef = ABSENT
    number_of_subkeys: Integer = ABSENT

    def co_constraints(self) -> None:
        """It says something, and its hive is written out."""
        super().co_constraints()
        self.something_observed()
        if self.key is not None and _ABBREVIATED_HIVE.match(self.key):
            raise broken("must begin with the full name of the hive, such as HKEY_LOCAL_MACHINE", "key")


class X509V3Extensions(Part):
    """The extensions of an X.509 v3 certificate (section 6.18.2)."""

    section = "6.18.2"

    basic_constraints: str = ABSENT
    name_constraints: str = ABSENT
    policy_constraints: str = ABSENT
    key_usage: str = ABSENT
    extended_key_usage: str = ABSENT
    subject_key_identifier: str = ABSENT
    authority_key_identifier: str = ABSENT
    subject_alternative_name: str = ABSENT
    issuer_alternative_name: str = ABSENT
    subject_directory_attributes: str = ABSENT
    crl_distribution_points: str = ABSENT
    inhibit_any_policy: str = ABSENT
    private_key_usage_period_not_before: Timestamp = ABSENT
    private_key_usage_period_not_after: Timestamp = ABSENT
    certificate_policies: str = ABSENT
    policy_mappings: str = ABSENT

    def co_constraints(self) -> None:
        """Not empty."""
        self.something()


class X509Certificate(ObservableObject):
    """An X.509 certificate."""

    section = "6.18"

    is_self_signed: bool = ABSENT
    hashes: Hashes = ABSENT
    version: str = ABSENT
    serial_number: str = ABSENT
    signature_algorithm: str = ABSENT
    issuer: str = ABSENT
    validity_not_before: Timestamp = ABSENT
    validity_not_after: Timestamp = ABSENT
    subject: str = ABSENT
    subject_public_key_algorithm: str = ABSENT
    subject_public_key_modulus: str = ABSENT
    subject_public_key_exponent: Integer = ABSENT
    x509_v3_extensions: X509V3Extensions = ABSENT

    def co_constraints(self) -> None:
        """It says something."""
        super().co_constraints()
        self.something_observed()
