"""The European Open Source AI Index as one archive: two systems, the publisher's form and its readme."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Mapping

from tests.published import serve_bodies
from tests.replay_server import ReplayServer

URL = "https://codeload.github.com/Language-Technology-Assessment/main-database/tar.gz/refs/heads/main"
DIMENSIONS = (
    "datasources_basemodel",
    "datasources_endmodel",
    "weights_basemodel",
    "weights_endmodel",
    "trainingcode",
    "code",
    "hardware_architecture",
    "preprint",
    "paper",
    "modelcard",
    "datasheet",
    "licenses",
)
GPT_OSS = (
    "closed",
    "closed",
    "open",
    "open",
    "closed",
    "closed",
    "open",
    "open",
    "closed",
    "open",
    "closed",
    "partial",
)
OLMO = ("open",) * 8 + ("partial",) + ("open",) * 3


def make_system(name: str, grades: Mapping[str, str], link: str = "", maker: str = "OpenAI") -> bytes:
    """A system's file in the publisher's shape."""
    head = f"---\n# Thank you for contributing!\nsystem:\n    name: {name}\n    link: {link}\n    type: text\n"
    head += f"    releasedate: 2025-08\n\norg:\n    name: {maker}\n\n# availability:\n"
    return (head + "".join(f"{d}:\n    class: {g}\n    link:\n    notes:\n\n" for d, g in grades.items())).encode()


def make_archive(files: Mapping[str, bytes]) -> bytes:
    """The archive as it is served, every file below the repository's folder."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, body in files.items():
            member = tarfile.TarInfo(f"main-database-main/{name}")
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    return gzip.compress(out.getvalue(), mtime=0)


FILES = {
    "readme.md": b"# main-database",
    "GPT-OSS.yaml": make_system(
        "GPT OSS", dict(zip(DIMENSIONS, GPT_OSS, strict=True)), "https://huggingface.co/openai/gpt-oss-120b"
    ),
    "Olmo 3.yaml": make_system("OLMo", dict(zip(DIMENSIONS, OLMO, strict=True)), maker="Ai2"),
    "a_submission_template.yaml": make_system("", dict.fromkeys(DIMENSIONS, "closed")),
}
BODIES = {URL: make_archive(FILES)}


def serve(server: ReplayServer) -> None:
    serve_bodies(server, BODIES)
