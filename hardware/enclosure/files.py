"""Files for a printer: STL and 3MF, the same bytes from the same solid."""

import io
import zipfile
from typing import Any

import numpy as np
from manifold3d import Manifold

Triangles = np.ndarray[Any, np.dtype[np.float64]]
STL_TITLE = b"Hymio, millimetres"
STL_RECORD = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
GRID_MM = 1e-3
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest date that a ZIP can tell

CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>\n'
)
RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Target="/3D/3dmodel.model" Id="r0" '
    'Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>\n'
)


def triangles(solid: Manifold) -> Triangles:
    """Return the corners of every triangle on a grid of a micrometre, in an order of their own."""
    mesh = solid.to_mesh()
    corners = np.round(np.asarray(mesh.vert_properties, dtype=float)[:, :3] / GRID_MM)[mesh.tri_verts]
    first = np.lexsort(np.moveaxis(corners, 2, 0)[::-1], axis=1)[:, 0]  # the least corner of each comes first
    turned = np.take_along_axis(corners, (first[:, None, None] + np.arange(3)[None, :, None]) % 3, axis=1)
    order = np.lexsort(turned.reshape(-1, 9).T[::-1])
    ordered: Triangles = turned[order] * GRID_MM
    return ordered


def normals(corners: Triangles) -> Triangles:
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    length = np.linalg.norm(across, axis=1, keepdims=True)
    unit: Triangles = across / np.where(length == 0, 1, length)
    return unit


def as_stl(solid: Manifold) -> bytes:
    corners = triangles(solid)
    records = np.zeros(len(corners), STL_RECORD)
    records["normal"], records["corners"] = normals(corners), corners
    return STL_TITLE.ljust(80) + len(corners).to_bytes(4, "little") + records.tobytes()


def as_3mf(solid: Manifold) -> bytes:
    """Return a 3MF package with one object."""
    corners = triangles(solid)
    points, names = np.unique(np.round(corners.reshape(-1, 3), 3), axis=0, return_inverse=True)
    vertices = "".join(f'<vertex x="{x:g}" y="{y:g}" z="{z:g}"/>\n' for x, y, z in points)
    faces = "".join(f'<triangle v1="{a}" v2="{b}" v3="{c}"/>\n' for a, b, c in names.reshape(-1, 3))
    model = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<model unit="millimeter" xml:lang="en" '
        'xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02">\n<resources><object id="1" type="model">'
        f"<mesh>\n<vertices>\n{vertices}</vertices>\n<triangles>\n{faces}</triangles>\n</mesh></object></resources>\n"
        '<build><item objectid="1"/></build></model>\n'
    )
    return package({"[Content_Types].xml": CONTENT_TYPES, "_rels/.rels": RELATIONS, "3D/3dmodel.model": model})


def package(files: dict[str, str]) -> bytes:
    """Return a ZIP that says nothing of when and where it was made."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)
    return packed.getvalue()
