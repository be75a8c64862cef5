"""What a printer gets, read back."""

import io
import zipfile
import zlib
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from hardware.enclosure.files import as_3mf, as_stl
from hardware.enclosure.housing import KEY_BAR
from hardware.enclosure.picture import Painted, picture, view
from hardware.enclosure.solids import base, block
from tests.hardware.measure import mesh

SPACE = "{http://schemas.microsoft.com/3dmanufacturing/core/2015/02}"


def test_the_stl_holds_the_solid():
    solid = base(KEY_BAR)

    assert mesh(solid).volume == pytest.approx(solid.volume(), rel=1e-4)


def test_the_3mf_holds_the_same_triangles_in_millimetres():
    solid = base(KEY_BAR)

    with zipfile.ZipFile(io.BytesIO(as_3mf(solid))) as archive:
        model = ET.fromstring(archive.read("3D/3dmodel.model"))
        days = {entry.date_time for entry in archive.infolist()}
    assert model.get("unit") == "millimeter"
    assert len(list(model.iter(SPACE + "triangle"))) == len(mesh(solid).faces)
    assert days == {(1980, 1, 1, 0, 0, 0)}


def test_a_housing_made_twice_gives_the_same_bytes():
    assert as_stl(base(KEY_BAR)) == as_stl(base(KEY_BAR))
    assert as_3mf(base(KEY_BAR)) == as_3mf(base(KEY_BAR))


def test_a_picture_shows_what_is_nearer():
    behind = Painted(block((10, 10, 1), (0, 0, 0)), (255, 0, 0))
    before = Painted(block((4, 4, 1), (0, 0, 5)), (0, 0, 255))

    pixels = decoded(picture([behind, before], view(0, 90), width=60, margin=4))
    assert pixels[30, 30].argmax() == 2
    assert pixels[12, 12].argmax() == 0
    assert (pixels[1, 1] == 255).all()


def decoded(image):
    """Return the pixels of one of our own PNG."""
    wide, high = (int.from_bytes(image[at : at + 4], "big") for at in (16, 20))
    start = image.index(b"IDAT") + 4
    rows = np.frombuffer(zlib.decompress(image[start:]), np.uint8).reshape(high, 1 + 3 * wide)
    return rows[:, 1:].reshape(high, wide, 3)
