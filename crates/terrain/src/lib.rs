//! The ground: elevation, land cover and population rasters; sampling and path profiles.
