"""Suricata itself reads the exported rules, and alerts on the traffic that the indicators are about, and on no other.

`make test` tries it where there is a Suricata; the target `suricata` fetches Debian's where there is none.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import PROJECT
from tests.exports.packets import HOME, HOME_6, datagram, greeted, name_asked_for, page_asked_for, recorded
from tests.exports.world import a_world, says, text_of
from tests.support.databases import SqliteDatabases
from tests.support.stix import GREEN

UNPACKED = PROJECT / ".suricata" / "root"
PROGRAM = shutil.which("suricata") or next(map(str, UNPACKED.glob("usr/bin/suricata")), None)

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no suricata: `make suricata` fetches one")

CONFIGURATION = f"""%YAML 1.1
---
vars: {{address-groups: {{HOME_NET: "[{HOME}/32,{HOME_6}/128]"}}}}
stats: {{enabled: no}}
outputs:
  - eve-log: {{enabled: yes, filename: eve.json, types: [alert]}}
app-layer:
  protocols:
    http: {{enabled: yes}}
    tls: {{enabled: yes, detection-ports: {{dp: 443}}}}
    dns: {{udp: {{enabled: yes, detection-ports: {{dp: 53}}}}, tcp: {{enabled: yes, detection-ports: {{dp: 53}}}}}}
classification-file: FOLDER/empty
reference-config-file: FOLDER/empty
threshold-file: FOLDER/empty
"""

ODD = (
    says("signs that mean something", "[url:value = 'http://odd.example/a;b|c\"d\\\\e:f$g%20h']", GREEN),
    says("signs of others", "[url:value = 'http://odd.example/Müller?ü=1']", GREEN),
    says("a name in another script", "[domain-name:value = 'bücher.example']", GREEN),
    says("a long way", f"[url:value = 'http://odd.example/{'x' * 254}']", GREEN),
    says("too long a way", f"[url:value = 'http://odd.example/{'x' * 255}']", GREEN),
    says("a server at a port", "[url:value = 'http://odd.example:8080/']", GREEN),
    *(says(f"many {n}", f"[ipv4-addr:value = '203.0.113.{n}']", GREEN) for n in range(0, 250, 10)),
    says("a line\nwithin; its (name) \"or\" \\ 'so'", "[domain-name:value = 'line.example']", GREEN),
)


@pytest.fixture(scope="module")
def rules(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("suricata")
    with sqlite_databases.new(folder) as url, a_world(url, folder) as world:
        world.take("nl-feed", *ODD)
        yield text_of(world, "nl-soc", "suricata")


def suricata(folder: Path, rules: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    (folder / "empty").touch()
    (folder / "suricata.yaml").write_text(CONFIGURATION.replace("FOLDER", str(folder)))
    (folder / "exported.rules").write_text(rules, encoding="utf-8")
    libraries = ":".join(sorted({str(each.parent) for each in UNPACKED.glob("**/*.so*")}))
    command = [str(PROGRAM), "-c", "suricata.yaml", "-S", "exported.rules", "-l", str(folder), "-v", *arguments]
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "LD_LIBRARY_PATH": libraries},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_every_rule_is_taken(rules: str, tmp_path: Path) -> None:
    ran = suricata(tmp_path, rules, "-T", "--init-errors-fatal")
    assert ran.returncode == 0, ran.stderr
    (loaded,) = re.findall(r"(\d+) rules successfully loaded, 0 rules failed", ran.stdout + ran.stderr)
    assert int(loaded) == len(rules.splitlines()) > 40
    assert not re.search(r"duplicate|Warning: detect", ran.stdout + ran.stderr, re.IGNORECASE)


def test_a_rule_that_is_none_would_be_told(rules: str, tmp_path: Path) -> None:
    assert suricata(tmp_path, rules.replace("dotprefix", "dotprefixes", 1), "-T").returncode != 0


def test_it_alerts_on_what_the_indicators_are_about_and_on_nothing_else(rules: str, tmp_path: Path) -> None:
    name_of = {sid: name for name, sid in re.findall(r'msg:"north-sea/indicators ([^"]*)";.* sid:(\d+)', rules)}
    traffic = {
        "an address": [datagram("198.51.100.7")],
        "a network": [datagram("203.0.113.77")],
        "of six": [datagram("2001:db8::7")],
        "a name": [name_asked_for("bad.example", 41001), name_asked_for("WWW.Bad.Example", 41002)],
        "two in turn": [*greeted("two.example", 41003), *greeted("mail.one.example", 41004)],
        "a page": [*page_asked_for("Bad.Example", '/Kit;a|b?x="1"', 41005)],
        "signs that mean something": [*page_asked_for("odd.example", '/a;b|c"d\\e:f$g%20h', 41006)],
        "a long way": [*page_asked_for("odd.example", "/" + "x" * 254, 41007)],
    }
    innocent = [
        datagram("198.51.100.8"),
        datagram("2001:db8::8"),
        name_asked_for("notbad.example", 42001),
        name_asked_for("bad.example.org", 42002),
        *greeted("other-two.example", 42003),
        *page_asked_for("bad.example", "/Kit", 42004),
        *page_asked_for("other.example", '/Kit;a|b?x="1"', 42005),
        *page_asked_for("odd.example", "/" + "x" * 255, 42006),
    ]
    recording = [packet for packets in traffic.values() for packet in packets] + innocent
    (tmp_path / "traffic.pcap").write_bytes(recorded(recording))
    ran = suricata(tmp_path, rules, "-r", "traffic.pcap", "-k", "none", "--runmode", "single")
    assert ran.returncode == 0, ran.stderr
    alerts = [json.loads(line) for line in (tmp_path / "eve.json").read_text().splitlines()]
    assert {name_of[str(each["alert"]["signature_id"])] for each in alerts} == {*traffic, "the same again"}
    ports = {each["src_port"] for each in alerts}
    assert {41001, 41002, 41003, 41004} <= ports
    assert not {port for port in ports if 42000 <= port < 43000}
    assert not {"198.51.100.8", "2001:db8::8"} & {each["dest_ip"] for each in alerts}
