"""Drives one published Imgur client through an album's life; run by `foreign_clients.py` with a Python that has it.

The client is not changed: what it sends to api.imgur.com is led to the local Imgur on its way out. Standard library
and the client's own dependencies only.
"""

import http.client
import json
import socket
import struct
import sys
import zlib
from pathlib import Path
from urllib.parse import urlsplit


def png(number: int) -> bytes:
    """A small picture unlike the others."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 3, 5, 8, 0, 0, 0, 0)) + chunk(b"tEXt", b"Comment\0%d" % number)
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(20))) + chunk(b"IEND", b"")


def lead_to(origin: str) -> None:
    """Connections for api.imgur.com go to the local Imgur, without TLS."""
    place = urlsplit(origin)

    def connect(connection: http.client.HTTPSConnection) -> None:
        if connection.host != "api.imgur.com":
            raise OSError(f"{connection.host} is out of reach")
        connection.sock = socket.create_connection((place.hostname, place.port))

    http.client.HTTPSConnection.connect = connect
    try:
        from urllib3.connection import HTTPSConnection
    except ImportError:
        return
    HTTPSConnection.connect = connect


def imgurpython(client_id: str, secret: str, refresh: str, access: str, files: list[str]) -> None:
    from imgurpython import ImgurClient

    imgur = ImgurClient(client_id, secret, access, refresh)
    assert imgur.credits["ClientRemaining"] > 0
    config = {"name": "n", "title": "t", "description": "d"}
    images = [imgur.upload_from_path(file, config=config, anon=False)["id"] for file in files]
    album = imgur.create_album({"title": "T", "ids": images[0]})["id"]
    listed = [image.id for image in imgur.get_album_images(album)]
    assert listed == images[:1], listed
    assert imgur.album_add_images(album, images[1:]) is True
    assert imgur.album_set_images(album, images[::-1]) is True
    listed = [image.id for image in imgur.get_album_images(album)]
    assert listed == images[::-1], listed
    assert imgur.album_remove_images(album, images[:1]) is True
    assert imgur.get_album(album).images_count == 2
    assert imgur.get_account_image_ids("me") == images[::-1]
    assert imgur.share_on_imgur(images[0], "Look", terms=1) is True
    for posts in (imgur.gallery(), imgur.gallery_search("look"), imgur.gallery_random()):
        assert [post.id for post in posts] == [images[0]]
    assert imgur.gallery_search("elsewhere") == []
    assert imgur.change_account_settings("me", {"bio": "I am"}) is True
    assert imgur.get_account("me").bio == "I am"
    imgur.auth.refresh()
    assert all(imgur.delete_image(image) is True for image in images)
    assert imgur.album_delete(album) is True
    assert imgur.get_account_album_ids("me") == []


def pyimgur(client_id: str, secret: str, refresh: str, access: str, files: list[str]) -> None:
    import pyimgur as published

    imgur = published.Imgur(client_id, secret, access, refresh)
    images = [imgur.upload_image(file, title="t", description="d") for file in files]
    album = imgur.create_album("T", "D", images=images[:1])
    album.add_images(images[1:])
    album.refresh()
    assert [image.id for image in album.images] == [image.id for image in images]
    album.remove_images(images[:1])
    album.update(title="T2")
    album.refresh()
    assert ([image.id for image in album.images], album.title) == ([image.id for image in images[1:]], "T2")
    user = imgur.get_user("demo")
    assert [shown.id for shown in user.get_albums()] == [album.id]
    assert len(user.get_images()) == 3
    imgur.refresh_access_token()
    for image in images:
        image.delete()
    album.delete()
    assert user.get_albums() == []


def pyimgurapi(client_id: str, secret: str, refresh: str, access: str, files: list[str]) -> None:
    from pyimgurapi import ImgurAPI

    def told(reply: object) -> object:
        return json.loads(str(reply))["data"]

    imgur = ImgurAPI(refresh_token=refresh, client_id=client_id, client_secret=secret)
    imgur.auth()
    images = []
    for file in files:
        with Path(file).open("rb") as opened:
            images.append(told(imgur.image.upload(opened, file, title="t", description="d"))["id"])
    album = told(imgur.album.create(image_ids=images[:1], title="T", description="D"))["id"]
    assert told(imgur.album.add(album, image_ids=images[1:])) is True
    assert told(imgur.album.set_images(album, image_ids=images[::-1])) is True
    assert told(imgur.album.update(album, title="T2")) is True
    shown = told(imgur.album.get_album(album))
    assert ([image["id"] for image in shown["images"]], shown["title"]) == (images[::-1], "T2")
    assert told(imgur.album.remove_images(album, images[:1])) is True
    assert [image["id"] for image in told(imgur.album.album_images(album))] == images[:0:-1]
    assert told(imgur.account.image_count()) == 3
    assert all(told(imgur.image.delete(image)) is True for image in images)
    assert told(imgur.album.delete(album)) is True


if __name__ == "__main__":
    name, origin, folder, *credentials = sys.argv[1:]
    paths = [Path(folder, f"{number}.png") for number in range(3)]
    for number, path in enumerate(paths):
        path.write_bytes(png(number))
    lead_to(origin)
    {"imgurpython": imgurpython, "pyimgur": pyimgur, "pyimgurapi": pyimgurapi}[name](
        *credentials, [str(path) for path in paths]
    )
