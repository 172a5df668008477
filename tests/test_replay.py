"""Recorded files through `refresh --from`: what is read, what is left aside, and what a bad one costs."""

from __future__ import annotations

from pathlib import Path

from tests.homes import ask, copy_home, run_landscape
from tests.publishers import Edition


def test_a_folder_without_a_manifest_is_wrong_usage(tmp_path: Path) -> None:
    done = run_landscape(tmp_path / "home", "refresh", "--from", tmp_path)
    assert done.exit_code == 2 and "manifest.csv is not there" in done.stderr


def test_files_of_sources_that_are_not_built_are_listed_as_skipped(small_recordings: Path, tmp_path: Path) -> None:
    folder = copy_home(small_recordings, tmp_path / "recordings")
    manifest = folder / "manifest.csv"
    lines = manifest.read_text(encoding="utf-8").splitlines()
    manifest.write_text(
        "\n".join(
            [
                *lines,
                "nobodys,a.yml,https://a.example,2026-05-22,RECORDED,MIT,yes,,yes,",
                "models_dev,gone.json,https://models.dev/api.json,2026-05-22,RECORDED,MIT,yes,,yes,",
                "models_dev,made.json,https://models.dev/api.json,2026-05-22,CONSTRUCTED,MIT,no,,yes,",
                "",
            ]
        ),
        encoding="utf-8",
    )
    done = run_landscape(tmp_path / "home", "refresh", "--from", folder)
    assert done.exit_code == 0, done.output
    assert "skipped 1 file(s), source nobodys is not built yet: a.yml" in done.stdout
    assert "skipped 1 file(s), listed in the manifest but not in the folder: gone.json" in done.stdout
    assert "skipped 1 file(s), constructed, for tests only (--constructed reads it): made.json" in done.stdout


def test_an_empty_list_delists_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    Edition().record(folder, "2026-07-02T12:00:00Z")
    Edition().record(folder, "2026-07-20T12:00:00Z")
    for body in (folder / "models_dev/20260720T120000Z").glob("*api.json"):
        body.write_bytes(b"{}")
    done = run_landscape(tmp_path / "home", "refresh", "models_dev", "--from", folder)
    assert done.exit_code == 1
    assert "models_dev: FAILED: " in done.stdout and "no catalogue" in done.stdout
    assert ask(tmp_path / "home", "select count(*) as gone from prices_history where not is_listed") == [{"gone": 0}]
