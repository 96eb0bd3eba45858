"""A release reaches an object store: a real S3 client against moto's server on this machine."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import fsspec
import pytest

from pipelines.files.whole import files_below
from pipelines.releases.remote import NotPushed, push
from pipelines.releases.verify import find_damage
from pipelines.settings import Settings
from tests.releases.small import Small, published_project

pytestmark = pytest.mark.services
BUCKET = "warehouse"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[fsspec.AbstractFileSystem]:
    """Start the server on a free port of the loopback, make a bucket, and let the client find it."""
    from moto.server import ThreadedMotoServer

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    # The server lives in this process and remembers what an earlier test put there.
    urlopen(Request(f"http://127.0.0.1:{port}/moto-api/reset", method="POST"))
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }.items():
        monkeypatch.setenv(name, value)
    # A client of an earlier test would still ask the earlier server.
    files = fsspec.filesystem("s3")
    files.clear_instance_cache()
    files = fsspec.filesystem("s3")
    files.call_s3("create_bucket", Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    yield files
    server.stop()


@pytest.fixture
def small(tmp_path: Path) -> Small:
    """Publish stamp 1."""
    return published_project(tmp_path / "here")


def there(settings: Settings) -> Settings:
    """Publish to the bucket."""
    return settings.replace(publish_url=f"s3://{BUCKET}/nato")


def pointer(files: fsspec.AbstractFileSystem) -> dict:
    """Read the pointer as a reader would."""
    files.invalidate_cache()
    return json.loads(files.cat_file(f"{BUCKET}/nato/current.json"))


def test_releases_arrive_whole_and_the_pointer_follows(small: Small, store, tmp_path: Path) -> None:
    for stamp in (1, 2):
        small.seed(stamp)
        small.build()
        folder = small.publish().path
        assert push(there(small.settings), folder) == f"s3://{BUCKET}/nato"
        assert pointer(store)["release"] == folder.name
        back = tmp_path / f"back-{stamp}"
        back.mkdir()
        for path in files_below(folder):
            name = path.relative_to(folder).as_posix()
            (back / name).parent.mkdir(exist_ok=True)
            store.get_file(f"{BUCKET}/nato/{pointer(store)['path']}/{name}", str(back / name))
        assert find_damage(back) == []


def test_pushing_again_sends_nothing(small: Small, store) -> None:
    push(there(small.settings), small.settings.current.resolve())
    data = f"{BUCKET}/nato/releases/{small.settings.current.resolve().name}/warehouse.duckdb"
    before = (store.info(data)["LastModified"], pointer(store)["pushed_at"])
    push(there(small.settings), small.settings.current.resolve())
    store.invalidate_cache()
    assert (store.info(data)["LastModified"], pointer(store)["pushed_at"]) == before


def test_a_missing_bucket_is_told_and_the_release_stays(small: Small, store) -> None:
    settings = small.settings.replace(publish_url="s3://there-is-none/nato")
    with pytest.raises(NotPushed, match="could not be pushed to s3://there-is-none/nato"):
        push(settings, small.settings.current.resolve())
    assert find_damage(small.settings.current.resolve()) == []


def test_a_store_that_went_away_is_told(small: Small, store, monkeypatch: pytest.MonkeyPatch) -> None:
    push(there(small.settings), small.settings.current.resolve())
    first = pointer(store)
    small.seed(2)
    small.build()
    release = small.publish()
    # fsspec keeps one object for each address, and gives it methods of its own that hide the class's.
    files, _ = fsspec.core.url_to_fs(there(small.settings).publish_url)
    original = files.put_file

    def gone(source, target, **options):
        if target.endswith("_SUCCESS"):
            raise ConnectionError("the store went away")
        return original(source, target, **options)

    with monkeypatch.context() as patched:
        patched.setattr(files, "put_file", gone)
        with pytest.raises(NotPushed, match="the store went away"):
            push(there(small.settings), release.path)
    assert pointer(store) == first
    push(there(small.settings), release.path)
    assert pointer(store)["release"] == release.id
