//! Where things are: coordinate systems, local ground frames, the tile grid.
