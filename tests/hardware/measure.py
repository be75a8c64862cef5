"""Measures housings as an inspector would: from the mesh, not from the numbers that it was made of."""

import io
from typing import NamedTuple

import numpy as np
import trimesh

from hardware.catalogue import CATALOGUE
from hardware.enclosure import housing as housings
from hardware.enclosure.files import as_stl, normals, triangles
from hardware.enclosure.solids import base, body, contents

STEP_MM = 1e-3
TOUCHING_MM3 = 1e-6
TOLERANCE_MM = 0.15  # a circle of forty edges has 0.06 mm less than the true one
BARYCENTRIC = np.array([[0.34, 0.33, 0.33], [0.8, 0.1, 0.1], [0.1, 0.1, 0.8]])


class Hole(NamedTuple):
    x: float
    y: float
    diameter: float


def mesh(solid):
    """Return what a slicer reads from the STL: trimesh is the second opinion on what manifold3d made."""
    return trimesh.load(io.BytesIO(as_stl(solid)), file_type="stl")


def faults(solid, name):
    """Return why a solid cannot be printed, or nothing."""
    read = mesh(solid)
    found = []
    if not read.is_watertight or not read.is_winding_consistent:
        found.append(f"{name} is not watertight")
    if read.volume <= 0 or len(solid.decompose()) != 1:
        found.append(f"{name} is in {len(solid.decompose())} pieces of {read.volume:.0f} mm3")
    return found


def holes(housing):
    """Return the holes of the panel, from a cut through its middle, in the panel's own coordinates."""
    flat = body(housing).translate([0, 0, -(housing.front_mm + housing.back_mm) / 2]).rotate([-housing.tilt_deg, 0, 0])
    outlines = flat.slice(-housing.wall_mm / 2).to_polygons()
    found = []
    for outline in map(np.array, outlines):
        area = signed_area(outline)
        if area < 0:
            middle = (outline.max(axis=0) + outline.min(axis=0)) / 2
            found.append(Hole(*middle, 2 * np.sqrt(-area / np.pi)))
    return sorted(found)


def signed_area(outline):
    x, y = outline.T
    return (x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2


def misplaced(housing):
    """Return a line for every button that would not go through its hole, or stands elsewhere than its label."""
    button = CATALOGUE["button"].size[0]
    found = [hole for hole in holes(housing) if hole.diameter > button - 5]
    if len(found) != 5:
        return [f"{len(found)} holes for five buttons"]
    lines = []
    for number, hole in enumerate(found):
        pitch = hole.x - found[0].x - number * housings.PITCH_MM
        if abs(pitch) > TOLERANCE_MM or abs(hole.y - housing.row_mm) > TOLERANCE_MM:
            lines.append(f"hole {number + 1} is off by {pitch:.2f}, {hole.y - housing.row_mm:.2f} mm")
        if not 0 < hole.diameter - button <= 0.5:
            lines.append(f"hole {number + 1} has {hole.diameter:.2f} mm for a button of {button:.2f} mm")
    return lines


def thinnest_mm(solid):
    """Return the least wall, by rays from points of every triangle straight into the solid."""
    corners = triangles(solid)
    inward = -normals(corners)
    least = np.inf
    for corner, direction in zip(corners, inward, strict=True):
        if np.linalg.norm(np.cross(corner[1] - corner[0], corner[2] - corner[0])) < 1e-3:
            continue  # too small to have a direction
        for start in BARYCENTRIC @ corner + direction * STEP_MM:
            hits = solid.ray_cast(start, start + direction * 50)
            if hits:
                least = min(least, np.linalg.norm(np.array(hits[0].position) - start) + STEP_MM)
    return float(least)


def collisions(housing):
    """Return a line for everything that is put in and touches something, its clearance counted."""
    walls = [("the body", body(housing)), ("the base", base(housing))]
    put = contents(housing)
    others = [(one, name, solid) for one in put for name, solid in walls]
    others += [(one, other.name, other.solid) for n, one in enumerate(put) for other in put[n + 1 :]]
    cuts = [(one.name, name, (one.grown ^ solid).volume()) for one, name, solid in others]
    found = [f"{one} and {name} share {volume:.1f} mm3" for one, name, volume in cuts if volume > TOUCHING_MM3]
    shared = (walls[0][1] ^ walls[1][1]).volume()
    return found + ([f"body and base share {shared:.1f} mm3"] if shared > TOUCHING_MM3 else [])
