//! Radio formulas: path loss, antennas, link budget, throughput. Pure functions, no I/O.
