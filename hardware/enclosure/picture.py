"""Pictures of solids: a small renderer of our own, the same pixels on every machine, as PNG."""

import struct
import zlib
from typing import Any, NamedTuple

import numpy as np
from manifold3d import Manifold

from hardware.enclosure.files import normals, triangles

Array = np.ndarray[Any, np.dtype[np.float64]]
Pixels = np.ndarray[Any, np.dtype[np.uint8]]
LIGHT = np.array([-0.35, 0.5, 0.8])
BACKGROUND = 255.0
FINER = 2  # so many pixels in each direction become one
EDGE_MM = 1.2  # a step in depth that gets a dark line
TURN = 0.12  # and a turn of the surface


class Painted(NamedTuple):
    solid: Manifold
    colour: tuple[int, int, int]


def view(turn_deg: float, lift_deg: float) -> Array:
    """Return the rotation for a camera that is turned around the vertical and lifted above the horizon."""
    turn, lift = np.radians(turn_deg), np.radians(lift_deg)
    around = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    # The camera's y goes up in the picture, its z towards the onlooker.
    tip = np.array([[1, 0, 0], [0, np.sin(lift), np.cos(lift)], [0, -np.cos(lift), np.sin(lift)]])
    seen: Array = tip @ around
    return seen


def picture(scene: list[Painted], camera: Array, width: int = 900, margin: int = 24) -> bytes:
    """Return a PNG of the scene without perspective."""
    corners = np.concatenate([triangles(each.solid) for each in scene]) @ camera.T
    colours = np.concatenate([np.tile(each.colour, (each.solid.num_tri(), 1)) for each in scene]).astype(float)
    low, high = corners.reshape(-1, 3).min(axis=0), corners.reshape(-1, 3).max(axis=0)
    scale = (width - 2 * margin) * FINER / (high[0] - low[0])
    height = int(np.ceil((high[1] - low[1]) * scale / FINER)) + 2 * margin
    flat = (corners - low) * scale + np.array([margin, margin, 0]) * FINER
    depth, owner = painted(flat, (height * FINER, width * FINER))
    facing = normals(corners)
    image = shaded(owner, facing, colours)
    image[edges(depth / scale, owner, facing)] *= 0.45
    fine = image.reshape(height, FINER, width, FINER, 3).mean(axis=(1, 3))
    return png(np.round(fine[::-1]).astype(np.uint8))


def painted(flat: Array, size: tuple[int, int]) -> tuple[Array, Any]:
    """Return for every pixel how near it is and which triangle is there, -1 for none."""
    depth, owner = np.full(size, -np.inf), np.full(size, -1)
    for number, corners in enumerate(flat):
        paint(depth, owner, number, corners)
    return depth, owner


def paint(depth: Array, owner: Any, number: int, corners: Array) -> None:
    """Paint one triangle where nothing nearer is."""
    (ax, ay, _), (bx, by, _), (cx, cy, _) = corners
    area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    if area <= 1e-9:
        return  # seen from behind
    left, low = np.floor(corners[:, :2].min(axis=0)).astype(int)
    right, high = np.ceil(corners[:, :2].max(axis=0)).astype(int) + 1
    x, y = np.arange(left, right)[None, :] + 0.5, np.arange(low, high)[:, None] + 0.5
    at_b = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) / area
    at_c = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / area
    at_a = 1 - at_b - at_c
    near = at_a * corners[0, 2] + at_b * corners[1, 2] + at_c * corners[2, 2]
    window = depth[low:high, left:right]
    hits = (at_a >= 0) & (at_b >= 0) & (at_c >= 0) & (near > window)
    window[hits] = near[hits]
    owner[low:high, left:right][hits] = number


def shaded(owner: Any, facing: Array, colours: Array) -> Array:
    light = np.clip(facing @ (LIGHT / np.linalg.norm(LIGHT)), 0, 1)
    lit = colours * (0.45 + 0.55 * light)[:, None]
    image: Array = np.where(owner[..., None] >= 0, lit[owner], BACKGROUND)
    return image


def edges(depth: Array, owner: Any, facing: Array) -> Any:
    """Return which pixels lie at a step or a crease."""
    found = np.zeros(depth.shape, bool)
    solid = np.where(np.isfinite(depth), depth, -1e3)
    for axis in (0, 1):
        ahead = [np.take(each, range(1, depth.shape[axis]), axis) for each in (solid, owner)]
        behind = [np.take(each, range(depth.shape[axis] - 1), axis) for each in (solid, owner)]
        step = np.abs(ahead[0] - behind[0]) > EDGE_MM
        crease = 1 - (facing[ahead[1]] * facing[behind[1]]).sum(axis=-1) > TURN
        lines = step | (crease & (ahead[1] >= 0) & (behind[1] >= 0))
        window = found[:-1, :] if axis == 0 else found[:, :-1]
        window |= lines
    return found


def png(pixels: Pixels) -> bytes:
    """Return RGB pixels, the topmost row first, as a PNG."""
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)
    rows[:, 1:] = pixels.reshape(height, -1)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, data) for name, data in chunks)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
