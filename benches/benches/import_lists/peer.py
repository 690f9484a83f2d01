"""Reads a list with pandas (XLSX through openpyxl) and transforms its positions with pyproj: nothing is understood or checked."""
import sys
import time

import pandas
import pyproj

pyproj.Transformer.from_crs(9209, 4326, always_xy=True).transform(500000.0, 2000000.0)
for path in sys.argv[1:]:
    start = time.perf_counter()
    rows = pandas.read_excel(path, engine="openpyxl") if path.endswith(".xlsx") else pandas.read_csv(path)
    transformer = pyproj.Transformer.from_crs(9209, 4326, always_xy=True)
    longitudes, latitudes = transformer.transform(rows["Y (m)"].to_numpy(), rows["X (m)"].to_numpy())
    seconds = time.perf_counter() - start
    assert len(longitudes) == len(rows) and 105 < longitudes[0] < 107 and 17 < latitudes[0] < 19
    print(f"pandas, pyproj: {path}: {len(rows)} rows in {seconds:.2f} s, {len(rows) / seconds:.0f} rows/s")
