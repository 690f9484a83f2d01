"""Adds the service's layers to QGIS as a user would, without a window: features, vector tiles, map tiles.

Usage: add_layers.py ADDRESS PROJECT COLLECTION [RUN LAYER WEST SOUTH EAST NORTH]; answers one JSON document on standard output.
"""
import json
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (  # noqa: E402
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorTileLayer,
)
from qgis.PyQt.QtCore import QSize  # noqa: E402
from qgis.PyQt.QtGui import QColor  # noqa: E402

SIDE = 256


def inked(layer, extent):
    """Pixels that are not background when QGIS draws the layer in Web Mercator."""
    mercator = QgsCoordinateReferenceSystem("EPSG:3857")
    lonlat = QgsCoordinateReferenceSystem("EPSG:4326")
    settings = QgsMapSettings()
    settings.setDestinationCrs(mercator)
    settings.setExtent(QgsCoordinateTransform(lonlat, mercator, QgsProject.instance()).transformBoundingBox(extent))
    settings.setOutputSize(QSize(SIDE, SIDE))
    settings.setBackgroundColor(QColor(255, 255, 255))
    settings.setLayers([layer])
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    white = QColor(255, 255, 255).rgb()
    return sum(image.pixel(x, y) != white for x in range(SIDE) for y in range(SIDE))


def main(address, project, collection, run=None, raster=None, *box):
    answer = {}
    features = QgsVectorLayer(f"url='{address}/ogc/{project}' typename='{collection}' pageSize='1000'", "features", "OAPIF")
    answer["features_valid"] = features.isValid()
    answer["features"] = sum(1 for _ in features.getFeatures())
    answer["fields"] = [field.name() for field in features.fields()]
    answer["crs"] = features.crs().authid()
    extent = features.extent()
    extent.grow(0.01)
    answer["features_inked"] = inked(features, extent)
    template = f"{address}/api/projects/{project}/vector/{collection}/{{z}}/{{x}}/{{y}}.mvt"
    tiles = QgsVectorTileLayer(f"type=xyz&url={template}&zmin=0&zmax=14", "tiles")
    answer["tiles_valid"] = tiles.isValid()
    answer["tiles_inked"] = inked(tiles, extent)
    if run:
        template = f"{address}/api/projects/{project}/runs/{run}/tiles/{raster}/{{z}}/{{x}}/{{y}}.png"
        picture = QgsRasterLayer(f"type=xyz&url={template}&zmin=0&zmax=16", "coverage", "wms")
        answer["picture_valid"] = picture.isValid()
        answer["picture_inked"] = inked(picture, QgsRectangle(*map(float, box)))
    print(json.dumps(answer))


QgsApplication.setPrefixPath("/usr", True)
application = QgsApplication([], False)
application.initQgis()
try:
    main(*sys.argv[1:])
finally:
    application.exitQgis()
