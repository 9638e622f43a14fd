"""The figures of section 8 of the design, as ratios within one run: `python -m bench`."""
